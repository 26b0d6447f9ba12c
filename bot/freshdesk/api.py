"""What can be asked of Freshdesk?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.actions import SetFields
from bot.domain.ticket import Company, Message, Ticket
from bot.freshdesk.account_api import AccountApi


@dataclass(frozen=True, slots=True)
class TicketRow:
    """Hold what a list of tickets tells of one, enough to ring it."""

    ticket_id: int
    status: int
    updated_at: datetime
    due_by: datetime | None
    fr_due_by: datetime | None


@dataclass(frozen=True, slots=True)
class Headline:
    """Hold what people know a ticket by; for showing only, never stored."""

    subject: str = field(repr=False)
    company: str | None = field(repr=False)
    requester: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class TimeEntry:
    """Hold hours logged on a ticket, in minutes."""

    id: int
    minutes: int
    billable: bool


@dataclass(frozen=True, slots=True)
class Agent:
    """Hold an agent of the portal; the mail address is for recipients only and is never stored.

    `scope` is 1 where the agent sees all tickets, 2 its groups', 3 its own.
    """

    id: int
    email: str | None
    name: str | None
    scope: int | None = None
    occasional: bool = False


@dataclass(frozen=True, slots=True)
class TicketField:
    """Hold a ticket field's name and choices (`label -> id` where Freshdesk gives ids)."""

    name: str
    type: str
    choices: Mapping[str, int]


class FreshdeskApi(AccountApi, Protocol):
    """Speak for one portal. Every method may raise the errors of `bot.freshdesk.errors`."""

    portal: str

    def get_ticket(self, ticket_id: int) -> Ticket:
        """Read a ticket with its requester, stats and first ten messages: one request."""
        ...

    def headline(self, ticket_id: int) -> Headline:
        """Read a ticket's subject with the names of its company and requester: one request."""
        ...

    def list_messages(self, ticket_id: int) -> tuple[Message, ...]:
        """Read every message of a ticket in order of creation, all pages."""
        ...

    def update_ticket(self, ticket_id: int, changes: SetFields) -> Ticket:
        """Change only the named fields; return the ticket as Freshdesk now has it, without messages."""
        ...

    def add_note(
        self, ticket_id: int, html: str, *, private: bool = True, notify: tuple[str, ...] = ()
    ) -> int:
        """Add a note and return its id."""
        ...

    def reply(self, ticket_id: int, html: str) -> int:
        """Answer the requester by mail and return the message's id."""
        ...

    def forward(self, ticket_id: int, html: str, to: tuple[str, ...]) -> int:
        """Forward the ticket and return the message's id."""
        ...

    def list_tickets(self, updated_since: datetime, *, max_pages: int = 300) -> Iterator[TicketRow]:
        """Walk tickets by time of update, oldest first, past the 300-page limit, each id once."""
        ...

    def tickets_of(self, requester_id: int) -> Iterator[int]:
        """Walk the numbers of a requester's tickets, but for those that are spam, deleted or archived."""
        ...

    def requester_ids(self, email: str) -> tuple[int, ...]:
        """Return the contacts that have an address, deleted ones included."""
        ...

    def get_company(self, company_id: int) -> Company:
        """Read what the contract asks about one company."""
        ...

    def list_companies(self) -> Iterator[Company]:
        """Walk all companies."""
        ...

    def company_names(self) -> Iterator[tuple[int, str]]:
        """Walk all companies, number and name; names are for showing only and are never stored."""
        ...

    def list_time_entries(self, ticket_id: int) -> tuple[TimeEntry, ...]:
        """Read the hours logged on a ticket."""
        ...

    def me(self) -> Agent:
        """Read the agent this key belongs to."""
        ...

    def time(self) -> datetime | None:
        """Return Freshdesk's own time, in whole seconds; None when it does not tell. One request."""
        ...

    def list_agents(self) -> Iterator[Agent]:
        """Walk all agents."""
        ...

    def list_groups(self) -> Mapping[str, int]:
        """Return the groups, name to id."""
        ...

    def list_ticket_fields(self) -> tuple[TicketField, ...]:
        """Read the ticket fields with their choices."""
        ...
