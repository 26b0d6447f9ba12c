"""What would the bot do about an account's latest tickets, before it knows the account at all?

Only reads of Freshdesk: no store, no memory, nothing written anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.actions import AddNote, Forward, Notify, Reply, SetFields
from bot.domain.plan import Plan
from bot.domain.record import Record
from bot.domain.ticket import Company, Ticket
from bot.engine.fetch import Pace
from bot.freshdesk.api import FreshdeskApi, TicketRow
from bot.freshdesk.errors import NotFound, PermanentError
from bot.policy.model import Policy
from bot.policy.planner import plan

_WIDER = (1, 7, 30, 90)  # days; the list is read from its oldest end


@dataclass(frozen=True, slots=True)
class Look:
    """Hold one ticket, for the eyes of whoever sits at the terminal, and what would be done about it."""

    ticket: Ticket
    plan: Plan

    @property
    def deeds(self) -> tuple[str, ...]:
        """Name what would be written, in Spanish."""
        return tuple(_deed(action) for action in self.plan.actions if not isinstance(action, Notify))


def first_look(api: FreshdeskApi, policy: Policy, count: int, now: datetime, pace: Pace) -> Iterator[Look]:
    """Yield the latest tickets, newest first, with their plans; raises the errors of Freshdesk."""
    agent = pace.ask(api.me).id
    for row in _latest(api, count, now, pace):
        try:
            ticket = pace.ask(lambda number=row.ticket_id: api.get_ticket(number))  # type: ignore[misc]
        except NotFound:
            continue
        company = _company(api, ticket, pace)
        yield Look(ticket, plan(ticket, Record(), policy, now, company=company, bot_agent=agent))


def _latest(api: FreshdeskApi, count: int, now: datetime, pace: Pace) -> list[TicketRow]:
    rows: list[TicketRow] = []
    for days in _WIDER:
        since = now - timedelta(days=days)
        rows = pace.ask(lambda since=since: list(api.list_tickets(since)))  # type: ignore[misc]
        if len(rows) >= count:
            break
    return sorted(rows, key=lambda row: row.updated_at, reverse=True)[:count]


def _company(api: FreshdeskApi, ticket: Ticket, pace: Pace) -> Company | None:
    number = ticket.company_id
    if number is None:
        return None
    try:
        return pace.ask(lambda: api.get_company(number))
    except PermanentError:
        return None


def _deed(action: SetFields | AddNote | Reply | Forward) -> str:
    match action:
        case SetFields():
            names = {
                "priority": "prioridad",
                "tags": "etiquetas",
                "status": "estado",
                "custom_field": "campo",
            }
            fields = dict.fromkeys(names.get(name, "fechas") for name in action.changes())
            return " + ".join(fields)
        case AddNote():
            return "nota" if not action.notify else "nota con aviso"
        case Reply():
            return "respuesta al cliente"
        case Forward():
            return "reenvío"
