"""What does a ticket say now, and what would be done to it? Both only look.

Freshdesk is read; nothing is written to it, to the ledger or to the journal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.domain.ticket import Ticket, TicketKey
from bot.engine.context import Context
from bot.engine.explain import journal_entry
from bot.engine.gate import Turn, taking
from bot.engine.reconcile import decide, gather
from bot.policy.ruling import Finding
from bot.policy.verdict import Verdict
from bot.store.budget import Priority


@dataclass(frozen=True, slots=True)
class Words:
    """Hold a ticket's own text with what the rules in force read in it; for showing only, never stored."""

    ticket: Ticket
    verdict: Verdict
    near_misses: tuple[Finding, ...]


def words_of(ctx: Context, key: TicketKey) -> Words:
    """Read a ticket and what the rules say of it; raises the errors of Freshdesk."""
    with taking(Turn(Priority.NORMAL)):
        ticket = ctx.freshdesk[key.portal].get_ticket(key.ticket_id)
    policy = ctx.rulebook.policy
    return Words(ticket, policy.classify(ticket), tuple(policy.near_misses(ticket)))


def what_if(ctx: Context, key: TicketKey) -> dict[str, Any]:
    """Return the journal entry that a look would write now; raises the errors of Freshdesk."""
    with taking(Turn(Priority.BY_HAND)):
        seen = gather(ctx, key)
    return journal_entry(seen.ticket, seen.record, decide(ctx, seen), ctx)
