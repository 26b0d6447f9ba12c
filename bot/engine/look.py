"""What does a ticket say now, and what would be done to it? Both only look.

Freshdesk is read; nothing is written to it, to the ledger or to the journal.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bot.domain.ticket import Ticket, TicketKey
from bot.engine.context import Context
from bot.engine.explain import journal_entry
from bot.engine.gate import Turn, taking
from bot.engine.reconcile import decide, gather
from bot.freshdesk.errors import Held
from bot.policy.ruling import Finding
from bot.policy.verdict import Verdict
from bot.store.budget import Priority

AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Words:
    """Hold a ticket's own text with what the rules in force read in it; for showing only, never stored."""

    ticket: Ticket
    verdict: Verdict
    near_misses: tuple[Finding, ...]


class Looks:
    """Look at tickets for people, a few at once: a web process has few threads, and deliveries need them."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def words_of(self, key: TicketKey) -> Words:
        """Read a ticket and what the rules say of it; raises Freshdesk's errors, `Held` when others look."""
        with self._place(Priority.NORMAL):
            ticket = self._context.freshdesk[key.portal].get_ticket(key.ticket_id)
        policy = self._context.rulebook.policy
        return Words(ticket, policy.classify(ticket), tuple(policy.near_misses(ticket)))

    def what_if(self, key: TicketKey) -> dict[str, Any]:
        """Return the journal entry that a look would write now; raises as `words_of` does."""
        with self._place(Priority.BY_HAND):
            seen = gather(self._context, key)
        return journal_entry(seen.ticket, seen.record, decide(self._context, seen), self._context)

    @contextmanager
    def _place(self, priority: Priority) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise Held("others are looking", retry_after=1.0)
        try:
            with taking(Turn(priority)):
                yield
        finally:
            self._places.release()
