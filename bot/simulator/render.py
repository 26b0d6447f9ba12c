"""How does Freshdesk show its records as JSON?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from bot.simulator.clock import stamp
from bot.simulator.markup import text_of
from bot.simulator.records import Agent, Company, Contact, Conversation, Group, Json, Stats, Ticket, TimeEntry
from bot.simulator.sla import escalated, settle
from bot.simulator.state import State

_PLAIN = (
    "id",
    "subject",
    "status",
    "priority",
    "source",
    "type",
    "requester_id",
    "responder_id",
    "group_id",
    "company_id",
    "product_id",
    "email_config_id",
    "internal_agent_id",
    "internal_group_id",
    "support_email",
    "spam",
    "cc_emails",
)


def ticket_row(state: State, ticket: Ticket) -> Json:
    """Return a ticket as lists and searches show it: without description and attachments."""
    settle(state, ticket)
    late_response, late_resolution = escalated(ticket, state.now())
    row: Json = {name: getattr(ticket, name) for name in _PLAIN}
    row |= {
        "tags": ticket.tags if state.switches.tag_order == "kept" else ticket.tags[::-1],
        "custom_fields": dict(ticket.custom_fields),
        "due_by": stamp(ticket.due_by),
        "fr_due_by": stamp(ticket.fr_due_by),
        "nr_due_by": None,
        "fr_escalated": late_response,
        "nr_escalated": False,
        "is_escalated": late_response or late_resolution,
        "created_at": stamp(ticket.created_at),
        "updated_at": None if state.switches.null_timestamps else stamp(ticket.updated_at),
        "fwd_emails": [],
        "reply_cc_emails": ticket.cc_emails,
        "ticket_cc_emails": ticket.cc_emails,
        "to_emails": [ticket.support_email] if ticket.support_email else None,
        "association_type": None,
        "associated_tickets_count": 0,
        "source_additional_info": None,
        "form_id": 298,
    }
    return row | ({"deleted": True} if ticket.deleted else {})


def whole_ticket(state: State, ticket: Ticket) -> Json:
    """Return a ticket as GET, POST and PUT show it."""
    row = ticket_row(state, ticket)
    del row["associated_tickets_count"]
    return row | described(ticket) | {"attachments": ticket.attachments, "associated_tickets_list": []}


def described(ticket: Ticket) -> Json:
    """Return the description as HTML and as text."""
    return {"description": ticket.description, "description_text": text_of(ticket.description)}


def stats(ticket: Ticket) -> Json:
    """Return the `stats` include."""
    return {field.name: stamp(getattr(ticket.stats, field.name)) for field in fields(Stats)}


def requester(state: State, ticket: Ticket) -> Json:
    """Return the `requester` include."""
    contact = state.contacts[ticket.requester_id]
    return {name: getattr(contact, name) for name in ("id", "name", "email", "mobile", "phone")}


def company_of(state: State, ticket: Ticket) -> Json:
    """Return the `company` include, empty when the ticket has none."""
    company = state.companies.get(ticket.company_id or 0)
    return {"id": company.id, "name": company.name} if company else {}


def conversation(state: State, item: Conversation) -> Json:
    """Return a reply or note."""
    row = _stamped(item, leave_out=("recorded_at", "from_email"))
    shown = {"address": item.from_email, "number": item.user_id, "null": None}[state.switches.from_email]
    if state.switches.null_timestamps:
        row["updated_at"] = None
    category = 1 if item.incoming else 2 if item.private else 3
    return row | {"from_email": shown, "category": category, "source_additional_info": None}


def visible_conversations(state: State, ticket: Ticket) -> list[Conversation]:
    """Return what a reader sees by now, oldest first."""
    lag = state.switches.conversation_lag_seconds
    now = state.now()
    seen = (c for c in ticket.conversations if not lag or (now - c.recorded_at).total_seconds() >= lag)
    return sorted(seen, key=lambda c: (c.created_at, c.id))


def time_entry(entry: TimeEntry, now: datetime) -> Json:
    """Return a time entry; `time_spent` is hh:mm."""
    running = entry.started_at is not None
    seconds = entry.seconds + int((now - entry.started_at).total_seconds() if entry.started_at else 0)
    row = _stamped(entry, leave_out=("seconds", "started_at"))
    spent = f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"
    return row | {
        "timer_running": running,
        "time_spent": spent,
        "start_time": stamp(entry.started_at or entry.executed_at),
    }


def contact(item: Contact) -> Json:
    """Return a contact."""
    row = _stamped(item, leave_out=() if item.deleted else ("deleted",))
    return row | {"address": None, "twitter_id": None, "other_companies": []}


def company(item: Company) -> Json:
    """Return a company."""
    return _stamped(item)


def group(item: Group, agents: Iterable[Agent]) -> Json:
    """Return a group with its members."""
    members = [agent.id for agent in agents if item.id in agent.group_ids]
    more = {"agent_ids": members, "escalate_to": None, "unassigned_for": None, "business_hour_id": None}
    return _stamped(item) | more | {"auto_ticket_assign": 0, "updated_at": stamp(item.created_at)}


def agent(item: Agent) -> Json:
    """Return an agent with its contact card."""
    moments = {"created_at": stamp(item.created_at), "updated_at": stamp(item.created_at)}
    card = {
        "name": item.name,
        "email": item.email,
        "active": True,
        "phone": None,
        "mobile": None,
        "job_title": None,
        "language": "es-LA",
        "time_zone": "Lima",
        "last_login_at": None,
        **moments,
    }
    return {
        "id": item.id,
        "available": True,
        "occasional": item.occasional,
        "ticket_scope": item.ticket_scope,
        "signature": None,
        "type": "support_agent",
        "group_ids": item.group_ids,
        "role_ids": [103000000201 if item.admin else 103000000202],
        "last_active_at": None,
        "available_since": None,
        "contact": card,
        **moments,
    }


def _stamped(record: Any, leave_out: tuple[str, ...] = ()) -> Json:
    row = {name: value for name, value in asdict(record).items() if name not in leave_out}
    return {name: stamp(value) if isinstance(value, datetime) else value for name, value in row.items()}
