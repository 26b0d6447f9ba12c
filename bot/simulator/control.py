"""The control routes: how a test or a demo plays the customers, the agents, the clock and the bad luck."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar, cast

from flask import Blueprint, Response, current_app, request
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from bot.simulator import desk, render
from bot.simulator.automations import Automation
from bot.simulator.clock import parse_moment, stamp
from bot.simulator.companies import assign
from bot.simulator.errors import ApiError, not_found, refuse_if
from bot.simulator.exchange import answer
from bot.simulator.faults import Dice, Faults
from bot.simulator.field_checks import type_problems
from bot.simulator.people import add_company
from bot.simulator.populate import open_as_customer, write
from bot.simulator.records import SYSTEM, Actor, Change, Json, Ticket
from bot.simulator.seed import CompanySeed, Dated, ReplySeed, TicketSeed, TimeEntrySeed
from bot.simulator.state import RequestRecord, State
from bot.simulator.switches import Strict, Switches
from bot.simulator.ticket_input import UPDATE_KINDS
from bot.simulator.time_entries import add_entry
from bot.simulator.webhooks import Delivery, Webhooks

routes = Blueprint("control", __name__, url_prefix="/_sim")

M = TypeVar("M", bound=BaseModel)
_HIDDEN_KINDS = UPDATE_KINDS | {"spam": "bool", "deleted": "bool", "archived": "bool"}


@dataclass(frozen=True, slots=True)
class Board:
    """What the control routes steer."""

    state: State
    webhooks: Webhooks
    reset: Callable[[], None]


class ClockSetting(Strict):
    """How far the simulator's time is ahead of the real one."""

    offset_seconds: float


class Edit(Dated):
    """A change made in Freshdesk's own pages, by an agent or by a rule of the account; `at` back-dates it."""

    by: Literal["agent", "requester", "system"] = Field(default="agent", alias="as")
    agent_id: int | None = None
    fields: Json
    fire: bool = True
    at: datetime | None = None


def board() -> Board:
    """Return what the routes steer."""
    return cast(Board, current_app.config["BOARD"])


def body_as(model: type[M], known: Json | None = None) -> M:
    """Read the body as a model, on top of values already known, or raise a 400 naming each bad key."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise ApiError(400, {"description": "The body should be a JSON object", "errors": []})
    return _valid(lambda: model.model_validate((known or {}) | body))


@routes.get("/tickets")
def list_tickets() -> Response:
    """List the numbers of all tickets."""
    return answer({"ids": list(board().state.tickets)})


@routes.post("/tickets")
def open_ticket() -> Response:
    """Open a ticket as a customer would, back-dated if wanted."""
    ticket = open_as_customer(board().state, body_as(TicketSeed))
    return answer(_whole(ticket), 201)


@routes.get("/tickets/<int:ticket_id>")
def show_ticket(ticket_id: int) -> Response:
    """Show everything about a ticket: all conversations, time entries, and who changed what when."""
    return answer(_whole(_found(ticket_id)))


@routes.post("/tickets/<int:ticket_id>/reply")
def reply(ticket_id: int) -> Response:
    """Write on a ticket as its customer or as an agent."""
    state, message = board().state, body_as(ReplySeed)
    item = write(state, _found(ticket_id), message)
    return answer(render.conversation(state, item), 201)


@routes.post("/tickets/<int:ticket_id>/update")
def update(ticket_id: int) -> Response:
    """Change fields as a person or rule inside Freshdesk would, free of the API's checks on values."""
    state, ticket, edit = board().state, _found(ticket_id), body_as(Edit)
    refuse_if(type_problems(edit.fields, _HIDDEN_KINDS))
    fields = {**edit.fields}
    for name in {"due_by", "fr_due_by"} & fields.keys():
        fields[name] = parse_moment(fields[name])
    desk.change_ticket(state, ticket, fields, _performer(ticket, edit), at=edit.at, fire=edit.fire)
    return answer(_whole(ticket))


@routes.post("/companies")
def put_company() -> Response:
    """Create a company, or change the one of that name."""
    state, seed = board().state, body_as(CompanySeed)
    company = state.company_named(seed.name)
    if company is None:
        return answer(render.company(add_company(state, seed)), 201)
    fields = seed.model_dump(exclude_unset=True, exclude={"id"})
    assign(company, {name: list(value) if name == "domains" else value for name, value in fields.items()})
    return answer(render.company(company))


@routes.post("/time_entries")
def add_time() -> Response:
    """Log time on a ticket as an agent would."""
    state, seed = board().state, body_as(TimeEntrySeed)
    fields = seed.model_dump(exclude_none=True, exclude={"ticket_id"})
    entry = add_entry(state, _found(seed.ticket_id).id, fields, next(iter(state.agents)))
    return answer(render.time_entry(entry, state.now()), 201)


@routes.get("/requests")
def requests_seen() -> Response:
    """Count the API requests received, of all tickets or of one (`?ticket=`)."""
    wanted = request.args.get("ticket", type=int)
    records = board().state.requests
    return answer(counts(r for r in records if wanted is None or r.endpoint.ticket_id == wanted))


