"""What did the client send, who is it, and how is the answer written? The part common to all endpoints."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from flask import Response, current_app, g, request
from werkzeug.datastructures import FileStorage

from bot.simulator.clock import stamp
from bot.simulator.errors import FORBIDDEN, ApiError, not_found
from bot.simulator.field_checks import Kinds
from bot.simulator.paging import page_of
from bot.simulator.records import Actor, Agent, Json, Ticket
from bot.simulator.state import State

T = TypeVar("T")
_KEYED = re.compile(r"(\w+)\[(\w*)\]")


def here() -> State:
    """Return the account being served."""
    return cast(State, current_app.config["STATE"])


def me() -> Agent:
    """Return the agent whose key the request carries."""
    return cast(Agent, g.agent)


def actor() -> Actor:
    """Return the performer of the request."""
    return Actor("agent", me().id)


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a JSON answer."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, headers, content_type="application/json; charset=utf-8")


def done() -> Response:
    """Return the empty 204."""
    return Response(status=204)


def listed(rows: Sequence[T], show: Callable[[T], Json]) -> Response:
    """Return the page of a list that the query asks for."""
    page, headers = page_of(rows, request.args, request.base_url)
    return answer([show(row) for row in page], headers=headers)


def found_ticket(ticket_id: int) -> Ticket:
    """Return a ticket the agent may see, or raise the 404 or 403."""
    ticket = here().tickets.get(ticket_id)
    if ticket is None or ticket.archived:
        raise not_found()
    agent = me()
    in_group = ticket.group_id in agent.group_ids and agent.ticket_scope == 2
    if agent.ticket_scope != 1 and ticket.responder_id != agent.id and not in_group:
        raise ApiError(403, FORBIDDEN)
    return ticket


def sent(kinds: Kinds) -> Json:
    """Return the body as an object: JSON, or a form read by the kinds of its fields."""
    if request.mimetype == "multipart/form-data":
        return _from_form(kinds)
    try:
        body = json.loads(request.get_data() or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ApiError(400, {"code": "invalid_json", "message": "Request parameter is not a valid JSON"})
    return body


def _from_form(kinds: Kinds) -> Json:
    body: Json = {}
    for key, values in request.form.lists():
        match = _KEYED.fullmatch(key)
        if match is None:
            body[key] = _typed(values[-1], kinds.get(key, "str"))
        elif match.group(2):
            body.setdefault(match.group(1), {})[match.group(2)] = values[-1]
        else:
            body[match.group(1)] = values
    files = [_attachment(upload) for upload in request.files.getlist("attachments[]")]
    return body | ({"attachments": files} if files else {})


def _typed(text: str, kind: str) -> Any:
    if kind.startswith("int") and text.lstrip("-").isdigit():
        return int(text)
    if kind.startswith("bool") and text in ("true", "false"):
        return text == "true"
    return text


def _attachment(upload: FileStorage) -> Json:
    now, number = stamp(here().now()), here().next_id()
    return {
        "id": number,
        "name": upload.filename,
        "content_type": upload.mimetype,
        "size": len(upload.read()),
        "attachment_url": f"{request.host_url}_sim/attachments/{number}",
        "created_at": now,
        "updated_at": now,
    }
