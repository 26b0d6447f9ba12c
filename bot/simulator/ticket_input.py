"""What does a client want of a ticket, once Freshdesk has checked it?"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from bot.simulator.clock import parse_moment
from bot.simulator.codes import SOURCES
from bot.simulator.errors import invalid, problem, refuse_if
from bot.simulator.field_checks import (
    blank_problems,
    custom_problems,
    one_of,
    tag_problems,
    type_problems,
    without_doubles,
)
from bot.simulator.records import CLOSED, RESOLVED, Json, Ticket
from bot.simulator.sla import accepted_dues, due_problems
from bot.simulator.state import State

UPDATE_KINDS = {
    "subject": "str",
    "description": "str",
    "status": "int",
    "priority": "int",
    "source": "int",
    "type": "str?",
    "responder_id": "int?",
    "group_id": "int?",
    "company_id": "int?",
    "product_id": "int?",
    "email_config_id": "int?",
    "internal_agent_id": "int?",
    "internal_group_id": "int?",
    "requester_id": "int",
    "email": "email",
    "name": "str",
    "phone": "str",
    "unique_external_id": "str",
    "tags": "list",
    "custom_fields": "dict",
    "due_by": "moment",
    "fr_due_by": "moment",
    "attachments": "list",
}
CREATE_KINDS = UPDATE_KINDS | {"cc_emails": "list"}
REQUESTER_FIELDS = ("requester_id", "email", "phone", "unique_external_id")
_PEOPLE_FIELDS = (*REQUESTER_FIELDS, "name")


def checked_creation(state: State, body: Json) -> Json:
    """Return the fields of a new ticket, or raise the refusal."""
    refuse_if(_missing(state, body))
    refuse_if(type_problems(body, CREATE_KINDS))
    wanted = _read(body)
    refuse_if([*_value_problems(state, None, wanted), *due_problems(state, None, wanted)])
    return wanted


def checked_update(state: State, ticket: Ticket, body: Json) -> Json:
    """Return the fields to change, or raise the refusal."""
    if not body:
        raise invalid(problem("base", "There must be at least one field to update", "missing_field"))
    refuse_if(type_problems(body, UPDATE_KINDS))
    wanted = accepted_dues(state, ticket, _read(body))
    problems = [*_value_problems(state, ticket, wanted), *due_problems(state, ticket, wanted)]
    refuse_if([*problems, *_closure_problems(state, ticket, wanted)])
    return wanted


def ticket_fields(wanted: Json) -> Json:
    """Return the checked fields that belong to the ticket, not to its requester."""
    return {field: value for field, value in wanted.items() if field not in _PEOPLE_FIELDS}


def _read(body: Json) -> Json:
    wanted = dict(body)
    for field in ("due_by", "fr_due_by"):
        if field in wanted:
            wanted[field] = parse_moment(wanted[field])
    if "tags" in wanted and all(isinstance(tag, str) for tag in wanted["tags"]):
        wanted["tags"] = without_doubles(wanted["tags"])
    return wanted


def _missing(state: State, body: Json) -> Iterator[Json]:
    if not any(body.get(field) for field in REQUESTER_FIELDS):
        fields = ", ".join(REQUESTER_FIELDS)
        yield problem("requester_id", f"One of these should be present: {fields}", "missing_field")
    custom = body.get("custom_fields")
    given = custom if isinstance(custom, dict) else {}
    required = [
        f.name for f in state.seed.ticket_fields if f.required_for_agents and given.get(f.name) is None
    ]
    for field in [f for f in ("subject", "description") if f not in body] + required:
        yield problem(field, "It should be a/an String", "missing_field")


def _value_problems(state: State, ticket: Ticket | None, wanted: Json) -> Iterator[Json]:
    yield from blank_problems(wanted, ("subject", "description"))
    yield from tag_problems(wanted.get("tags", []), state.switches.tag_max_length)
    yield from custom_problems(wanted.get("custom_fields", {}), state.seed.ticket_fields)
    allowed: dict[str, Sequence[object]] = {
        "status": [status.id for status in state.seed.statuses],
        "priority": [1, 2, 3, 4],
        "source": SOURCES,
        "type": [*state.seed.ticket_types, None],
    }
    for field, values in allowed.items():
        if field in wanted:
            yield from one_of(field, wanted[field], values)
    yield from _reference_problems(state, ticket, wanted)


def _reference_problems(state: State, ticket: Ticket | None, wanted: Json) -> Iterator[Json]:
    known: dict[str, tuple[str, Container[int]]] = {
        "responder_id": ("agent", state.agents),
        "internal_agent_id": ("agent", state.agents),
        "group_id": ("group", state.groups),
        "internal_group_id": ("group", state.groups),
        "requester_id": ("contact", state.contacts),
        "company_id": ("company", state.companies),
    }
    for field, (noun, records) in known.items():
        if wanted.get(field) is not None and wanted[field] not in records:
            yield problem(field, f"There is no {noun} matching the given {field}")
    if "company_id" in wanted and not state.switches.multiple_companies:
        yield problem("company_id", "requires the Multiple Companies feature", "require_feature")
    yield from _assignment_problem(state, ticket, wanted)


def _assignment_problem(state: State, ticket: Ticket | None, wanted: Json) -> Iterator[Json]:
    agent = state.agents.get(wanted.get("responder_id") or 0)
    group_id = wanted.get("group_id", ticket.group_id if ticket else None)
    if agent and group_id in state.groups and group_id not in agent.group_ids:
        yield problem(
            "responder_id", "The agent does not belong to the group of the ticket", "incompatible_field"
        )


def _closure_problems(state: State, ticket: Ticket, wanted: Json) -> Iterator[Json]:
    if wanted.get("status") not in (RESOLVED, CLOSED):
        return
    values = ticket.custom_fields | wanted.get("custom_fields", {})
    for field in state.seed.ticket_fields:
        if field.required_for_closure and values.get(field.name) in (None, ""):
            yield problem(field.name, "It should be filled before the ticket is closed", "missing_field")
