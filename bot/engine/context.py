"""Which real parts does the engine work with?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.ticket import TicketKey
from bot.freshdesk.api import FreshdeskApi
from bot.hooks import Hooks
from bot.store.audit import Audit
from bot.store.brakes import Brakes
from bot.store.breaker import Breaker
from bot.store.budget import Budget
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


class Queue(Protocol):
    """Take short jobs whose arguments are ids only."""

    def reconcile_all(self, taken: Iterable[Taken], lane: Lane = Lane.NORMAL) -> None:
        """Queue one attempt at each ticket."""
        ...

    def length(self, lane: Lane) -> int:
        """Return how many jobs no worker of this lane has begun."""
        ...

    def sweep(self, portal: str) -> None:
        """Queue one sweep of a portal."""
        ...

    def about(self, keys: Iterable[TicketKey]) -> list[str]:
        """Return the jobs that wait or have failed and name one of these tickets."""
        ...

    def drop(self, jobs: Iterable[str]) -> None:
        """Delete jobs."""
        ...


def may_always_spend(_portal: str, _calls: int) -> bool:
    """Allow any number of calls at low priority; stands in where no budget is kept."""
    return True


@dataclass(frozen=True, slots=True)
class Context:
    """Hold the parts one process works with; wiring builds it, tests build their own.

    `may_spend` tells whether a portal has so many calls to spare now for work that can wait; `budget` and
    `breaker` are missing where nobody limits the calls.
    """

    freshdesk: Mapping[str, FreshdeskApi]
    wakeups: Wakeups
    ledger: Ledger
    leases: Leases
    journal: Journal
    outcomes: Outcomes
    corrections: Corrections
    facts: Facts
    failures: Failures
    heartbeats: Heartbeats
    brakes: Brakes
    rulebook: Rulebook
    traces: Traces
    queue: Queue
    now: Callable[[], datetime]
    writes_allowed: Callable[[str], bool]
    reply_slots: ReplySlots
    hooks: Hooks
    digests: Digests
    audit: Audit
    processes: Processes
    server: StoreServer
    refused_jobs: RefusedJobs
    drifts: Drifts
    settle: timedelta = timedelta(seconds=60)
    coalesce: timedelta = timedelta(seconds=2)
    sweep_every: timedelta = timedelta(seconds=300)
    companies_every: timedelta = timedelta(seconds=1800)
    most_attempts: int = 8
    budget: Budget | None = None
    breaker: Breaker | None = None
    may_spend: Callable[[str, int], bool] = may_always_spend
