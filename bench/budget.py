"""How does a backlog drain on accounts of 50, 200 and 700 requests a minute, and what waits meanwhile?

Four workers on one clock that runs faster than the real one, which the simulator, the budget and the engine
share. The naive bot is the same engine without the budget: told 429, it tries that ticket again after the
time Freshdesk named. The library bot leaves that to urllib3's Retry under python-freshdesk, which sleeps.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
import structlog
from redis import Redis

from bench.bots import BUDGET, LIBRARY, NAIVE, Bot, client_of
from bench.desk import PORTAL, settings
from bench.lines import SHOWN, Figure, Goal, Kind, Line, Size, quantile
from bot import jobs
from bot.domain.ticket import TicketKey
from bot.engine.clock import DISPATCH_LEASE
from bot.engine.context import Context
from bot.local.store_server import EmbeddedStore
from bot.simulator.seed import Seed
from bot.simulator.server import SimulatorServer
from bot.simulator.state import RequestRecord
from bot.simulator.switches import UNLIMITED, Switches
from bot.store.breaker import Breaker
from bot.store.budget import Budget
from bot.store.leases import Leases
from bot.wiring import build

WORKERS = 4
URGENT_EVERY = timedelta(seconds=45)
MINUTE = timedelta(minutes=1)
LIMITS = (50, 200, 700)
COMPARED = 200
# limit a minute: tickets, and how much faster than real time
RUNS = {50: (60, 24.0), 200: (200, 12.0), 700: (1000, 8.0)}
QUICK_RUNS = {200: (70, 16.0)}
TINY_RUNS = {700: (5, 5.0)}
USED, REFUSED, URGENT = Goal(Kind.AT_LEAST, 95), Goal(Kind.AT_MOST, 1), Goal(Kind.AT_MOST, 10)
LINES = {
    **{f"used {n}": Line(f"{n}/min: granted budget used", "%", USED) for n in LIMITS},
    **{f"refused {n}": Line(f"{n}/min: calls refused (429)", "%", REFUSED) for n in LIMITS},
    **{f"urgent {n}": Line(f"{n}/min: an urgent ticket waits, p95", "s", URGENT) for n in LIMITS},
    **{
        f"{what} {bot.name}": Line(f"{COMPARED}/min: {words}", unit, SHOWN, bot.title)
        for bot in (NAIVE, LIBRARY)
        for what, words, unit in (("refused", "calls refused (429)", "%"), ("urgent", "urgent p95", "s"))
    },
}


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


@dataclass(frozen=True, slots=True)
class Drained:
    """Hold how one backlog was drained: shares in percent, waits in seconds of the account's time."""

    used: float
    refused: float
    urgent: float


def run(size: Size) -> Mapping[str, Figure]:
    """Drain a backlog at each limit, and at one of them with the other bots."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    runs = {Size.TINY: TINY_RUNS, Size.QUICK: QUICK_RUNS, Size.FULL: RUNS}[size]
    found = {limit: drained(limit, BUDGET, *how) for limit, how in runs.items()}
    figures = {}
    for limit, one in found.items():
        figures[f"used {limit}"] = Figure(one.used)
        figures[f"refused {limit}"] = Figure(one.refused)
        figures[f"urgent {limit}"] = Figure(one.urgent)
    for bot in {Size.TINY: (), Size.QUICK: (NAIVE,), Size.FULL: (NAIVE, LIBRARY)}[size]:
        other, ours = drained(COMPARED, bot, *runs[COMPARED]), found[COMPARED]
        figures[f"refused {bot.name}"] = Figure(ours.refused, other.refused)
        figures[f"urgent {bot.name}"] = Figure(ours.urgent, other.urgent)
    return figures


def drained(limit: int, bot: Bot, tickets: int, scale: float) -> Drained:
    """Drain one backlog and return what was measured."""
    with desk(limit, bot, tickets, scale) as one:
        drain(one)
        seen = [record for record in one.server.state.requests if record.at >= one.began]
        for ticket in one.backlog:
            assert len(one.server.state.tickets[ticket].conversations) == 2, "a note and a reply, once each"
        refused = sum(record.status == 429 for record in seen)
        waits = one.waits or [(one.ended - one.began).total_seconds()]
        return Drained(
            100 * _used(one, seen, limit), 100 * refused / len(seen), quantile(sorted(waits), 0.95)
        )


@contextmanager
def desk(limit: int, bot: Bot, tickets: int, scale: float) -> Iterator[Desk]:
    """Set up an account with a backlog and one urgent ticket already known."""
    clock = FastClock(scale)
    with (
        tempfile.TemporaryDirectory(prefix="bench") as folder,
        EmbeddedStore(Path(folder) / "var") as url,
        SimulatorServer(seed=Seed(), switches=Switches(limits=UNLIMITED), now=clock) as server,
        Redis.from_url(url) as redis,
    ):
        context = _context(server, redis, url, clock, bot, scale)
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


def _context(
    server: SimulatorServer, redis: Redis, url: str, clock: FastClock, bot: Bot, scale: float
) -> Context:
    context = build(settings(server.url, url))
    budget = Budget(redis, 1.0, now=clock) if bot.has_budget else None
    breaker = Breaker(redis, now=clock) if bot.has_budget else None
    client = client_of(bot, server.url, budget, breaker, scale)
    leases = Leases(redis, timedelta(seconds=120))
    context.facts.born(clock() - timedelta(hours=1))
    return replace(
        context, freshdesk={PORTAL: client}, now=clock, budget=budget, breaker=breaker, leases=leases
    )


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


def _used(one: Desk, seen: list[RequestRecord], limit: int) -> float:
    """Return how much was spent of what may be spent before only urgent work goes on."""
    granted = limit - min(max(limit * 0.2, 10), limit / 2)
    start, end = one.began, one.began + (one.ended - one.began) * 0.9
    steady = [record for record in seen if start + MINUTE <= record.at < end and record.status != 429]
    minutes = (end - start) / MINUTE - 1
    return sum(record.cost for record in steady) / (granted * minutes) if minutes > 0 else 0.0
