"""How fast does the engine bring tickets to rest, and how many requests does each cost?"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import requests

from bot.domain.ticket import TicketKey
from bot.engine.clock import DISPATCH_LEASE
from bot.engine.reconcile import reconcile
from bot.local.store_server import EmbeddedStore
from bot.settings import PortalSettings, Settings
from bot.simulator.seed import Seed
from bot.simulator.server import SimulatorServer
from bot.simulator.switches import UNLIMITED, Switches
from bot.wiring import build

TICKETS = 200


def run() -> dict[str, Any]:
    """Return tickets a second of one worker, and requests a ticket: new, and looked at again."""
    with (
        tempfile.TemporaryDirectory(prefix="bench") as folder,
        EmbeddedStore(Path(folder) / "var") as url,
        SimulatorServer(seed=Seed(), switches=Switches(limits=UNLIMITED)) as simulator,
    ):
        portal = PortalSettings(
            "bench", "bench.freshdesk.com", simulator.url, "sim-key", ("x",), is_stand_in=True
        )
        rules = Path(__file__).parent.parent / "rules"
        context = build(Settings(portals={"bench": portal}, redis_url=url, rules_dir=rules))
        tickets = [_open(simulator.url, number) for number in range(TICKETS)]
        figures = {}
        for name in ("new", "again"):
            requests.delete(f"{simulator.url}/_sim/requests", timeout=5)
            start = time.perf_counter()
            for ticket in tickets:
                key = TicketKey("bench", ticket)
                context.wakeups.ring(key, context.now())
                for due in context.wakeups.take_due(context.now(), DISPATCH_LEASE):
                    reconcile(context, due.key, due.token)
            elapsed = time.perf_counter() - start
            seen = requests.get(f"{simulator.url}/_sim/requests", timeout=5).json()
            figures[f"{name}_tickets_per_second"] = round(TICKETS / elapsed, 1)
            figures[f"{name}_requests_per_ticket"] = round(seen["total"] / TICKETS, 2)
            figures[f"{name}_writes_per_ticket"] = round(seen["writes"] / TICKETS, 2)
        return figures


def _open(url: str, number: int) -> int:
    ticket = {
        "subject": f"Consulta {number}",
        "text": "No podemos ingresar al CRM desde la mañana.",
        "email": f"cliente{number}@ejemplo.example",
        "fire": False,
    }
    return int(requests.post(f"{url}/_sim/tickets", json=ticket, timeout=5).json()["id"])
