"""The ticket endpoints: read, list, create, update, delete, restore, merge."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.simulator import desk, render
from bot.simulator.errors import invalid, not_found, problem, refuse_if
from bot.simulator.exchange import actor, answer, done, found_ticket, here, listed, me, sent
from bot.simulator.field_checks import type_problems
from bot.simulator.people import requester
from bot.simulator.records import Json, Ticket
from bot.simulator.ticket_input import (
    CREATE_KINDS,
    UPDATE_KINDS,
    checked_creation,
    checked_update,
    ticket_fields,
)
from bot.simulator.ticket_list import LIST_INCLUDES, listed_tickets

routes = Blueprint("tickets", __name__, url_prefix="/api/v2/tickets")

INCLUDES = {"conversations", "requester", "company", "stats"}


@routes.get("")
def list_tickets() -> Response:
    """List tickets as the query filters them."""
    state, wanted = here(), included(LIST_INCLUDES)
    rows = listed_tickets(state, request.args, me())

    def show(ticket: Ticket) -> Json:
        return render.ticket_row(state, ticket) | extras(ticket, wanted)

    return listed(rows, show)


@routes.post("")
def create_ticket() -> Response:
    """Open a ticket for a requester."""
    state = here()
    wanted = checked_creation(state, sent(CREATE_KINDS))
    requester_id = _requester_id(wanted)
    fields = {"company_id": state.contacts[requester_id].company_id} | ticket_fields(wanted)
    ticket = desk.open_ticket(state, fields, requester_id, actor())
    headers = {"Location": url_for("tickets.get_ticket", ticket_id=ticket.id, _external=True)}
    return answer(render.whole_ticket(state, ticket), 201, headers)


@routes.get("/<int:ticket_id>")
def get_ticket(ticket_id: int) -> AnyResponse:
    """Show one ticket; an archived one is elsewhere."""
    state = here()
    stored = state.tickets.get(ticket_id)
    if stored is not None and stored.archived and state.switches.archived == "redirect":
        return redirect(url_for("tickets.get_archived", ticket_id=ticket_id), 301)
    wanted = included(INCLUDES)
    ticket = found_ticket(ticket_id)
    return answer(render.whole_ticket(state, ticket) | extras(ticket, wanted))


@routes.get("/archived/<int:ticket_id>")
def get_archived(ticket_id: int) -> Response:
    """Show one archived ticket."""
    ticket = here().tickets.get(ticket_id)
    if ticket is None or not ticket.archived:
        raise not_found()
    return answer(render.whole_ticket(here(), ticket) | extras(ticket, included(INCLUDES)))


@routes.put("/<int:ticket_id>")
def update_ticket(ticket_id: int) -> Response:
    """Change the fields sent, and only those."""
    state, ticket = here(), found_ticket(ticket_id)
    wanted = checked_update(state, ticket, sent(UPDATE_KINDS))
    fields = ticket_fields(wanted)
    if any(name in wanted for name in ("requester_id", "email")):
        fields["requester_id"] = _requester_id(wanted)
    desk.change_ticket(state, ticket, fields, actor())
    return answer(render.whole_ticket(state, ticket))


@routes.delete("/<int:ticket_id>")
def delete_ticket(ticket_id: int) -> Response:
    """Move a ticket to the trash."""
    desk.trash(here(), found_ticket(ticket_id), actor(), deleted=True)
    return done()


@routes.put("/<int:ticket_id>/restore")
def restore_ticket(ticket_id: int) -> Response:
    """Take a ticket out of the trash."""
    desk.trash(here(), found_ticket(ticket_id), actor(), deleted=False)
    return done()


@routes.put("/merge")
def merge_tickets() -> Response:
    """Close tickets as merged into a primary one."""
    kinds = {
        "primary_id": "int",
        "ticket_ids": "list",
        "note_in_primary": "dict",
        "note_in_secondary": "dict",
        "convert_recepients_to_cc": "bool",  # the API's own spelling
    }
    body = sent(kinds)
    refuse_if(type_problems(body, kinds))
    if "primary_id" not in body or not body.get("ticket_ids"):
        raise invalid(problem("ticket_ids", "It should be a/an Array", "missing_field"))
    primary = found_ticket(body["primary_id"])
    for secondary in [found_ticket(number) for number in body["ticket_ids"]]:
        _note(secondary, body.get("note_in_secondary"))
        desk.merge(here(), primary, secondary, actor())
    _note(primary, body.get("note_in_primary"))
    return done()


def included(allowed: set[str]) -> set[str]:
    """Return the includes a query asks for, or raise the refusal."""
    wanted = {name for name in request.args.get("include", "").split(",") if name}
    if wanted - allowed:
        raise invalid(problem("include", f"It should be one of these values: '{','.join(sorted(allowed))}'"))
    return wanted


def extras(ticket: Ticket, wanted: set[str]) -> Json:
    """Return the parts of a ticket that are shown only on request."""
    state = here()
    first_ten = render.visible_conversations(state, ticket)[:10] if "conversations" in wanted else []
    parts: Json = {
        "conversations": [render.conversation(state, item) for item in first_ten],
        "requester": render.requester(state, ticket),
        "company": render.company_of(state, ticket),
        "stats": render.stats(ticket),
    }
    shown = {name: part for name, part in parts.items() if name in wanted}
    return shown | (render.described(ticket) if "description" in wanted else {})


def _requester_id(wanted: Json) -> int:
    if "requester_id" in wanted:
        return int(wanted["requester_id"])
    # Without a mail address, a phone or an external id still names one person.
    known_by = (
        wanted.get("email") or f"{wanted.get('phone') or wanted.get('unique_external_id')}@sin-correo.example"
    )
    return requester(here(), known_by, wanted.get("name")).id


def _note(ticket: Ticket, note: Json | None) -> None:
    if note:
        private = bool(note.get("private", True))
        fields = {"body": note.get("body", ""), "private": private, "incoming": False, "source": 2}
        desk.add_conversation(here(), ticket, {**fields, "user_id": me().id}, actor())
