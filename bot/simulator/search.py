"""The search endpoints for tickets, contacts and companies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request

from bot.simulator import render
from bot.simulator.errors import invalid, problem
from bot.simulator.exchange import answer, here
from bot.simulator.paging import positive
from bot.simulator.records import Json, Ticket
from bot.simulator.search_query import parse
from bot.simulator.ticket_list import seen_with_lag

routes = Blueprint("search", __name__, url_prefix="/api/v2/search")

PAGE_SIZE, MAX_PAGES = 30, 10
_TICKET = {
    "agent_id",
    "group_id",
    "priority",
    "status",
    "tag",
    "type",
    "due_by",
    "fr_due_by",
    "created_at",
    "updated_at",
}
_CONTACT = {
    "active",
    "company_id",
    "created_at",
    "email",
    "language",
    "mobile",
    "name",
    "phone",
    "tag",
    "time_zone",
    "updated_at",
}
_COMPANY = {"created_at", "domain", "name", "updated_at"}
_SEARCHABLE = {"text", "number", "checkbox", "dropdown"}


@routes.get("/tickets")
def tickets() -> Response:
    """Search tickets, as far as the index knows them."""
    state = here()
    custom = {field.name for field in state.seed.ticket_fields if field.kind in _SEARCHABLE}
    live = (t for t in state.tickets.values() if not (t.archived or t.deleted or t.spam))
    seen = list(seen_with_lag(live, state.now(), state.switches.search_lag_seconds))
    newest_first = sorted(seen, key=lambda t: (t.created_at, t.id), reverse=True)

    def show(ticket: Ticket) -> Json:
        return render.ticket_row(state, ticket) | render.described(ticket)

    return _answer(newest_first, frozenset(_TICKET | custom), _ticket_row, show)


@routes.get("/contacts")
def contacts() -> Response:
    """Search contacts."""
    rows = [contact for contact in here().contacts.values() if not contact.deleted]
    return _answer(rows, frozenset(_CONTACT), _row, render.contact)


@routes.get("/companies")
def companies() -> Response:
    """Search companies."""
    custom = {field.name for field in here().seed.company_fields}
    return _answer(list(here().companies.values()), frozenset(_COMPANY | custom), _row, render.company)


def _answer(
    rows: Sequence[Any], fields: frozenset[str], row_of: Callable[[Any], Json], show: Callable[[Any], Json]
) -> Response:
    query = request.args.get("query", "")
    if len(query) < 2 or not (query.startswith('"') and query.endswith('"')):
        raise invalid(problem("query", "It should be inside double quotes"))
    try:
        test = parse(query[1:-1], fields)
    except ValueError as error:
        raise invalid(problem("query", str(error))) from error
    page = positive(request.args, "page", 1, MAX_PAGES)
    hits = [row for row in rows if test(row_of(row))]
    shown = hits[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return answer({"total": len(hits), "results": [show(row) for row in shown]})


def _ticket_row(ticket: Ticket) -> Json:
    columns = {name: getattr(ticket, name, None) for name in _TICKET}
    return ticket.custom_fields | columns | {"agent_id": ticket.responder_id, "tag": ticket.tags}


def _row(record: Any) -> Json:
    columns: Json = asdict(record)
    columns |= {"tag": columns.get("tags"), "domain": columns.get("domains")}
    custom: Json = columns["custom_fields"]
    return columns | custom
