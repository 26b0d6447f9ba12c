"""How do the tickets that were open before the bot come under its care?

Each is looked at once, as a worker would, at low priority. What clients and people are told of it, the
portal's `adopcion` says. Stop and begin again at will: a ticket that has all it needs is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.plan import Plan
from bot.domain.record import EffectState, Record
from bot.domain.ticket import TicketKey
from bot.engine.context import Context
from bot.engine.fetch import Pace, updated_since
from bot.engine.gate import Turn, taking
from bot.engine.quarantine import LeaseLost, may_try, note_failure
from bot.engine.ranking import rank_of
from bot.engine.reconcile import attempt
from bot.engine.spending import reserved
from bot.freshdesk.errors import FreshdeskError, NotFound, RateLimited, Unauthorized
from bot.policy.marks import is_announcement
from bot.store.budget import Priority


class Outcome(StrEnum):
    """Say what became of one ticket."""

    ADOPTED = "adopted"
    KNOWN = "known already"
    BUSY = "busy"
    GONE = "gone"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Adopted:
    """Hold what became of a ticket, with its plan where it was looked at."""

    outcome: Outcome
    plan: Plan | None = None


def open_tickets(ctx: Context, portal: str, since: datetime, pace: Pace) -> Iterator[TicketKey]:
    """Walk the open tickets updated since then, each once; waits as Freshdesk asks, raises its errors."""
    is_closed, seen = ctx.rulebook.policy.portals.of(portal).is_closed, set[int]()
    with taking(Turn(Priority.BACKGROUND)):
        for row in updated_since(ctx.freshdesk[portal], since, pace):
            if row.ticket_id not in seen and not is_closed(row.status):
                seen.add(row.ticket_id)
                yield TicketKey(portal, row.ticket_id)


def adopt(ctx: Context, key: TicketKey) -> Adopted:
    """Bring one ticket to what the policy wants; RateLimited when there is no request to spare now.

    Raises Unauthorized; any other failure leaves the ticket to the workers.
    """
    if _is_under_care(ctx.ledger.read(key), noted=_wants_note(ctx, key.portal)):
        return Adopted(Outcome.KNOWN)
    with ctx.leases.hold(key) as lease:
        if lease is None:
            return Adopted(Outcome.BUSY)
        if not may_try(ctx, key):
            return Adopted(Outcome.FAILED)
        try:
            with reserved(ctx, key, Priority.BACKGROUND):
                plan = attempt(ctx, key, lease)
        except (RateLimited, Unauthorized):
            ctx.failures.uncount(key)
            raise
        except NotFound:
            ctx.failures.clear(key)
            return Adopted(Outcome.GONE)
        except (FreshdeskError, LeaseLost) as error:
            note_failure(ctx, key, error)
            return Adopted(Outcome.FAILED)
    ctx.failures.clear(key)
    if plan.wake_at is not None:
        ctx.wakeups.ring_all([key], plan.wake_at, {key: rank_of(plan, ctx.now())})
    return Adopted(Outcome.ADOPTED, plan)


def _wants_note(ctx: Context, portal: str) -> bool:
    adoption = ctx.rulebook.policy.portals.of(portal).adopcion
    return adoption is None or adoption.notas


def _is_under_care(record: Record, *, noted: bool) -> bool:
    """Tell whether nothing is left to do: the tags are surely on the ticket, and its note is if it gets one.

    Tags and dates leave in one request. Having been looked at is not enough: that happens in a dry run too.
    """
    tags = record.written.get("tags")
    tagged = record.decision is not None and tags is not None and tags.sure
    done = {key for key, effect in record.effects.items() if effect.state is EffectState.DONE}
    return tagged and not record.open_effects() and (not noted or any(map(is_announcement, done)))
