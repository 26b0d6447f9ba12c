"""Does each fault do to a client what its name says, and leave the account as it says?"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import requests
from urllib3.exceptions import ReadTimeoutError

from bot.simulator.endpoints import endpoint_of
from bot.simulator.faults import Dice, Faults

from .client import Client

CUT = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
NOTE = {"body": "nota"}


@pytest.fixture
def ticket(desk: Client) -> int:
    return int(desk.customer_opens()["id"])


def notes(desk: Client, ticket: int) -> int:
    return len(desk.whole(ticket)["conversations"])


@pytest.mark.parametrize(
    ("fault", "status", "written"),
    [
        ("unauthorized", 401, 0),
        ("forbidden", 403, 0),
        ("error_500", 500, 0),
        ("html_502", 502, 0),
        ("error_500_after_write", 500, 1),
        ("wrong_content_type", 201, 1),
    ],
)
def test_answered_writes(desk: Client, ticket: int, fault: str, status: int, written: int) -> None:
    desk.faults(**{fault: True})
    response = desk.post(f"tickets/{ticket}/notes", NOTE)
    assert (response.status_code, notes(desk, ticket)) == (status, written)
    if fault in ("html_502", "wrong_content_type"):
        assert response.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("fault", "written"), [("drop_before_write", 0), ("drop_after_write", 1), ("truncated_body", 1)]
)
def test_cut_writes(desk: Client, ticket: int, fault: str, written: int) -> None:
    desk.faults(**{fault: True})
    with pytest.raises(CUT):
        desk.post(f"tickets/{ticket}/notes", NOTE)
    assert notes(desk, ticket) == written


def test_late_effect(desk: Client, ticket: int) -> None:
    desk.faults(late_effect={"probability": 1, "seconds": 0.1})
    with pytest.raises(CUT):
        desk.post(f"tickets/{ticket}/notes", NOTE)
    assert notes(desk, ticket) == 0
    assert desk.server.wait_webhooks()
    assert notes(desk, ticket) == 1


@pytest.mark.parametrize("fault", ["drop_before_write", "drop_after_write", "error_500_after_write"])
def test_faults_of_writes_spare_reads(desk: Client, ticket: int, fault: str) -> None:
    desk.faults(**{fault: True})
    assert desk.get(f"tickets/{ticket}").status_code == 200


def test_cut_reads(desk: Client, ticket: int) -> None:
    desk.faults(drop_read=True)
    with pytest.raises(CUT):
        desk.get(f"tickets/{ticket}")
    assert desk.post(f"tickets/{ticket}/notes", NOTE).status_code == 201


def test_slow_drip_gives_little_at_a_time(desk: Client, ticket: int) -> None:
    desk.faults(slow_drip=True, slow_drip_seconds=60)
    with desk.send("GET", f"tickets/{ticket}", stream=True, timeout=0.3) as response:
        assert response.raw.read(10) == b'{"id":1,"s'
        with pytest.raises(ReadTimeoutError):
            response.raw.read()
    desk.faults(slow_drip=True, slow_drip_seconds=0.02)
    assert desk.get(f"tickets/{ticket}").json()["id"] == ticket


def test_latency_makes_an_impatient_client_leave(desk: Client, ticket: int) -> None:
    desk.faults(latency_ms=[500, 500])
    with pytest.raises(requests.ReadTimeout):
        desk.send("GET", f"tickets/{ticket}", timeout=0.05)


def test_down(desk: Client, ticket: int) -> None:
    desk.faults(down=True)
    assert desk.post(f"tickets/{ticket}/notes", NOTE).status_code == 503
    desk.faults(down="hang")
    with pytest.raises(requests.ReadTimeout):
        desk.send("POST", f"tickets/{ticket}/notes", NOTE, timeout=0.1)
    desk.faults()
    assert desk.get(f"tickets/{ticket}").status_code == 200
    assert notes(desk, ticket) == 0


def test_stop_frees_a_client_that_hangs(start: Callable[..., Client]) -> None:
    desk = start()
    desk.faults(down="hang")
    seen: list[str] = []

    def wait() -> None:
        try:
            desk.send("GET", "agents/me", timeout=30)
        except CUT:
            seen.append("cut")

    thread = threading.Thread(target=wait)
    thread.start()
    while not desk.server.state.requests:
        threading.Event().wait(0.005)
    desk.server.stop()
    thread.join(10)
    assert seen == ["cut"]


@pytest.mark.parametrize(
    ("only", "note", "read", "update"),
    [
        (["notes"], 500, 200, 200),
        (["reads"], 201, 500, 200),
        (["writes"], 500, 200, 500),
        (["ticket_get", "ticket_update"], 201, 500, 500),
    ],
)
def test_only(desk: Client, ticket: int, only: list[str], note: int, read: int, update: int) -> None:
    desk.faults(error_500=True, only=only)
    assert desk.post(f"tickets/{ticket}/notes", NOTE).status_code == note
    assert desk.get(f"tickets/{ticket}").status_code == read
    assert desk.put(f"tickets/{ticket}", {"priority": 2}).status_code == update


def test_same_seed_same_faults() -> None:
    faults = {"error_500": 0.3, "drop_after_write": 0.2, "latency_ms": (0, 9)}
    note, read = endpoint_of("POST", "/tickets/1/notes"), endpoint_of("GET", "/tickets/1")

    def fates(seed: int, *, with_reads: bool) -> list[Any]:
        dice, drawn = Dice(Faults(seed=seed, **faults)), []
        for _ in range(60):
            if with_reads:
                dice.fate(read)
            drawn.append(dice.fate(note))
        return drawn

    assert fates(7, with_reads=False) == fates(7, with_reads=True)
    assert fates(7, with_reads=False) != fates(8, with_reads=False)


def test_chances_hold() -> None:
    dice, note = Dice(Faults(error_500=0.3, drop_after_write=0.2)), endpoint_of("POST", "/tickets/1/notes")
    kinds = [dice.fate(note).kind for _ in range(2000)]
    assert 500 < kinds.count("error_500") < 700
    assert 320 < kinds.count("drop_after_write") < 480


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"error_50": 0.1}, "error_50"),
        ({"error_500": 2}, "error_500"),
        ({"only": ["everything"]}, "only"),
        ({"webhooks": {"loose": 1}}, "webhooks.loose"),
        ({"error_500": 0.7, "html_502": 0.7}, ""),
        ({"late_effect": 0.5}, "late_effect"),
        ({"down": "maybe"}, "down"),
    ],
)
def test_bad_faults_are_named_and_change_nothing(desk: Client, body: Any, field: str) -> None:
    desk.faults(html_502=0.5)
    response = requests.put(f"{desk.server.url}/_sim/faults", json=body, timeout=5)
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert desk.sim("GET", "faults")["html_502"] == 0.5


def test_put_replaces_all_faults(desk: Client) -> None:
    desk.faults(error_500=True)
    desk.faults(latency_ms=3)
    shown = desk.sim("GET", "faults")
    assert (shown["error_500"], shown["latency_ms"]) == (0, [3, 3])
