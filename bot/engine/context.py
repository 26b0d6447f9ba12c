"""Which real parts does the engine work with?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.ticket import TicketKey
from bot.freshdesk.api import FreshdeskApi
from bot.store.corrections import Corrections
from bot.store.facts import Facts
from bot.store.failures import Failures
from bot.store.heartbeat import Heartbeats
from bot.store.journal import Journal
from bot.store.leases import Leases
from bot.store.ledger import Ledger
from bot.store.rulebook import Rulebook
from bot.store.wakeups import Wakeups


class Queue(Protocol):
    """Take short jobs whose arguments are ids only."""

    def waiting(self) -> int:
        """Return how many jobs no worker has begun."""
        ...

    def reconcile(self, key: TicketKey, token: int) -> None:
        """Queue one attempt at a ticket."""
        ...

    def sweep(self, portal: str) -> None:
        """Queue one sweep of a portal."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """Hold the parts one process works with; wiring builds it, tests build their own."""

    freshdesk: Mapping[str, FreshdeskApi]
    wakeups: Wakeups
    ledger: Ledger
    leases: Leases
    journal: Journal
    corrections: Corrections
    facts: Facts
    failures: Failures
    heartbeats: Heartbeats
    rulebook: Rulebook
    queue: Queue
    now: Callable[[], datetime]
    writes_allowed: Callable[[str], bool]
    settle: timedelta = timedelta(seconds=60)
    coalesce: timedelta = timedelta(seconds=2)
    sweep_every: timedelta = timedelta(seconds=300)
