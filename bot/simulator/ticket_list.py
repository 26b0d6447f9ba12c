"""Which tickets does a list hold, and in what order?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.simulator.clock import parse_moment
from bot.simulator.desk import as_of
from bot.simulator.errors import invalid, problem, refuse_if, unknown_field
from bot.simulator.field_checks import one_of
from bot.simulator.records import OPEN, Agent, Json, Ticket
from bot.simulator.state import State

LIST_INCLUDES = {"stats", "requester", "description", "company"}
_FILTERS = ("new_and_my_open", "watching", "spam", "deleted")
_ORDERS = ("created_at", "due_by", "updated_at", "status")
_ARGS = {
    "filter",
    "requester_id",
    "email",
    "unique_external_id",
    "company_id",
    "updated_since",
    "order_by",
    "order_type",
    "page",
    "per_page",
    "include",
}
WINDOW = timedelta(days=30)

Test = Callable[[Ticket], bool]


def listed_tickets(state: State, args: Mapping[str, str], agent: Agent) -> list[Ticket]:
    """Return the tickets a query selects, sorted, as far as the list shows them yet."""
    refuse_if(_problems(state, args))
    tests = [*_view(args.get("filter"), agent), *_narrowings(state, args), _since(state, args)]
    chosen = [ticket for ticket in _as_seen(state) if all(test(ticket) for test in tests)]
    order = args.get("order_by", "created_at")
    return sorted(chosen, key=_key(order), reverse=args.get("order_type", "desc") == "desc")


def seen_with_lag(tickets: Iterable[Ticket], now: datetime, lag_seconds: float) -> Iterator[Ticket]:
    """Yield tickets as an index shows them that is `lag_seconds` behind."""
    moment = now - timedelta(seconds=lag_seconds)
    for ticket in tickets:
        if not lag_seconds:
            yield ticket
        elif ticket.recorded_at <= moment:
            yield as_of(ticket, moment)


def _as_seen(state: State) -> Iterator[Ticket]:
    live = (ticket for ticket in state.tickets.values() if not ticket.archived)
    return seen_with_lag(live, state.now(), state.switches.list_lag_seconds)


def _problems(state: State, args: Mapping[str, str]) -> Iterator[Json]:
    yield from (unknown_field(name) for name in args if name not in _ARGS)
    for name, allowed in (("filter", _FILTERS), ("order_by", _ORDERS), ("order_type", ("asc", "desc"))):
        if name in args:
            yield from one_of(name, args[name], allowed)
    for name, records in (("requester_id", state.contacts), ("company_id", state.companies)):
        if name in args and not (args[name].isdigit() and int(args[name]) in records):
            yield problem(name, f"There is no record matching the given {name}")
    if "email" in args and state.contact_of(args["email"]) is None:
        yield problem("email", "There is no contact matching the given email")


def _view(name: str | None, agent: Agent) -> list[Test]:
    if name == "deleted":
        return [lambda ticket: ticket.deleted]
    if name == "spam":
        return [lambda ticket: ticket.spam and not ticket.deleted]
    tests: list[Test] = [lambda ticket: not ticket.deleted and not ticket.spam]
    if name == "new_and_my_open":
        tests.append(lambda ticket: ticket.status == OPEN and ticket.responder_id in (None, agent.id))
    elif name == "watching":
        tests.append(lambda _: False)
    return tests


def _narrowings(state: State, args: Mapping[str, str]) -> Iterator[Test]:
    if "requester_id" in args:
        yield lambda ticket: ticket.requester_id == int(args["requester_id"])
    if "company_id" in args:
        yield lambda ticket: ticket.company_id == int(args["company_id"])
    if "email" in args:
        contact = state.contact_of(args["email"])
        yield lambda ticket: contact is not None and ticket.requester_id == contact.id
    if "unique_external_id" in args:
        wanted = args["unique_external_id"]
        yield lambda ticket: state.contacts[ticket.requester_id].unique_external_id == wanted


def _since(state: State, args: Mapping[str, str]) -> Test:
    if "updated_since" not in args:
        oldest = state.now() - WINDOW
        return lambda ticket: ticket.created_at >= oldest
    try:
        since = parse_moment(args["updated_since"])
    except ValueError:
        raise invalid(problem("updated_since", "It should be in the ISO8601 format")) from None
    return lambda ticket: ticket.updated_at.replace(microsecond=0) >= since


def _key(order: str) -> Callable[[Ticket], tuple[bool, Any, int]]:
    def key(ticket: Ticket) -> tuple[bool, Any, int]:
        value = getattr(ticket, order)
        return value is not None, value if value is not None else 0, ticket.id

    return key
