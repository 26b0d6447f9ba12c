"""A Freshdesk in memory, whose every answer a test can spoil."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.domain.actions import SetFields
from bot.domain.ticket import Company, Message, Ticket
from bot.engine.executor import BRISK
from bot.freshdesk.api import Agent, TicketRow
from bot.freshdesk.errors import RateLimited, TemporaryError
from tests.policy.planner.desk import BOT
from tests.world import PORTAL, SETTLE

# The longest that an effect may take to appear after its connection was cut.
LATEST = SETTLE - BRISK


class MemoryDesk:
    """Be one account; `fate` befalls each write, and a late effect appears once its moment has come."""

    portal = PORTAL

    def __init__(self, now: Callable[[], datetime], pause: Callable[[str], None]) -> None:
        self._now, self._pause = now, pause
        self.fate = "fine"
        self.tickets: dict[int, Ticket] = {}
        self._late: list[tuple[datetime, int, str, bool]] = []

    def get_ticket(self, ticket_id: int) -> Ticket:
        """Return a ticket with what has appeared on it by now."""
        self.let_appear()
        return self.tickets[ticket_id]

    def let_appear(self) -> None:
        """Put the late effects whose moment has come on their tickets."""
        due = [late for late in self._late if late[0] <= self._now()]
        self._late = [late for late in self._late if late not in due]
        for _, ticket, html, private in due:
            self._append(ticket, html, private)

    def update_ticket(self, ticket_id: int, changes: SetFields) -> Ticket:
        """Change fields, or not, as fate wants."""
        if self.fate != "lost":
            fields: dict[str, Any] = changes.changes()
            self.tickets[ticket_id] = replace(self.tickets[ticket_id], updated_at=self._now(), **fields)
        if self.fate in {"lost", "unanswered"}:
            raise TemporaryError("no answer", sure_no_effect=False)
        return self.tickets[ticket_id]

    def add_note(
        self, ticket_id: int, html: str, *, private: bool = True, notify: tuple[str, ...] = ()
    ) -> int:
        """Add a note, or not, as fate wants."""
        return self._send(ticket_id, html, private)

    def reply(self, ticket_id: int, html: str) -> int:
        """Answer the requester, or not, as fate wants."""
        return self._send(ticket_id, html, private=False)

    def list_tickets(self, updated_since: datetime, *, max_pages: int = 300) -> Iterator[TicketRow]:
        """Walk all tickets."""
        for ticket in self.tickets.values():
            yield TicketRow(ticket.key.ticket_id, ticket.status, ticket.updated_at, None, None)

    def list_companies(self) -> Iterator[Company]:
        """Know no company."""
        return iter(())

    def me(self) -> Agent:
        """Be the bot's agent."""
        return Agent(BOT, None, None)

    def _send(self, ticket_id: int, html: str, private: bool) -> int:
        if self.fate == "limited":
            raise RateLimited("429", status=429, retry_after=1.0)
        if self.fate == "late":
            self._late.append((self._now() + LATEST, ticket_id, html, private))
        elif self.fate != "lost":
            self._append(ticket_id, html, private)
        fate = self.fate
        self._pause("answer")
        if fate in {"lost", "late", "unanswered"}:
            raise TemporaryError("no answer", sure_no_effect=False)
        return 1

    def _append(self, ticket_id: int, html: str, private: bool) -> None:
        ticket, now = self.tickets[ticket_id], self._now()
        said = Message(len(ticket.messages) + 1, html, False, private, BOT, now)
        self.tickets[ticket_id] = replace(ticket, messages=(*ticket.messages, said), updated_at=now)
