"""How did one ticket fare by its two promises, as far as was known at the last look?

Ids, level and times only; it is kept after the journal's entry is gone, for reports.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.level import Level
from bot.domain.plan import DueView, Plan, TimeSpent
from bot.domain.record import EffectState, Record
from bot.domain.ticket import Ticket, TicketKey
from bot.policy.escalation import STEP_PREFIX
from bot.policy.sla import ClockState

CLOCKS = ("response", "resolution")


class Kept(StrEnum):
    """Say what became of a promise; `PENDING` while neither can be said."""

    MET = "met"
    MISSED = "missed"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Promise:
    """Hold one promise: its limit, and its clock's state at the last look."""

    state: ClockState
    limit: datetime

    def kept(self, at: datetime) -> Kept:
        """Return what became of it by `at`: a clock that stands still is never late, one that runs may be."""
        if self.state is ClockState.MET:
            return Kept.MET
        late = self.state is ClockState.RUNNING and at >= self.limit
        return Kept.MISSED if late or self.state is ClockState.BREACHED else Kept.PENDING


@dataclass(frozen=True, slots=True)
class TicketOutcome:
    """Hold one ticket's outcome; times in UTC, lengths in business time.

    `resolution` is None before the first answer, when nothing is promised yet. `counts` is False for spam and
    deleted tickets, which are kept only to be found by their requester.
    """

    key: TicketKey
    level: Level
    created_at: datetime
    looked_at: datetime
    response: Promise
    resolution: Promise | None
    spent: TimeSpent
    escalations: int = 0
    company_id: int | None = None
    requester_id: int | None = None
    counts: bool = True

    def kept(self, clock: str, at: datetime) -> Kept:
        """Return what became of the `response` or `resolution` promise by `at`."""
        promise = self.response if clock == "response" else self.resolution
        return Kept.PENDING if promise is None else promise.kept(at)


def outcome_of(ticket: Ticket, record: Record, plan: Plan, now: datetime) -> TicketOutcome:
    """Return how a ticket fares by its plan; `record` is the ledger after acting."""
    return TicketOutcome(
        key=ticket.key,
        level=plan.level,
        created_at=ticket.created_at,
        looked_at=now,
        response=_promise(plan.response),
        resolution=_promise(plan.resolution) if plan.response.met_at is not None else None,
        spent=plan.spent,
        escalations=_escalations(record),
        company_id=ticket.company_id,
        requester_id=ticket.requester_id,
        counts=not (ticket.spam or ticket.deleted),
    )


def _promise(due: DueView) -> Promise:
    assert due.limit is not None
    return Promise(ClockState(due.state), due.limit)


def _escalations(record: Record) -> int:
    """Count the warnings that were told; one note may tell of several missed steps."""
    steps = (effect for key, effect in record.effects.items() if key.startswith(STEP_PREFIX))
    return sum(effect.state is EffectState.DONE for effect in steps)
