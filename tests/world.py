"""A small world for engine tests: real simulator over HTTP, real Valkey, one clock that the test moves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from redis import Redis

from bot import jobs
from bot.domain.ticket import TicketKey
from bot.engine import clock
from bot.engine.context import Context
from bot.freshdesk.client import FreshdeskClient
from bot.freshdesk.wrapped import Repeats
from bot.hooks import Hooks
from bot.simulator.server import SimulatorServer
from bot.store.audit import Audit
from bot.store.brakes import Brakes
from bot.store.corrections import Corrections
from bot.store.digests import Digests
from bot.store.drifts import Drifts
from bot.store.facts import Facts
from bot.store.failures import Failures
from bot.store.heartbeat import Heartbeats
from bot.store.journal import Journal
from bot.store.leases import Leases
from bot.store.ledger import Ledger
from bot.store.outcomes import Outcomes
from bot.store.processes import Processes
from bot.store.refused_jobs import RefusedJobs
from bot.store.reply_slots import ReplySlots
from bot.store.rulebook import Rulebook
from bot.store.server import StoreServer
from bot.store.traces import Traces
from bot.store.wakeups import Lane, Taken, Wakeups

PORTAL = "acelera"
# A Monday at 10:00 in Lima, no holiday near.
MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
SETTLE = timedelta(seconds=60)
RETENTION = timedelta(days=90)
OUTCOME_RETENTION = timedelta(days=180)
Job = tuple[str, tuple[Any, ...]]


@dataclass
class MovableClock:
    """Stand still unless moved."""

    now: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def move(self, **delta: float) -> None:
        """Move forward."""
        self.now += timedelta(**delta)


@dataclass
class SyncQueue:
    """Keep jobs until the world runs them in this process."""

    jobs: list[Job] = field(default_factory=list)
    lanes: list[Lane] = field(default_factory=list)

    def reconcile(self, key: TicketKey, token: int, lane: Lane = Lane.NORMAL) -> None:
        """Keep one attempt."""
        self.jobs.append(("reconcile", (key.portal, key.ticket_id, token)))
        self.lanes.append(lane)

    def reconcile_all(self, taken: Iterable[Taken], lane: Lane = Lane.NORMAL) -> None:
        """Keep attempts."""
        for one in taken:
            self.reconcile(one.key, one.token, lane)

    def take(self, place: int = 0) -> Job:
        """Take a job away, the first or (-1) the last, as a worker does."""
        job = self.jobs.pop(place)
        if job[0] == "reconcile":
            self.lanes.pop(place)
        return job

    def length(self, lane: Lane) -> int:
        """Return how many attempts were handed to a lane since its jobs ran."""
        return self.lanes.count(lane)

    def sweep(self, portal: str) -> None:
        """Keep one sweep."""
        self.jobs.append(("sweep", (portal,)))

    def about(self, keys: Iterable[TicketKey]) -> list[str]:
        """Name the jobs about tickets by their place."""
        named = {(key.portal, key.ticket_id) for key in keys}
        return [str(place) for place, (_, about) in enumerate(self.jobs) if about[:2] in named]

    def drop(self, jobs: Iterable[str]) -> None:
        """Drop jobs by their place."""
        self.jobs = [one for place, one in enumerate(self.jobs) if str(place) not in set(jobs)]


class World:
    """Drive the engine by hand against the simulator."""

    def __init__(
        self, server: SimulatorServer, redis: Redis, rulebook: Rulebook, clock: MovableClock
    ) -> None:
        self.server, self.redis, self.clock, self.queue = server, redis, clock, SyncQueue()
        self.http = requests.Session()
        self.dry: set[str] = set()
        client = FreshdeskClient(PORTAL, server.url, "sim-key", repeats=Repeats(attempts=1))
        self.ctx = Context(
            freshdesk={PORTAL: client},
            wakeups=Wakeups(redis),
            ledger=Ledger(redis, RETENTION),
            leases=Leases(redis, timedelta(seconds=20)),
            journal=Journal(redis, RETENTION),
            outcomes=Outcomes(redis, OUTCOME_RETENTION),
            corrections=Corrections(redis, RETENTION),
            facts=Facts(redis),
            failures=Failures(redis),
            heartbeats=Heartbeats(redis),
            brakes=Brakes(redis),
            rulebook=rulebook,
            traces=Traces(redis),
            queue=self.queue,
            now=clock,
            writes_allowed=lambda portal: portal not in self.dry,
            reply_slots=ReplySlots(redis),
            hooks=Hooks({}),
            digests=Digests(redis),
            audit=Audit(redis, RETENTION),
            processes=Processes(redis),
            server=StoreServer(redis),
            refused_jobs=RefusedJobs(redis),
            drifts=Drifts(redis),
            settle=SETTLE,
        )
        self.ctx.facts.born(clock.now - SETTLE)
        jobs.use(self.ctx)

    def empty_store(self) -> None:
        """Lose all memory, as long ago as it takes to be sure of what had been sent."""
        self.redis.flushall()
        self.ctx.facts.born(self.clock.now - SETTLE)

    def open(self, subject: str, text: str, **fields: Any) -> int:
        """Open a ticket as a customer would, without a webhook, and return its id."""
        ticket = {"subject": subject, "text": text, "email": "ana@cliente.example", "source": 1}
        return int(self.control("POST", "tickets", ticket | {"fire": False} | fields)["id"])

    def ring(self, *tickets: int) -> None:
        """Ring tickets now."""
        for ticket in tickets:
            self.ctx.wakeups.ring(TicketKey(PORTAL, ticket), self.clock.now)

    def settle(self, *tickets: int) -> None:
        """Ring the tickets and run the clock and the jobs until nothing is due at this moment."""
        self.ring(*tickets)
        for _ in range(20):
            for due in self.ctx.wakeups.take_due(self.clock.now, clock.DISPATCH_LEASE):
                self.queue.reconcile(due.key, due.token)
            if not self.queue.jobs:
                return
            self.run_jobs()
        raise AssertionError("the ticket never comes to rest")

    def run_jobs(self) -> None:
        """Run what waits in the queue."""
        waiting, self.queue.jobs = self.queue.jobs, []
        self.queue.lanes.clear()
        for job in waiting:
            self.run(job)

    def run(self, job: Job) -> None:
        """Run one job in this process."""
        name, arguments = job
        runners: dict[str, Callable[..., None]] = {
            "reconcile": jobs.reconcile_ticket,
            "sweep": jobs.sweep_portal,
        }
        runners[name](*arguments)

    def sweep(self) -> None:
        """Sweep the portal and run all that it rings."""
        jobs.sweep_portal(PORTAL)
        self.settle()

    def ticket(self, ticket: int) -> dict[str, Any]:
        """Return the whole ticket as the simulator has it."""
        found: dict[str, Any] = self.control("GET", f"tickets/{ticket}")
        return found

    def notes(self, ticket: int) -> list[str]:
        """Return the texts of private notes."""
        return [m["body_text"] for m in self.ticket(ticket)["conversations"] if m["private"]]

    def replies(self, ticket: int) -> list[str]:
        """Return the texts of public outgoing messages."""
        messages = self.ticket(ticket)["conversations"]
        return [m["body_text"] for m in messages if not m["private"] and not m["incoming"]]

    def requests_for(self, ticket: int) -> dict[str, int]:
        """Return how many API requests touched a ticket, by method."""
        counted = self.control("GET", f"requests?ticket={ticket}")
        return {method: sum(by.values()) if isinstance(by, dict) else by for method, by in counted.items()}

    def control(self, method: str, path: str, body: object = None) -> Any:
        """Call a control route of the simulator."""
        answer = self.http.request(method, f"{self.server.url}/_sim/{path}", json=body, timeout=10)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def as_agent(self, ticket: int, **fields: Any) -> None:
        """Change fields as a person of the desk, without a webhook."""
        self.control("POST", f"tickets/{ticket}/update", {"fields": fields, "fire": False})

    def end_state(self, tickets: Iterable[int]) -> list[dict[str, Any]]:
        """Return what counts of tickets: fields, and how many notes and replies with which text."""
        return [self._counted(self.ticket(ticket)) for ticket in tickets]

    @staticmethod
    def _counted(ticket: dict[str, Any]) -> dict[str, Any]:
        named = ("priority", "status", "due_by", "fr_due_by")
        messages = sorted((m["private"], m["body_text"]) for m in ticket["conversations"])
        return {name: ticket[name] for name in named} | {"tags": sorted(ticket["tags"]), "messages": messages}

    def with_context(self, **changes: Any) -> None:
        """Replace parts of the context."""
        self.ctx = replace(self.ctx, **changes)
        jobs.use(self.ctx)
