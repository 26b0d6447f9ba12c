"""Whose turn comes first when many tickets are due at once?"""

from __future__ import annotations

from datetime import datetime

from bot.domain.level import Level
from bot.domain.plan import Plan
from bot.freshdesk.api import TicketRow
from bot.store.wakeups import Rank

_RUNNING = "running"


def rank_of(plan: Plan, now: datetime) -> Rank:
    """Return a decided ticket's rank: by the next limit of a clock that runs, not by who rang first."""
    clocks = (plan.response, plan.resolution)
    limits = [clock.limit for clock in clocks if clock.state == _RUNNING and clock.limit is not None]
    ahead = min((limit for limit in limits if limit > now), default=None)
    return Rank(ahead, plan.wake_at, urgent=plan.level is Level.URGENTE and not plan.closed)


def guessed_rank(row: TicketRow, now: datetime, *, closed: bool, decided: bool) -> Rank:
    """Return the rank of a ticket of which only its row in a list is known: by the dates Freshdesk shows."""
    if closed:
        return Rank()
    dates = [at for at in (row.fr_due_by, row.due_by) if at is not None and at > now]
    return Rank(min(dates, default=None), urgent=not decided)
