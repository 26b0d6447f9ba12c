"""How does a backlog drain on accounts of 50, 200 and 700 requests a minute? `python -m bench.budget [N]`.

Four workers on one clock that runs faster than the real one, which the simulator, the budget and the engine
share. The naive bot is the same engine without the budget: told 429, it tries that ticket again after the
time Freshdesk named. Takes several minutes.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles

import requests
import structlog
from redis import Redis
from rich.console import Console
from rich.table import Table

from bot import jobs
from bot.domain.ticket import TicketKey
from bot.engine.clock import DISPATCH_LEASE
from bot.engine.context import Context
from bot.engine.gate import AccountGate
from bot.freshdesk.client import FreshdeskClient
from bot.freshdesk.wrapped import Repeats
from bot.local.store_server import EmbeddedStore
from bot.settings import PortalSettings, Settings
from bot.simulator.seed import Seed
from bot.simulator.server import SimulatorServer
from bot.simulator.state import RequestRecord
from bot.simulator.switches import UNLIMITED, Switches
from bot.store.breaker import Breaker
from bot.store.budget import Budget, Priority
from bot.store.leases import Leases
from bot.wiring import build

PORTAL = "bench"
RULES = Path(__file__).parent.parent / "rules"
WORKERS = 4
URGENT_EVERY = timedelta(seconds=90)
MINUTE = timedelta(minutes=1)
COLUMNS = (
    *("limit", "bot", "minutes", "worst minute", "429s", "of calls", "granted used"),
    *("urgent wait s", "urgent put off"),
)
# limit a minute: tickets, and how much faster than real time
RUNS = {50: (100, 24.0), 200: (300, 12.0), 700: (700, 5.0)}


@dataclass(frozen=True, slots=True)
class Bot:
    """Hold which bot drains the backlog; `share` None is the naive one."""

    name: str
    share: float | None


BOTS = (Bot("naive", None), Bot("budget, all of it", 1.0), Bot("budget, default share", 0.6))


class WatchedBudget(Budget):
    """Count how often urgent work was put off."""

    urgent_put_off = 0

    def reserve(self, portal: str, priority: Priority, first: int, whole: int) -> str | timedelta:
        """Reserve, and count a refusal of urgent work."""
        answer = super().reserve(portal, priority, first, whole)
        self.urgent_put_off += priority is Priority.URGENT and isinstance(answer, timedelta)
        return answer


class FastClock:
    """Run faster than real time from a Monday morning on."""

    def __init__(self, scale: float) -> None:
        self._scale, self._began = scale, time.monotonic()

    def __call__(self) -> datetime:
        passed = (time.monotonic() - self._began) * self._scale
        return datetime(2026, 11, 23, 15, 0, tzinfo=UTC) + timedelta(seconds=passed)


@dataclass
class Desk:
    """Hold one run: the simulator, the engine's parts, and what was measured."""

    server: SimulatorServer
    context: Context
    clock: FastClock
    urgent: int
    backlog: list[int]
    began: datetime
    ended: datetime
    waits: list[float]


