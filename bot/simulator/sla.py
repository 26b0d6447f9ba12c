"""What does the native SLA do to a ticket's due dates, and which dates does it refuse from a client?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.simulator.clock import stamp
from bot.simulator.errors import problem
from bot.simulator.records import SYSTEM, Change, Json, Ticket
from bot.simulator.state import State

DUE_FIELDS = ("fr_due_by", "due_by")


def settle(state: State, ticket: Ticket) -> None:
    """Fill the due dates that Freshdesk leaves null for a while after creation."""
    filled_at = ticket.recorded_at + timedelta(seconds=state.switches.sla_fill_seconds)
    if state.now() < filled_at:
        return
    for field, moment in _targets(state, ticket):
        if getattr(ticket, field) is None and field not in ticket.manual_due:
            _set(ticket, field, moment, filled_at)


def follow_priority(state: State, ticket: Ticket) -> None:
    """Recompute the due dates after a change of priority; one set by hand stays, as an account may choose."""
    for field, moment in _targets(state, ticket):
        by_hand = field in ticket.manual_due and state.switches.manual_due_sticky
        if getattr(ticket, field) is not None and not by_hand:
            _set(ticket, field, moment, state.now())


def follow_status(state: State, ticket: Ticket, old: int, at: datetime) -> None:
    """Stop the SLA timer, or start it again and move the dates by the time it stood still."""
    was_on, is_on = state.timer_on(old), state.timer_on(ticket.status)
    if was_on and not is_on:
        ticket.paused_at = at
    elif is_on and not was_on and ticket.paused_at is not None:
        _shift(state, ticket, at - ticket.paused_at)
        ticket.paused_at = None


def escalated(ticket: Ticket, now: datetime) -> tuple[bool, bool]:
    """Say whether the first response is or was late, and whether the resolution is or was."""
    responded, resolved = ticket.stats.first_responded_at or now, ticket.stats.resolved_at or now
    return _late(ticket.fr_due_by, responded), _late(ticket.due_by, resolved)


def accepted_dues(state: State, ticket: Ticket, wanted: Json) -> Json:
    """Return the wanted fields without a first-response date that the account would silently ignore."""
    answered = ticket.stats.first_responded_at is not None
    if answered and state.switches.fr_due_after_response == "ignore":
        return {field: value for field, value in wanted.items() if field != "fr_due_by"}
    return wanted


def due_problems(state: State, ticket: Ticket | None, wanted: Json) -> Iterator[Json]:
    """Yield what is wrong with the due dates a client wants; `ticket` is None on creation."""
    sent = {field: wanted[field] for field in DUE_FIELDS if field in wanted}
    if not sent:
        return
    status = wanted.get("status", ticket.status if ticket else 2)
    if not state.timer_on(status) and state.switches.due_while_timer_off == "reject":
        message = "cannot be set for a status whose SLA timer is off"
        yield from (problem(field, message, state.switches.timer_off_code) for field in sent)
        return
    if len(sent) == 1 and state.switches.due_requires_both:
        missing = next(field for field in DUE_FIELDS if field not in sent)
        yield problem(missing, "due_by and fr_due_by must be set together", "missing_field")
    if state.switches.past_due == "reject":
        yield from _past(sent, state.now())
    yield from _order(ticket, sent)
    yield from _answered(state, ticket, sent)


def _past(sent: Json, now: datetime) -> Iterator[Json]:
    for field, moment in sent.items():
        if moment <= now:
            yield problem(field, f"{stamp(moment)} is in the past")


def _order(ticket: Ticket | None, sent: Json) -> Iterator[Json]:
    due_by = sent.get("due_by", ticket and ticket.due_by)
    fr_due_by = sent.get("fr_due_by", ticket and ticket.fr_due_by)
    if due_by is not None and fr_due_by is not None and due_by <= fr_due_by:
        yield problem("due_by" if "due_by" in sent else "fr_due_by", "due_by must be later than fr_due_by")


def _answered(state: State, ticket: Ticket | None, sent: Json) -> Iterator[Json]:
    answered = ticket is not None and ticket.stats.first_responded_at is not None
    if answered and "fr_due_by" in sent and state.switches.fr_due_after_response == "reject":
        yield problem("fr_due_by", "the first response has already been sent", "incompatible_field")


def _targets(state: State, ticket: Ticket) -> Iterator[tuple[str, datetime]]:
    target = state.seed.sla.get(ticket.priority)
    if state.switches.native_sla and target is not None:
        yield "fr_due_by", ticket.created_at + timedelta(seconds=target.respond_seconds)
        yield "due_by", ticket.created_at + timedelta(seconds=target.resolve_seconds)


def _shift(state: State, ticket: Ticket, paused: timedelta) -> None:
    shifts = state.switches.resume_shifts_due
    for field in DUE_FIELDS:
        moment: datetime | None = getattr(ticket, field)
        answered = field == "fr_due_by" and ticket.stats.first_responded_at is not None
        kept = shifts == "none" or (shifts == "native" and field in ticket.manual_due)
        if moment is not None and not answered and not kept:
            _set(ticket, field, moment + paused, ticket.updated_at)


def _set(ticket: Ticket, field: str, moment: datetime, at: datetime) -> None:
    ticket.history.append(Change(at, SYSTEM, field, getattr(ticket, field), moment))
    setattr(ticket, field, moment)


def _late(due: datetime | None, done: datetime) -> bool:
    return due is not None and done > due
