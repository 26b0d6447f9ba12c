"""Which requests make up each thing the engine asks of Freshdesk?"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain
from typing import TypeVar
from urllib.parse import urlsplit

from bot.domain.actions import SetFields
from bot.domain.ticket import Company, Message, Ticket
from bot.freshdesk import codec
from bot.freshdesk.account_calls import AccountCalls
from bot.freshdesk.answers import Answer, RateHeaders
from bot.freshdesk.api import Agent, Headline, TicketField, TicketRow, TimeEntry
from bot.freshdesk.gate import Gate
from bot.freshdesk.transport import BoundedSession, Key, Limits
from bot.freshdesk.wrapped import Library, Repeats

T = TypeVar("T")

_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
_LAST_PAGE = 300  # Freshdesk serves no page beyond


def _origin(base_url: str) -> str:
    """Return scheme, host and port of a base URL; ValueError for anything else in it."""
    parts = urlsplit(base_url.rstrip("/"))
    plain = parts.path in ("", "/api/v2") and not (parts.query or parts.fragment or parts.username)
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain:
        raise ValueError("the base URL must be http(s)://host[:port]")
    return f"{parts.scheme}://{parts.netloc}"


class FreshdeskClient(AccountCalls):
    """Implement `FreshdeskApi` for one portal; may be shared between threads and forked processes.

    `on_headers` is told of the rate limit after every answer, errors included; it must not raise, for it is
    called when a write has already taken effect. `gate` is asked before every request, each repetition and
    each page too, and may raise `Held`.
    """

    def __init__(
        self,
        portal: str,
        base_url: str,
        api_key: str,
        *,
        overdue_field: str = "factura_vencida",
        invoice_due_field: str = "vencimiento_factura",
        on_headers: Callable[[RateHeaders], None] | None = None,
        gate: Gate | None = None,
        connect_timeout: float = 5.0,
        read_timeout: float = 20.0,
        deadline: float = 30.0,
        repeats: Repeats | None = None,
    ) -> None:
        self.portal = portal
        self._base_url = _origin(base_url)
        self._key = Key(api_key)
        self._limits = Limits(connect_timeout, read_timeout, deadline)
        self._repeats = repeats or Repeats()
        self._on_headers = on_headers
        self._gate = gate
        self._company_reader = partial(
            codec.company, overdue_field=overdue_field, invoice_due_field=invoice_due_field
        )
        self._mine = threading.local()

    def __repr__(self) -> str:
        return f"FreshdeskClient(portal={self.portal!r}, base_url={self._base_url!r})"

    @property
    def _library(self) -> Library:
        """Return this thread's library: a session is not for two threads, nor a socket for two processes."""
        if getattr(self._mine, "process", None) != os.getpid():
            session = BoundedSession(self._key, self._limits)
            self._mine.wrapped = Library(self._base_url, session, self._repeats, self._on_headers, self._gate)
            self._mine.process = os.getpid()
        library: Library = self._mine.wrapped
        return library

    def get_ticket(self, ticket_id: int) -> Ticket:
        """Read a ticket with its requester, stats and first ten messages: one request."""
        api = self._library
        answer = api.ask(api.tickets.get_ticket, ticket_id, "conversations", "requester", "stats")
        return self._ticket(answer, ticket_id)

    def headline(self, ticket_id: int) -> Headline:
        """Read a ticket's subject with the names of its company and requester: one request."""
        api = self._library
        return api.ask(api.tickets.get_ticket, ticket_id, "company", "requester").read(codec.headline)

    def update_ticket(self, ticket_id: int, changes: SetFields) -> Ticket:
        """Change only the named fields; return the ticket as Freshdesk now has it, without messages."""
        body = codec.fields(changes)
        if not body:
            raise ValueError("nothing to change")
        api = self._library
        return self._ticket(api.ask(api.tickets.update_ticket, ticket_id, **body), ticket_id)

    def _ticket(self, answer: Answer, ticket_id: int) -> Ticket:
        ticket = answer.read(partial(codec.ticket, portal=self.portal))
        if ticket.key.ticket_id != ticket_id:
            raise answer.unreadable("ticket of this id")
        return ticket

    def list_messages(self, ticket_id: int) -> tuple[Message, ...]:
        """Read every message of a ticket in order of creation, all pages."""
        return codec.messages(list(self._rows(dict, lambda api: api.comments.list_comments, ticket_id)))

    def add_note(
        self, ticket_id: int, html: str, *, private: bool = True, notify: tuple[str, ...] = ()
    ) -> int:
        """Add a note and return its id."""
        api = self._library
        mail = {"notify_emails": list(notify)} if notify else {}
        return api.ask(api.comments.create_note, ticket_id, html, private=private, **mail).read(
            codec.identity
        )

    def reply(self, ticket_id: int, html: str) -> int:
        """Answer the requester by mail and return the message's id."""
        api = self._library
        return api.ask(api.comments.create_reply, ticket_id, html).read(codec.identity)

    def forward(self, ticket_id: int, html: str, to: tuple[str, ...]) -> int:
        """Forward the ticket and return the message's id."""
        api = self._library
        return api.ask(api.forward, ticket_id, html, list(to)).read(codec.identity)

    def list_tickets(self, updated_since: datetime, *, max_pages: int = _LAST_PAGE) -> Iterator[TicketRow]:
        """Walk tickets by time of update, oldest first, each id once, without deleted ones and spam.

        Each page is asked for by the time of the last row read. Page numbers count from the start of a list
        that shrinks whenever a ticket on it is updated, so a numbered page would skip as many rows as were
        updated since the page before. Numbers serve only where a page holds a single second, as after a bulk
        edit; `max_pages` bounds them, 300 being Freshdesk's own limit.
        """
        seen: set[int] = set()
        since, page = updated_since, 1
        while True:
            rows, more = self._ticket_page(since, page)
            for row in rows:
                if row.ticket_id not in seen:
                    seen.add(row.ticket_id)
                    yield row
            newest = max((row.updated_at for row in rows), default=None)
            if not more or newest is None or newest < since:
                return
            since, page = _next_window(since, page, newest, min(max_pages, _LAST_PAGE))

    def _ticket_page(self, since: datetime, page: int) -> tuple[list[TicketRow], bool]:
        api = self._library
        answer = api.ask_page(
            api.tickets.list_tickets,
            filter_name=None,  # the library's own default is the key's own open tickets only
            updated_since=codec.zulu(since),  # without it only tickets created in the last 30 days are listed
            order_by="updated_at",
            order_type="asc",
            page=page,
            per_page=100,
        )
        return answer.read_rows(partial(codec.ticket_row, otherwise=since)), answer.has_next

    def tickets_of(self, requester_id: int) -> Iterator[int]:
        """Walk the numbers of a requester's tickets, but for those that are spam, deleted or archived."""
        return self._rows(
            codec.identity,
            lambda api: api.tickets.list_tickets,
            filter_name=None,
            requester_id=requester_id,
            updated_since=codec.zulu(_BEGINNING),  # without it only those of the last 30 days are listed
        )

    def requester_ids(self, email: str) -> tuple[int, ...]:
        """Return the contacts that have an address, deleted ones included."""
        states: tuple[dict[str, str], ...] = ({}, {"state": "deleted"})
        found = (
            self._rows(codec.identity, lambda api: api.contacts.list_contacts, email=email, **state)
            for state in states
        )
        return tuple(dict.fromkeys(chain.from_iterable(found)))

    def get_company(self, company_id: int) -> Company:
        """Read what the contract asks about one company."""
        api = self._library
        return api.ask(api.companies.get_company, company_id).read(self._company_reader)

    def list_companies(self) -> Iterator[Company]:
        """Walk all companies."""
        return self._rows(self._company_reader, lambda api: api.companies.list_companies)

    def company_names(self) -> Iterator[tuple[int, str]]:
        """Walk all companies, number and name."""
        return self._rows(codec.company_name, lambda api: api.companies.list_companies)

    def list_time_entries(self, ticket_id: int) -> tuple[TimeEntry, ...]:
        """Read the hours logged on a ticket."""
        return tuple(self._rows(codec.time_entry, lambda api: api.time_entries.list_time_entries, ticket_id))

    def me(self) -> Agent:
        """Read the agent this key belongs to."""
        api = self._library
        return api.ask(api.agents.currently_authenticated_agent).read(codec.agent)

    def time(self) -> datetime | None:
        """Return Freshdesk's own time, in whole seconds; None when it does not tell. One request."""
        api = self._library
        return api.ask(api.agents.currently_authenticated_agent).date

    def list_agents(self) -> Iterator[Agent]:
        """Walk all agents."""
        return self._rows(codec.agent, lambda api: api.agents.list_agents)

    def list_groups(self) -> Mapping[str, int]:
        """Return the groups, name to id."""
        return dict(self._rows(codec.group, lambda api: api.groups.list_groups))

    def list_ticket_fields(self) -> tuple[TicketField, ...]:
        """Read the ticket fields with their choices."""
        api = self._library
        return tuple(api.ask_page(api.ticket_fields.list_ticket_fields).read_rows(codec.ticket_field))

    def _rows(
        self,
        reader: Callable[[codec.Raw], T],
        method: Callable[[Library], Callable[..., object]],
        *args: object,
        **kwargs: object,
    ) -> Iterator[T]:
        """Walk all pages of a list: another follows exactly when the Link header says so."""
        api = self._library
        for page in range(1, _LAST_PAGE + 1):
            answer = api.ask_page(method(api), *args, page=page, **kwargs)
            yield from answer.read_rows(reader)
            if not answer.has_next:
                return


def _next_window(since: datetime, page: int, newest: datetime, max_pages: int) -> tuple[datetime, int]:
    """Return from when, and at which page, to read on after rows up to `newest`.

    One second is read again, for Freshdesk does not say whether `updated_since` includes its own second.
    """
    second = timedelta(seconds=1)
    if newest - second > since:
        return newest - second, 1
    # 30,000 updates in one second fill all pages there are: go on rather than ask for ever.
    return (since, page + 1) if page < max_pages else (since + second, 1)
