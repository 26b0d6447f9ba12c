"""The conversation endpoints: list, note, reply, forward, edit, delete."""

from __future__ import annotations

from flask import Blueprint, Response

from bot.simulator import desk, render
from bot.simulator.errors import ApiError, invalid, not_found, problem, refuse_if
from bot.simulator.exchange import actor, answer, done, found_ticket, here, listed, me, sent
from bot.simulator.field_checks import Kinds, blank_problems, type_problems
from bot.simulator.markup import clean, text_of
from bot.simulator.records import Conversation, Json, Ticket

routes = Blueprint("conversations", __name__, url_prefix="/api/v2")

REPLY, NOTE, FORWARD = 0, 2, 8
_MAIL: Kinds = {
    "body": "str",
    "from_email": "str",
    "cc_emails": "list",
    "bcc_emails": "list",
    "attachments": "list",
}
_REPLY = _MAIL | {"user_id": "int"}
_NOTE: Kinds = {
    "body": "str",
    "private": "bool",
    "incoming": "bool",
    "notify_emails": "list",
    "user_id": "int",
    "attachments": "list",
}
_FORWARD = _MAIL | {
    "to_emails": "list",
    "include_quoted_text": "bool",
    "include_original_attachments": "bool",
}


@routes.get("/tickets/<int:ticket_id>/conversations")
def list_conversations(ticket_id: int) -> Response:
    """List replies and notes, oldest first; the description is not among them."""
    return _list(found_ticket(ticket_id))


@routes.get("/tickets/archived/<int:ticket_id>/conversations")
def list_archived(ticket_id: int) -> Response:
    """List the conversations of an archived ticket."""
    ticket = here().tickets.get(ticket_id)
    if ticket is None or not ticket.archived:
        raise not_found()
    return _list(ticket)


@routes.post("/tickets/<int:ticket_id>/notes")
def add_note(ticket_id: int) -> Response:
    """Write a note, private unless the client says otherwise."""
    body = _checked(_NOTE)
    fields = {
        "private": body.get("private", True),
        "incoming": body.get("incoming", False),
        "source": NOTE,
        "to_emails": body.get("notify_emails", []),
    }
    return _write(found_ticket(ticket_id), body, fields)


@routes.post("/tickets/<int:ticket_id>/reply")
def add_reply(ticket_id: int) -> Response:
    """Answer the requester by mail."""
    ticket, body = found_ticket(ticket_id), _checked(_REPLY)
    return _write(ticket, body, _mail(ticket, body, REPLY) | {"to_emails": _requester_mail(ticket)})


@routes.post("/tickets/<int:ticket_id>/forward")
@routes.post("/tickets/<int:ticket_id>/reply_to_forward")
def forward(ticket_id: int) -> Response:
    """Send the ticket to people outside it."""
    ticket, body = found_ticket(ticket_id), _checked(_FORWARD, required=("body", "to_emails"))
    fields = _mail(ticket, body, FORWARD) | {"to_emails": body["to_emails"], "private": True}
    return _write(ticket, body, fields)


@routes.put("/conversations/<int:conversation_id>")
def edit_conversation(conversation_id: int) -> Response:
    """Change the text of a note; nothing else can be edited."""
    item, body = _found(conversation_id), _checked({"body": "str", "attachments": "list"})
    if item.source != NOTE:
        raise invalid(problem("id", "Only notes can be edited", "inconsistent_state"))
    item.body = clean(body["body"])
    item.body_text = text_of(item.body)
    item.updated_at = here().now()
    return answer(render.conversation(here(), item))


@routes.delete("/conversations/<int:conversation_id>")
def delete_conversation(conversation_id: int) -> Response:
    """Delete a note or an agent's reply; what a customer wrote stays."""
    item = _found(conversation_id)
    if item.incoming:
        raise ApiError(400, {"code": "inconsistent_state", "message": "Incoming replies cannot be deleted"})
    here().tickets[item.ticket_id].conversations.remove(item)
    del here().conversations[conversation_id]
    return done()


def _list(ticket: Ticket) -> Response:
    state = here()
    return listed(render.visible_conversations(state, ticket), lambda item: render.conversation(state, item))


def _checked(kinds: Kinds, required: tuple[str, ...] = ("body",)) -> Json:
    body = sent(kinds)
    refuse_if(
        problem(field, "It should be a/an String", "missing_field") for field in required if field not in body
    )
    refuse_if([*type_problems(body, kinds), *blank_problems(body, ("body",))])
    return body


def _mail(ticket: Ticket, body: Json, source: int) -> Json:
    return {
        "private": False,
        "incoming": False,
        "source": source,
        "support_email": ticket.support_email,
        "from_email": body.get("from_email", here().seed.support_email),
        "cc_emails": body.get("cc_emails", []),
        "bcc_emails": body.get("bcc_emails", []),
    }


def _write(ticket: Ticket, body: Json, fields: Json) -> Response:
    state = here()
    author = body.get("user_id", me().id)
    if author not in state.agents and author not in state.contacts:
        raise invalid(problem("user_id", "There is no user matching the given user_id"))
    common = {"body": body["body"], "user_id": author, "attachments": body.get("attachments", [])}
    item = desk.add_conversation(state, ticket, common | fields, actor())
    return answer(render.conversation(state, item), 201)


def _requester_mail(ticket: Ticket) -> list[str]:
    email = here().contacts[ticket.requester_id].email
    return [email] if email else []


def _found(conversation_id: int) -> Conversation:
    item = here().conversations.get(conversation_id)
    if item is None:
        raise not_found()
    found_ticket(item.ticket_id)
    return item
