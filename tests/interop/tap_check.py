"""Does tap-freshdesk read a whole account out of a simulator? Usage: tap_check.py URL

Its own `sync` writes Singer messages to stdout; only its base URL is another, for it knows https alone.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import sys
from typing import Any

import requests
from steps import run_steps
from tap_freshdesk.client import Client
from tap_freshdesk.discover import discover
from tap_freshdesk.sync import sync

URL = sys.argv[1]
API = requests.Session()
API.auth = ("sim-key", "X")
CONFIG = {"api_key": "sim-key", "domain": "demo", "start_date": "2020-01-01T00:00:00Z", "user_agent": "check"}


def fill() -> None:
    ticket = {
        "subject": "Hola",
        "description": "x",
        "email": "ana@cliente.example",
        "status": 2,
        "priority": 1,
    }
    for number in (1, 2, 3):
        API.post(f"{URL}/api/v2/tickets", json=ticket).raise_for_status()
        API.post(f"{URL}/api/v2/tickets/{number}/notes", json={"body": "nota"}).raise_for_status()
    API.post(f"{URL}/api/v2/tickets/1/time_entries", json={"time_spent": "01:00"}).raise_for_status()
    rating = {"ratings": {"default_question": 103}, "feedback": "Bien"}
    API.post(f"{URL}/api/v2/tickets/1/satisfaction_ratings", json=rating).raise_for_status()
    API.post(f"{URL}/api/v2/companies", json={"name": "Andina SAC"}).raise_for_status()
    API.delete(f"{URL}/api/v2/tickets/3").raise_for_status()


def records(streams: set[str]) -> dict[str, list[Any]]:
    """Return what the tap says of some streams."""
    catalog = discover()
    for entry in catalog.streams:
        root = next(part for part in entry.metadata if part["breadcrumb"] in ((), []))
        root["metadata"]["selected"] = entry.tap_stream_id in streams
    client, said = Client(CONFIG), io.StringIO()
    client.base_url = f"{URL}/api/v2"
    with contextlib.redirect_stdout(said):
        sync(client=client, config=CONFIG, catalog=catalog, state={})
    found: dict[str, list[Any]] = {stream: [] for stream in streams}
    for line in said.getvalue().splitlines():
        message = json.loads(line)
        if message["type"] == "RECORD":
            found[message["stream"]].append(message["record"])
    return found


def expecting(stream: str, count: int) -> Any:
    def step() -> None:
        found = len(records({stream})[stream])
        assert found == count, f"{found} records, {count} were there"

    return step


logging.disable(logging.CRITICAL)
fill()
COUNTS = {
    "tickets": 3, "conversations": 3, "time_entries": 1, "satisfaction_ratings": 1, "companies": 1,
    "contacts": 1, "agents": 3, "groups": 2, "roles": 2,
}  # fmt: skip
sys.exit(bool(run_steps({stream: expecting(stream, count) for stream, count in COUNTS.items()})))
