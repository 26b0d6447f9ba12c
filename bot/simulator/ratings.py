"""The satisfaction ratings of a ticket: list them, and enter one."""

from __future__ import annotations

from flask import Blueprint, Response

from bot.simulator.clock import stamp
from bot.simulator.errors import invalid, problem, refuse_if
from bot.simulator.exchange import answer, found_ticket, here, listed, sent
from bot.simulator.field_checks import Kinds, type_problems
from bot.simulator.records import Json

routes = Blueprint("ratings", __name__, url_prefix="/api/v2/tickets/<int:ticket_id>/satisfaction_ratings")

KINDS: Kinds = {"ratings": "dict", "feedback": "str?"}


@routes.get("")
def list_ratings(ticket_id: int) -> Response:
    """List what the requester said of a ticket."""
    found_ticket(ticket_id)
    return listed([one for one in here().ratings if one["ticket_id"] == ticket_id], dict)


@routes.post("")
def create(ticket_id: int) -> Response:
    """Enter what the requester said, as answers by question."""
    ticket, body = found_ticket(ticket_id), sent(KINDS)
    refuse_if(type_problems(body, KINDS))
    if "default_question" not in body.get("ratings", {}):
        raise invalid(problem("default_question", "It should be a/an Integer", "missing_field"))
    now = stamp(here().now())
    rating: Json = {
        "id": here().next_id(),
        "survey_id": 1,
        "user_id": ticket.requester_id,
        "agent_id": ticket.responder_id,
        "group_id": ticket.group_id,
        "ticket_id": ticket_id,
        "feedback": body.get("feedback"),
        "ratings": body["ratings"],
    }
    here().ratings.append(rating | {"created_at": now, "updated_at": now})
    return answer(here().ratings[-1], 201)
