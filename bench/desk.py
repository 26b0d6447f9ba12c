"""On what do benchmarks of the engine stand? Real Valkey, simulator over HTTP, the wiring of the product."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from redis import Redis

from bot.domain.ticket import TicketKey
from bot.engine.clock import DISPATCH_LEASE
from bot.engine.context import Context
from bot.engine.reconcile import reconcile
from bot.local.store_server import EmbeddedStore
from bot.settings import PortalSettings, Settings
from bot.simulator.seed import Seed
from bot.simulator.server import SimulatorServer
from bot.simulator.switches import UNLIMITED, Switches
from bot.wiring import build

PORTAL = "bench"
RULES = Path(__file__).parent.parent / "rules"
API_KEY = "sim-key"
TEXT = "No podemos ingresar al CRM desde la mañana."


@dataclass(slots=True)
class MovableClock:
    """Run with real time, moved forward at will."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass(frozen=True, slots=True)
class Desk:
    """Hold what a benchmark works with."""

    url: str
    redis: Redis
    store: str
    context: Context
    clock: MovableClock
    http: requests.Session

    def open(self, number: int, text: str = TEXT) -> TicketKey:
        """Open a ticket as a customer would, without a webhook."""
        email = f"cliente{number}@ejemplo.example"
        ticket = {"subject": f"Consulta {number}", "text": text, "email": email, "fire": False}
        answer = self.http.post(f"{self.url}/_sim/tickets", json=ticket, timeout=10)
        return TicketKey(PORTAL, int(answer.json()["id"]))

    def look_at(self, key: TicketKey) -> int:
        """Ring a ticket, do what is due, and return how many actions were taken."""
        self.context.wakeups.ring(key, self.context.now())
        actions = 0
        for due in self.context.wakeups.take_due(self.context.now(), DISPATCH_LEASE):
            plan = reconcile(self.context, due.key, due.token)
            actions += 0 if plan is None else len(plan.actions)
        return actions

    def requests_made(self) -> dict[str, Any]:
        """Return the simulator's counts since they were last cleared, and clear them."""
        seen: dict[str, Any] = self.http.get(f"{self.url}/_sim/requests", timeout=10).json()
        self.http.delete(f"{self.url}/_sim/requests", timeout=10).raise_for_status()
        return seen


@contextmanager
def store() -> Iterator[str]:
    """Start an empty Valkey with its append-only file; give its URL."""
    with tempfile.TemporaryDirectory(prefix="bench") as folder, EmbeddedStore(Path(folder) / "var") as url:
        yield url


@contextmanager
def desk() -> Iterator[Desk]:
    """Start store and simulator in this process and wire the product to them."""
    switches, clock = Switches(limits=UNLIMITED), MovableClock()
    with (
        store() as url,
        SimulatorServer(seed=Seed(), switches=switches, now=clock) as server,
        Redis.from_url(url) as redis,
        requests.Session() as http,
    ):
        context = replace(build(settings(server.url, url)), now=clock)
        # A store that remembers too little makes the bot wait before it sends notes.
        context.facts.born(clock() - timedelta(hours=1))
        yield Desk(server.url, redis, url, context, clock, http)


def settings(freshdesk: str, redis_url: str) -> Settings:
    """Return settings of one portal at a stand-in, with the shipped rules."""
    domain = "bench.freshdesk.com"
    portal = PortalSettings(PORTAL, domain, freshdesk, API_KEY, ("x" * 20,), is_stand_in=True)
    return Settings(portals={PORTAL: portal}, redis_url=redis_url, rules_dir=RULES)
