"""What will a ticket cost, can it be begun now, and when is it looked at otherwise?

A ticket is begun only when reading it and what it will likely need can be paid: few are left half done.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from bot.domain.actions import Notify
from bot.domain.level import Level
from bot.domain.plan import Plan
from bot.domain.record import Record
from bot.domain.ticket import TicketKey
from bot.engine.context import Context
from bot.engine.gate import Turn, current_turn, taking
from bot.freshdesk.errors import Held
from bot.policy.sla_mode import MIRRORED
from bot.store.budget import Priority

READ = 4  # a ticket with its conversation, requester and stats
FIRST_WRITES = 3  # fields, note and reply
LATER_WRITES = 2  # fields and a warning
URGENT_AFTER = timedelta(hours=1)  # a limit just missed is said at once
# Those put back at the same moment come in the order of their deadlines.
SPREAD = timedelta(seconds=5)
FAR = timedelta(days=5)
DATES = ("fr_due_by", "due_by")


@contextmanager
def reserved(ctx: Context, key: TicketKey, priority: Priority | None = None) -> Iterator[None]:
    """Set tokens aside for an attempt at a ticket and give back what is left; `Held` when there are none.

    Without a `priority` it follows from what is remembered of the ticket.
    """
    if ctx.budget is None:
        yield
        return
    record = ctx.ledger.read(key)
    if priority is None:
        priority = priority_of(record, ctx.now(), ctx.wakeups.near)
    whole = likely_cost(record)
    grant = ctx.budget.reserve(key.portal, priority, READ, whole)
    if isinstance(grant, timedelta):
        raise Held(f"{key} cannot be paid for now", retry_after=grant.total_seconds())
    try:
        with taking(Turn(priority, grant, whole)):
            yield
    finally:
        ctx.budget.release(key.portal, grant)


def cover(ctx: Context, plan: Plan) -> None:
    """Make sure that all of a plan can be paid before any of it is sent; `Held` otherwise.

    Outgoing webhooks go elsewhere and cost the account nothing.
    """
    turn, needed = current_turn(), sum(not isinstance(action, Notify) for action in plan.actions)
    if ctx.budget is None or needed <= turn.left:
        return
    missing = needed - turn.left
    wait = ctx.budget.extend(plan.key.portal, turn.priority, turn.grant, missing)
    if wait is not None:
        raise Held(f"{plan.key} cannot be paid for now", retry_after=wait.total_seconds())
    turn.left = needed


def priority_of(record: Record, now: datetime, near: timedelta) -> Priority:
    """Return how pressing a ticket is, by what is remembered of it; one never seen is normal."""
    urgent = record.decision is not None and record.decision.level is Level.URGENTE
    pressing = any(-URGENT_AFTER <= due - now <= near for due in _deadlines(record))
    return Priority.URGENT if urgent or pressing else Priority.NORMAL


def likely_cost(record: Record) -> int:
    """Return the tokens an attempt will likely take."""
    return READ + (FIRST_WRITES if record.decision is None else LATER_WRITES)


def put_back(ctx: Context, key: TicketKey, wait: timedelta) -> None:
    """Look at a ticket again after `wait`, or as soon as it becomes urgent, nearest deadlines first."""
    now, record = ctx.now(), ctx.ledger.read(key)
    at = now + wait + spread(record, now)
    turns_urgent = [due - ctx.wakeups.near for due in _deadlines(record)]
    at = min([at, *(moment for moment in turns_urgent if moment > now)])
    ctx.wakeups.postpone(key, at)


def spread(record: Record, now: datetime) -> timedelta:
    """Return how long after others a ticket may come, by how far off its next deadline is."""
    ahead = [due - now for due in _deadlines(record) if due > now]
    part = min(ahead, default=FAR / 2) / FAR
    return SPREAD * min(part, 1.0) + timedelta(seconds=random.uniform(0, 0.2))  # noqa: S311


def _deadlines(record: Record) -> list[datetime]:
    """Return the dates the bot gave the ticket, or shows beside Freshdesk's own."""
    values = [record.written[name].value for name in DATES if name in record.written]
    dates = [datetime.fromisoformat(value) for value in values if isinstance(value, str)]
    mirrored = record.moments.get(MIRRORED)
    return dates if mirrored is None else [*dates, mirrored]
