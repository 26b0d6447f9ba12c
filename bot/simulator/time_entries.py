"""The time entry endpoints: list, add, change, delete, start and stop the timer."""

from __future__ import annotations

import re
from datetime import datetime

from flask import Blueprint, Response, request

from bot.simulator import render
from bot.simulator.clock import parse_moment
from bot.simulator.errors import invalid, not_found, problem, refuse_if
from bot.simulator.exchange import answer, done, found_ticket, here, listed, me, sent
from bot.simulator.field_checks import Kinds, type_problems
from bot.simulator.records import Json, TimeEntry
from bot.simulator.state import State

routes = Blueprint("time_entries", __name__, url_prefix="/api/v2")

KINDS: Kinds = {
    "agent_id": "int",
    "billable": "bool",
    "executed_at": "moment",
    "note": "str",
    "start_time": "moment",
    "time_spent": "str",
    "timer_running": "bool",
}
_SPENT = re.compile(r"(\d{1,3}):([0-5]\d)")


@routes.get("/time_entries")
def list_all() -> Response:
    """List the account's time entries, narrowed by agent or company."""
    state = here()
    rows = list(state.time_entries.values())
    if "agent_id" in request.args:
        rows = [entry for entry in rows if str(entry.agent_id) == request.args["agent_id"]]
    if "company_id" in request.args:
        wanted = request.args["company_id"]
        rows = [entry for entry in rows if str(state.tickets[entry.ticket_id].company_id) == wanted]
    return _list(rows)


@routes.get("/tickets/<int:ticket_id>/time_entries")
def list_of_ticket(ticket_id: int) -> Response:
    """List the time entries of a ticket."""
    found_ticket(ticket_id)
    return _list([entry for entry in here().time_entries.values() if entry.ticket_id == ticket_id])


@routes.post("/tickets/<int:ticket_id>/time_entries")
def create(ticket_id: int) -> Response:
    """Add time to a ticket; without `time_spent` the timer runs."""
    ticket, body = found_ticket(ticket_id), _checked(here(), None)
    entry = add_entry(here(), ticket.id, body, me().id)
    return answer(render.time_entry(entry, here().now()), 201)


@routes.put("/time_entries/<int:entry_id>")
def update(entry_id: int) -> Response:
    """Change a time entry."""
    state, entry = here(), _found(entry_id)
    body = _checked(state, entry)
    for name in ("agent_id", "billable", "note"):
        setattr(entry, name, body.get(name, getattr(entry, name)))
    if "time_spent" in body:
        entry.seconds = seconds_of(body["time_spent"])
    if "executed_at" in body:
        entry.executed_at = parse_moment(body["executed_at"])
    running = body.get("timer_running", entry.started_at is not None)
    _run(entry, state.now(), running=running)
    return answer(render.time_entry(entry, state.now()))


@routes.put("/time_entries/<int:entry_id>/toggle_timer")
def toggle(entry_id: int) -> Response:
    """Start the timer, or stop it and bank its time."""
    entry, now = _found(entry_id), here().now()
    _run(entry, now, running=entry.started_at is None)
    return answer(render.time_entry(entry, now))


@routes.delete("/time_entries/<int:entry_id>")
def delete(entry_id: int) -> Response:
    """Delete a time entry."""
    _found(entry_id)
    del here().time_entries[entry_id]
    return done()


def add_entry(state: State, ticket_id: int, body: Json, agent_id: int) -> TimeEntry:
    """Store a time entry of checked fields."""
    now = state.now()
    executed_at = parse_moment(body["executed_at"]) if "executed_at" in body else now
    entry = TimeEntry(
        id=state.next_id(),
        ticket_id=ticket_id,
        agent_id=body.get("agent_id", agent_id),
        note=body.get("note", ""),
        billable=body.get("billable", True),
        executed_at=executed_at,
        created_at=now,
        updated_at=now,
        seconds=seconds_of(body.get("time_spent", "00:00")),
    )
    if body.get("timer_running", "time_spent" not in body):
        entry.started_at = parse_moment(body["start_time"]) if "start_time" in body else now
    state.time_entries[entry.id] = entry
    return entry


def seconds_of(spent: str) -> int:
    """Read hh:mm, or raise the refusal."""
    match = _SPENT.fullmatch(spent)
    if match is None:
        raise invalid(problem("time_spent", "It should be in the hh:mm format"))
    return int(match[1]) * 3600 + int(match[2]) * 60


def _checked(state: State, entry: TimeEntry | None) -> Json:
    body = sent(KINDS)
    refuse_if(type_problems(body, KINDS))
    if body.get("agent_id", me().id) not in state.agents:
        raise invalid(problem("agent_id", "There is no agent matching the given agent_id"))
    if "start_time" in body:
        if parse_moment(body["start_time"]) > state.now():
            raise invalid(problem("start_time", "It should not be in the future"))
        if body.get("timer_running") is False:
            raise invalid(problem("start_time", "cannot be set when the timer is off", "incompatible_field"))
    running = entry is not None and entry.started_at is not None
    fixed = [name for name in ("start_time", "agent_id") if running and name in body]
    refuse_if(problem(name, "cannot be changed while the timer runs", "incompatible_field") for name in fixed)
    return body


def _run(entry: TimeEntry, now: datetime, *, running: bool) -> None:
    if running and entry.started_at is None:
        entry.started_at = now
    elif not running and entry.started_at is not None:
        entry.seconds += int((now - entry.started_at).total_seconds())
        entry.started_at = None
    entry.updated_at = now


def _list(rows: list[TimeEntry]) -> Response:
    now = here().now()
    return listed(rows, lambda entry: render.time_entry(entry, now))


def _found(entry_id: int) -> TimeEntry:
    entry = here().time_entries.get(entry_id)
    if entry is None:
        raise not_found()
    return entry