@routes.delete("/requests")
def forget_requests() -> Response:
    """Start counting anew."""
    board().state.requests.clear()
    return Response(status=204)


@routes.get("/faults")
def show_faults() -> Response:
    """Show the faults in force."""
    return answer(board().state.faults.model_dump(mode="json"))


@routes.put("/faults")
def set_faults() -> Response:
    """Put faults in force in place of all earlier ones; `{}` ends them."""
    board().state.dice = Dice(body_as(Faults))
    return show_faults()


@routes.get("/switches")
def show_switches() -> Response:
    """Show how the uncertain points are answered."""
    return answer(board().state.switches.model_dump(mode="json"))


@routes.put("/switches")
def set_switches() -> Response:
    """Turn the switches named; the others stay."""
    state = board().state
    state.switches = body_as(Switches, state.switches.model_dump())
    return show_switches()


@routes.get("/automations")
def show_automations() -> Response:
    """Show the rules that fire webhooks."""
    return answer([rule.model_dump(mode="json") for rule in board().state.automations])


@routes.put("/automations")
def set_automations() -> Response:
    """Put a list of rules in place of all earlier ones."""
    adapter = TypeAdapter(tuple[Automation, ...])
    board().state.automations = _valid(lambda: adapter.validate_python(request.get_json(silent=True)))
    return show_automations()


@routes.get("/webhooks")
def webhooks() -> Response:
    """Show the delivery log; `?bodies=1` with what was sent."""
    bodies = bool(request.args.get("bodies"))
    return answer([_delivery(item, bodies=bodies) for item in board().webhooks.log])


@routes.get("/clock")
def show_clock() -> Response:
    """Show the simulator's time."""
    clock = board().state.clock
    return answer({"now": stamp(clock.now()), "offset_seconds": clock.offset.total_seconds()})


@routes.put("/clock")
def set_clock() -> Response:
    """Move the simulator's time ahead of, or behind, the real one."""
    board().state.clock.offset = timedelta(seconds=body_as(ClockSetting).offset_seconds)
    return show_clock()


@routes.post("/reset")
def reset() -> Response:
    """Go back to the seed, without faults, requests or log, at the real time."""
    board().reset()
    return Response(status=204)


def counts(records: Iterable[RequestRecord]) -> Json:
    """Return how many requests there were: in all, per method, per endpoint class, per status."""
    seen = list(records)
    classes: dict[str, Counter[str]] = {}
    for record in seen:
        classes.setdefault(record.endpoint.name, Counter())[record.method] += 1
    return {
        "total": len(seen),
        "reads": sum(not record.endpoint.writes for record in seen),
        "writes": sum(record.endpoint.writes for record in seen),
        "methods": Counter(record.method for record in seen),
        "classes": classes,
        # What the account answered, seen by the client or not; "none" when nothing was.
        "statuses": Counter(str(record.status or "none") for record in seen),
    }


def _whole(ticket: Ticket) -> Json:
    state = board().state
    entries = [entry for entry in state.time_entries.values() if entry.ticket_id == ticket.id]
    return render.whole_ticket(state, ticket) | {
        "stats": render.stats(ticket),
        "requester": render.requester(state, ticket),
        "company": render.company_of(state, ticket),
        "conversations": [render.conversation(state, item) for item in ticket.conversations],
        "time_entries": [render.time_entry(entry, state.now()) for entry in entries],
        "history": [_change(change) for change in ticket.history],
        "set_by_hand": sorted(ticket.manual_due),
        "deleted": ticket.deleted,
        "archived": ticket.archived,
        "merged_into": ticket.merged_into,
    }


def _change(change: Change) -> Json:
    row = {"at": stamp(change.at), "by": asdict(change.by), "field": change.field}
    return row | {"old": _plain(change.old), "new": _plain(change.new)}


def _plain(value: Any) -> Any:
    return stamp(value) if hasattr(value, "isoformat") else value


def _delivery(item: Delivery, *, bodies: bool) -> Json:
    row: Json = {
        "id": item.id,
        "ticket_id": item.ticket_id,
        "rule": item.rule.name,
        "url": item.rule.url,
        "event": item.event,
        "state": item.state,
        "attempts": [asdict(attempt) | {"at": stamp(attempt.at)} for attempt in item.attempts],
    }
    return row | ({"headers": item.headers, "body": item.body.decode(errors="replace")} if bodies else {})


def _performer(ticket: Ticket, edit: Edit) -> Actor:
    if edit.by == "system":
        return SYSTEM
    if edit.by == "requester":
        return Actor("requester", ticket.requester_id)
    return Actor("agent", edit.agent_id or next(iter(board().state.agents)))


def _found(ticket_id: int) -> Ticket:
    ticket = board().state.tickets.get(ticket_id)
    if ticket is None:
        raise not_found()
    return ticket


V = TypeVar("V")


def _valid(read: Callable[[], V]) -> V:
    try:
        return read()
    except ValidationError as error:
        found = [{"field": ".".join(map(str, e["loc"])), "message": e["msg"]} for e in error.errors()]
        raise ApiError(400, {"description": "Validation failed", "errors": found}) from None
