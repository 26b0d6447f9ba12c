"""What did Freshdesk say about one ticket at one moment?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

PORTAL_PATTERN = re.compile(r"[a-z][a-z0-9_]{0,30}")


@dataclass(frozen=True, slots=True, order=True)
class TicketKey:
    """Name one ticket of one portal; ids of two portals never compare equal."""

    portal: str
    ticket_id: int

    def __str__(self) -> str:
        return f"{self.portal}:{self.ticket_id}"

    @classmethod
    def parse(cls, text: str) -> TicketKey:
        """Read `portal:id`; ValueError when it is not of that shape."""
        portal, _, number = text.partition(":")
        if not PORTAL_PATTERN.fullmatch(portal) or not number.isascii() or not number.isdigit():
            raise ValueError(f"not a ticket key: {text!r}")
        return cls(portal, int(number))


@dataclass(frozen=True, slots=True)
class Message:
    """Hold one conversation entry; `text` is what a reader sees, without markup."""

    id: int
    text: str
    incoming: bool
    private: bool
    user_id: int | None
    created_at: datetime
    source: int = 0


@dataclass(frozen=True, slots=True)
class Stats:
    """Hold the moments Freshdesk records by itself, in UTC; None where it recorded none."""

    first_responded_at: datetime | None = None
    agent_responded_at: datetime | None = None
    requester_responded_at: datetime | None = None
    status_updated_at: datetime | None = None
    reopened_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    pending_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Company:
    """Hold what the contract asks about a client company; None where the portal does not say."""

    id: int
    overdue: bool | None = None
    invoice_due: date | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """Hold one snapshot of a ticket: times in UTC, `body` the visible text of its description.

    `messages` are in order of creation; `messages_complete` is False when more exist than were read.
    """

    key: TicketKey
    subject: str
    body: str
    status: int
    priority: int
    source: int
    created_at: datetime
    updated_at: datetime
    requester_id: int | None = None
    requester_email: str | None = field(default=None, repr=False)
    type: str | None = None
    tags: tuple[str, ...] = ()
    responder_id: int | None = None
    group_id: int | None = None
    company_id: int | None = None
    due_by: datetime | None = None
    fr_due_by: datetime | None = None
    spam: bool = False
    deleted: bool = False
    stats: Stats = Stats()
    messages: tuple[Message, ...] = ()
    messages_complete: bool = True
    to_emails: tuple[str, ...] = field(default=(), repr=False)
    custom_fields: Mapping[str, object] = field(default_factory=dict, repr=False, hash=False)

    def has_tag(self, tag: str) -> bool:
        """Tell whether the ticket carries a tag; Freshdesk compares tags without case."""
        return tag.casefold() in {t.casefold() for t in self.tags}