def main() -> None:
    """Run all, or the limit named, and print a table."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    limits = [int(word) for word in sys.argv[1:]] or list(RUNS)
    table = Table(*COLUMNS)
    console = Console(width=130)
    for limit in limits:
        for bot in BOTS:
            with console.status(f"{limit} a minute, {bot.name} …"), desk(limit, bot) as one:
                drain(one)
                table.add_row(str(limit), bot.name, *figures(one, limit, bot))
    console.print(table)


@contextmanager
def desk(limit: int, bot: Bot) -> Iterator[Desk]:
    """Set up an account with a backlog and one urgent ticket already known."""
    tickets, scale = RUNS[limit]
    clock = FastClock(scale)
    with (
        tempfile.TemporaryDirectory(prefix="bench") as folder,
        EmbeddedStore(Path(folder) / "var") as url,
        SimulatorServer(seed=Seed(), switches=Switches(limits=UNLIMITED), now=clock) as server,
        Redis.from_url(url) as redis,
    ):
        context = _context(server, redis, url, clock, bot)
        jobs.use(context)
        urgent = _open(server, 0, "Todo caído", "El CRM está caído, nadie puede trabajar.")
        context.wakeups.ring(TicketKey(PORTAL, urgent), clock())
        for due in context.wakeups.take_due(clock(), DISPATCH_LEASE):
            jobs.reconcile_ticket(PORTAL, due.key.ticket_id, due.token)
        backlog = [_open(server, n, f"Consulta {n}", "¿Cómo cambio mi foto?") for n in range(1, tickets + 1)]
        redis.delete(f"semaforo:budget:{PORTAL}")
        server.state.requests.clear()
        faults = {"rate_limit_per_minute": limit}
        requests.put(f"{server.url}/_sim/faults", json=faults, timeout=5).raise_for_status()
        yield Desk(server, context, clock, urgent, backlog, clock(), clock(), [])


def _context(server: SimulatorServer, redis: Redis, url: str, clock: FastClock, bot: Bot) -> Context:
    settings = PortalSettings(PORTAL, "bench.freshdesk.com", server.url, "sim-key", ("x",), is_stand_in=True)
    context = build(Settings(portals={PORTAL: settings}, redis_url=url, rules_dir=RULES))
    budget = None if bot.share is None else WatchedBudget(redis, bot.share, now=clock)
    breaker = Breaker(redis, now=clock)
    gate = None if budget is None else AccountGate(PORTAL, "print", budget, breaker)
    client = FreshdeskClient(PORTAL, server.url, "sim-key", gate=gate, repeats=Repeats(attempts=1))
    leases = Leases(redis, timedelta(seconds=120))
    parts = {"budget": budget, "breaker": None if budget is None else breaker, "leases": leases}
    return replace(context, freshdesk={PORTAL: client}, now=clock, **parts)  # type: ignore[arg-type]


def _open(server: SimulatorServer, number: int, subject: str, text: str) -> int:
    ticket = {"subject": subject, "text": text, "email": f"cliente{number}@ejemplo.example", "fire": False}
    return int(requests.post(f"{server.url}/_sim/tickets", json=ticket, timeout=5).json()["id"])


def drain(one: Desk) -> None:
    """Let four workers run what is due until the backlog is answered; ring the urgent ticket now and then."""
    wakeups = one.context.wakeups
    wakeups.ring_all([TicketKey(PORTAL, ticket) for ticket in one.backlog], one.clock())
    one.began, rung, next_ring = one.clock(), None, one.clock() + URGENT_EVERY
    running: set[Future[None]] = set()
    with ThreadPoolExecutor(WORKERS) as workers:
        while _open_tickets(one):
            running = {future for future in running if not future.done()}
            if rung is None and one.clock() >= next_ring:
                rung, next_ring = one.clock(), one.clock() + URGENT_EVERY
                wakeups.ring(TicketKey(PORTAL, one.urgent), rung)
            for due in wakeups.take_due(one.clock(), DISPATCH_LEASE, WORKERS - len(running)):
                running.add(
                    workers.submit(jobs.reconcile_ticket, due.key.portal, due.key.ticket_id, due.token)
                )
            if rung is not None and (seen := _looked_at(one, rung)) is not None:
                one.waits.append((seen - rung).total_seconds())
                rung = None
            time.sleep(0.005)
    one.ended = one.clock()


def _open_tickets(one: Desk) -> bool:
    """Tell whether any ticket of the backlog still lacks its note or its reply."""
    tickets = one.server.state.tickets
    return any(len(tickets[ticket].conversations) < 2 for ticket in one.backlog)


def _looked_at(one: Desk, since: datetime) -> datetime | None:
    for record in reversed(one.server.state.requests[-2000:]):
        if record.at < since:
            return None
        if record.endpoint.ticket_id == one.urgent and record.status == 200:
            return record.at
    return None


def figures(one: Desk, limit: int, bot: Bot) -> tuple[str, ...]:
    """Return a row of the table."""
    seen = [record for record in one.server.state.requests if record.at >= one.began]
    for ticket in one.backlog:
        assert len(one.server.state.tickets[ticket].conversations) == 2, "a note and a reply, once each"
    refused = sum(record.status == 429 for record in seen)
    return (
        f"{(one.ended - one.began) / MINUTE:.1f}",
        f"{worst_minute(seen)}",
        f"{refused}",
        f"{refused / len(seen):.1%}",
        "-" if bot.share is None else f"{_used(one, seen, limit, bot.share):.0%}",
        _spread_of(one.waits),
        str(getattr(one.context.budget, "urgent_put_off", "-")),
    )


def worst_minute(seen: list[RequestRecord]) -> int:
    """Return what the dearest minute cost, whenever it began; a request that was refused costs nothing."""
    spent = [(record.at, record.cost) for record in seen if record.status != 429]
    return max(sum(cost for at, cost in spent if start <= at < start + MINUTE) for start, _ in spent)


def _used(one: Desk, seen: list[RequestRecord], limit: int, share: float) -> float:
    """Return how much was spent of what may be spent before only urgent work goes on."""
    allowed = int(limit * share)
    granted = allowed - min(max(allowed * 0.2, 10), allowed / 2)
    start, end = one.began, one.began + (one.ended - one.began) * 0.9
    steady = [record for record in seen if start + MINUTE <= record.at < end]
    return sum(record.cost for record in steady) / (granted * ((end - start) / MINUTE - 1))


def _spread_of(waits: list[float]) -> str:
    if len(waits) < 2:
        return "-"
    cuts = quantiles(waits, n=20)
    return f"median {cuts[9]:.1f}, p95 {cuts[18]:.1f}"


if __name__ == "__main__":
    main()
