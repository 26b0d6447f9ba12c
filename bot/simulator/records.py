"""What does one Freshdesk account hold? Mutable records, changed only under the state's lock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Json = dict[str, Any]

OPEN, PENDING, RESOLVED, CLOSED = 2, 3, 4, 5


@dataclass(frozen=True, slots=True)
class Actor:
    """Who performs a change; automations filter on the kind."""

    kind: Literal["agent", "requester", "system"]
    id: int | None = None


SYSTEM = Actor("system")


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a ticket changing hands; custom fields are named `custom_fields.<name>`."""

    at: datetime
    by: Actor
    field: str
    old: Any
    new: Any


@dataclass(slots=True)
class Agent:
    id: int
    name: str
    email: str
    group_ids: list[int]
    ticket_scope: int
    admin: bool
    created_at: datetime
    occasional: bool = False


@dataclass(slots=True)
class Group:
    id: int
    name: str
    description: str
    created_at: datetime


@dataclass(slots=True)
class Company:
    id: int
    name: str
    created_at: datetime
    updated_at: datetime
    domains: list[str] = field(default_factory=list)
    description: str | None = None
    note: str | None = None
    health_score: str | None = None
    account_tier: str | None = None
    renewal_date: str | None = None
    industry: str | None = None
    custom_fields: Json = field(default_factory=dict)


@dataclass(slots=True)
class Contact:
    id: int
    name: str
    created_at: datetime
    updated_at: datetime
    email: str | None = None
    phone: str | None = None
    mobile: str | None = None
    company_id: int | None = None
    description: str | None = None
    job_title: str | None = None
    language: str = "es-LA"
    time_zone: str = "Lima"
    unique_external_id: str | None = None
    view_all_tickets: bool = False
    active: bool = False
    deleted: bool = False
    tags: list[str] = field(default_factory=list)
    other_emails: list[str] = field(default_factory=list)
    custom_fields: Json = field(default_factory=dict)


@dataclass(slots=True)
class Conversation:
    """A reply, note or forward; `recorded_at` is when it was written down, even if back-dated."""

    id: int
    ticket_id: int
    user_id: int | None
    body: str
    body_text: str
    incoming: bool
    private: bool
    source: int
    created_at: datetime
    updated_at: datetime
    recorded_at: datetime
    support_email: str | None = None
    from_email: str | int | None = None
    to_emails: list[str] = field(default_factory=list)
    cc_emails: list[str] = field(default_factory=list)
    bcc_emails: list[str] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)


@dataclass(slots=True)
class TimeEntry:
    """Time spent on a ticket: banked seconds, plus those since `started_at` while the timer runs."""

    id: int
    ticket_id: int
    agent_id: int
    note: str
    billable: bool
    executed_at: datetime
    created_at: datetime
    updated_at: datetime
    seconds: int = 0
    started_at: datetime | None = None


@dataclass(slots=True)
class Stats:
    agent_responded_at: datetime | None = None
    requester_responded_at: datetime | None = None
    first_responded_at: datetime | None = None
    status_updated_at: datetime | None = None
    reopened_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    pending_since: datetime | None = None


@dataclass(slots=True)
class Ticket:
    id: int
    subject: str
    description: str
    requester_id: int
    created_at: datetime
    updated_at: datetime
    recorded_at: datetime
    status: int = OPEN
    priority: int = 1
    source: int = 2
    type: str | None = None
    responder_id: int | None = None
    group_id: int | None = None
    company_id: int | None = None
    product_id: int | None = None
    email_config_id: int | None = None
    internal_agent_id: int | None = None
    internal_group_id: int | None = None
    due_by: datetime | None = None
    fr_due_by: datetime | None = None
    tags: list[str] = field(default_factory=list)
    custom_fields: Json = field(default_factory=dict)
    cc_emails: list[str] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    support_email: str | None = None
    spam: bool = False
    deleted: bool = False
    archived: bool = False
    merged_into: int | None = None
    paused_at: datetime | None = None
    manual_due: set[str] = field(default_factory=set)
    stats: Stats = field(default_factory=Stats)
    conversations: list[Conversation] = field(default_factory=list)
    history: list[Change] = field(default_factory=list)
