"""What happens to a ticket when someone opens it, changes it or writes on it?"""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

from bot.simulator import automations, sla
from bot.simulator.markup import clean, text_of
from bot.simulator.records import (
    CLOSED,
    OPEN,
    PENDING,
    RESOLVED,
    SYSTEM,
    Actor,
    Change,
    Conversation,
    Json,
    Ticket,
)
from bot.simulator.state import State


def open_ticket(
    state: State, fields: Json, requester_id: int, by: Actor, *, at: datetime | None = None, fire: bool = True
) -> Ticket:
    """Create a ticket; `at` back-dates its creation. Due dates among the fields count as set by hand."""
    now = state.now()
    ticket = Ticket(
        id=state.next_ticket_id(),
        subject=fields.get("subject", ""),
        description=clean(fields.get("description", "")),
        requester_id=requester_id,
        created_at=at or now,
        updated_at=now,
        recorded_at=now,
        support_email=state.seed.support_email if fields.get("source") == 1 else None,
    )
    for field, value in fields.items():
        if field not in ("subject", "description"):
            _assign(ticket, field, value)
    ticket.custom_fields = {f.name: None for f in state.seed.ticket_fields} | ticket.custom_fields
    _enter_status(state, ticket, OPEN, ticket.created_at)
    state.tickets[ticket.id] = ticket
    if fire:
        state.announce(ticket, automations.created(ticket.id, by))
    return ticket


def change_ticket(
    state: State, ticket: Ticket, fields: Json, by: Actor, *, at: datetime | None = None, fire: bool = True
) -> None:
    """Set fields; those left out keep their value, and custom fields merge by name. `at` back-dates it."""
    sla.settle(state, ticket)
    now, old_status, old_priority = at or state.now(), ticket.status, ticket.priority
    changes = [change for field, value in fields.items() for change in _set(ticket, field, value, by, now)]
    if not changes:
        return
    ticket.history += changes
    ticket.updated_at = now
    if ticket.status != old_status:
        _enter_status(state, ticket, old_status, now)
    if ticket.priority != old_priority:
        sla.follow_priority(state, ticket)
    if fire:
        state.announce(ticket, automations.updated(ticket.id, by, changes))


def add_conversation(
    state: State, ticket: Ticket, fields: Json, by: Actor, *, at: datetime | None = None, fire: bool = True
) -> Conversation:
    """Write a reply, note or forward on a ticket; a customer's reply may reopen it."""
    now = state.now()
    body = clean(fields["body"])
    written = {**fields, "body": body, "body_text": text_of(body)}
    moment = at or now
    conversation = Conversation(
        id=state.next_id(),
        ticket_id=ticket.id,
        created_at=moment,
        updated_at=moment,
        recorded_at=now,
        **written,
    )
    ticket.conversations.append(conversation)
    state.conversations[conversation.id] = conversation
    ticket.updated_at = now
    _record_response(ticket, conversation)
    if fire:
        state.announce(ticket, _written_event(state, conversation, by))
    if conversation.incoming and not conversation.private:
        _reopen(state, ticket)
    return conversation


def trash(state: State, ticket: Ticket, by: Actor, *, deleted: bool) -> None:
    """Move a ticket to the trash, or back."""
    change_ticket(state, ticket, {"deleted": deleted}, by, fire=False)
    state.announce(ticket, automations.acted(ticket.id, by, "delete" if deleted else "restore"))


def merge(state: State, primary: Ticket, secondary: Ticket, by: Actor) -> None:
    """Close a ticket as merged into another."""
    secondary.merged_into = primary.id
    change_ticket(state, secondary, {"status": CLOSED}, by)


def as_of(ticket: Ticket, moment: datetime) -> Ticket:
    """Return the ticket as it stood at a moment, by undoing its later changes."""
    past = copy.copy(ticket)
    past.custom_fields, past.manual_due = dict(ticket.custom_fields), set(ticket.manual_due)
    past.history = [change for change in ticket.history if change.at <= moment]
    for change in reversed(ticket.history):
        if change.at > moment:
            _assign(past, change.field, change.old)
    touched = [c.at for c in ticket.history if c.by != SYSTEM] + [c.recorded_at for c in ticket.conversations]
    past.updated_at = max([at for at in touched if at <= moment], default=ticket.recorded_at)
    return past


def _assign(ticket: Ticket, field: str, value: Any) -> None:
    if field.startswith("custom_fields."):
        ticket.custom_fields[field.removeprefix("custom_fields.")] = value
        return
    if field in sla.DUE_FIELDS and value is not None:
        ticket.manual_due.add(field)
    setattr(ticket, field, value)


def _set(ticket: Ticket, field: str, value: Any, by: Actor, now: datetime) -> list[Change]:
    if field == "custom_fields":
        named = [
            (f"custom_fields.{name}", item, ticket.custom_fields.get(name)) for name, item in value.items()
        ]
    else:
        named = [(field, clean(value) if field == "description" else value, getattr(ticket, field))]
    changes = [Change(now, by, name, old, new) for name, new, old in named if new != old]
    for name, new, _ in named:
        _assign(ticket, name, new)
    return changes


def _enter_status(state: State, ticket: Ticket, old: int, now: datetime) -> None:
    stats, new = ticket.stats, ticket.status
    stats.status_updated_at = now
    stats.pending_since = now if new == PENDING else None
    if new in (RESOLVED, CLOSED):
        stats.resolved_at = stats.resolved_at or now
        stats.closed_at = now if new == CLOSED else stats.closed_at
    elif old in (RESOLVED, CLOSED):
        stats.reopened_at = now
        if state.switches.reopen_clears_resolution:
            stats.resolved_at = stats.closed_at = None
    sla.follow_status(state, ticket, old, now)


def _record_response(ticket: Ticket, conversation: Conversation) -> None:
    if conversation.private:
        return
    stats, at = ticket.stats, conversation.created_at
    if conversation.incoming:
        stats.requester_responded_at = at
    else:
        stats.first_responded_at = stats.first_responded_at or at
        stats.agent_responded_at = at


def _reopen(state: State, ticket: Ticket) -> None:
    reopens = state.switches.customer_reply_reopens
    if reopens == "always" or (reopens == "resolved_or_closed" and ticket.status in (RESOLVED, CLOSED)):
        change_ticket(state, ticket, {"status": OPEN}, SYSTEM)


def _written_event(state: State, conversation: Conversation, by: Actor) -> automations.TicketEvent:
    is_reply = conversation.source == 0
    if is_reply and state.switches.reply_event == "reply_sent":
        return automations.noted(conversation.ticket_id, by, "reply_sent", "sent")
    kind = "private" if conversation.private else "public"
    return automations.noted(conversation.ticket_id, by, "note_type", kind)
