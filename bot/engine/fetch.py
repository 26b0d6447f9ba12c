"""How are many tickets read for work on the rules, without using up the account's requests?

Nothing is written to Freshdesk or to the store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.domain.ticket import Ticket, TicketKey
from bot.engine.context import Context
from bot.engine.reconcile import bot_agent
from bot.freshdesk.api import FreshdeskApi, TicketRow
from bot.freshdesk.errors import NotFound, RateLimited
from bot.policy.marks import first_answer
from bot.policy.masking import masked_ticket
from bot.policy.model import Policy

T = TypeVar("T")

ROWS_A_PAGE = 100  # what one request for the list of tickets brings
PAUSE_AFTER_429 = 60.0  # seconds, when Freshdesk does not say


@dataclass(slots=True)
class Pace:
    """Let requests through no faster than so many a minute; none is saved up."""

    per_minute: int
    now: Callable[[], datetime]
    wait: Callable[[float], None]
    _next: datetime | None = None

    def take(self) -> None:
        """Wait for the next request's turn."""
        early = 0.0 if self._next is None else (self._next - self.now()).total_seconds()
        if early > 0:
            self.wait(early)
        self._next = max(self._next or self.now(), self.now()) + timedelta(minutes=1) / self.per_minute

    def ask(self, call: Callable[[], T]) -> T:
        """Make one request in its turn, again and again while Freshdesk asks to wait."""
        while True:
            self.take()
            try:
                return call()
            except RateLimited as error:
                self.rest(error)

    def rest(self, error: RateLimited) -> None:
        """Wait as long as Freshdesk asks."""
        self.wait(PAUSE_AFTER_429 if error.retry_after is None else error.retry_after)


def updated_since(api: FreshdeskApi, since: datetime, pace: Pace) -> Iterator[TicketRow]:
    """Walk tickets by time of update, oldest first; a ticket may come twice."""
    while True:
        try:
            for number, row in enumerate(api.list_tickets(since)):
                if number % ROWS_A_PAGE == 0:
                    pace.take()
                yield row
                since = row.updated_at
            return
        except RateLimited as error:
            pace.rest(error)


def past_lines(
    ctx: Context, portal: str, since: datetime, known: set[int], pace: Pace, *, mask: bool
) -> Iterator[tuple[TicketRow, dict[str, Any] | None]]:
    """Yield a line of `semaforo backtest` for each ticket updated since then whose id is not `known`.

    None stands in for tickets that are gone, spam or deleted. Raises the errors of Freshdesk.
    """
    api, agent = ctx.freshdesk[portal], pace.ask(lambda: bot_agent(ctx, portal))
    for row in updated_since(api, since, pace):
        if row.ticket_id in known:
            continue
        known.add(row.ticket_id)
        ticket = _whole(api, row.ticket_id, pace, agent)
        if ticket is None or ticket.spam or ticket.deleted:
            yield row, None
        else:
            yield row, past_line(ticket, ctx.rulebook.policy, agent, mask=mask)


def read_again(ctx: Context, keys: Iterable[TicketKey], pace: Pace) -> Iterator[Ticket]:
    """Read tickets that are still there, of portals that still are; raises the errors of Freshdesk."""
    for key in keys:
        api = ctx.freshdesk.get(key.portal)
        if api is None:
            continue
        ticket = _found(api, key.ticket_id, pace)
        if ticket is not None:
            yield ticket


def past_line(ticket: Ticket, policy: Policy, agent: int | None, *, mask: bool) -> dict[str, Any]:
    """Return a ticket as a line of `semaforo backtest`, its text masked on request."""
    answer = first_answer(ticket.messages, agent)
    closed = policy.portals.of(ticket.key.portal).is_closed(ticket.status)
    resolved = ticket.stats.resolved_at or ticket.stats.closed_at
    subject, body = masked_ticket(ticket.subject, ticket.body) if mask else (ticket.subject, ticket.body)
    return {
        "id": ticket.key.ticket_id,
        "portal": ticket.key.portal,
        "subject": subject,
        "body": body,
        "company": ticket.company_id,
        "type": ticket.type,
        "source": ticket.source,
        "created_at": ticket.created_at.isoformat(),
        "answered_at": answer.created_at.isoformat() if answer else None,
        "resolved_at": resolved.isoformat() if closed and resolved else None,
    }


def _whole(api: FreshdeskApi, ticket_id: int, pace: Pace, agent: int | None) -> Ticket | None:
    """Read a ticket with as much of its conversation as it takes to find the first answer."""
    ticket = _found(api, ticket_id, pace)
    if ticket is None or ticket.messages_complete or first_answer(ticket.messages, agent):
        return ticket
    return replace(ticket, messages=pace.ask(lambda: api.list_messages(ticket_id)))


def _found(api: FreshdeskApi, ticket_id: int, pace: Pace) -> Ticket | None:
    try:
        return pace.ask(lambda: api.get_ticket(ticket_id))
    except NotFound:
        return None
