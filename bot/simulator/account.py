"""The endpoints that describe the account: agents, groups, roles, fields, hours, SLA, mailboxes."""

from __future__ import annotations

from flask import Blueprint, Response, request

from bot.simulator import render
from bot.simulator.codes import PRIORITY_LABELS, SOURCE_LABELS
from bot.simulator.errors import FORBIDDEN, ApiError, not_found
from bot.simulator.exchange import answer, here, listed, me
from bot.simulator.records import Json
from bot.simulator.seed import FieldSeed

routes = Blueprint("account", __name__, url_prefix="/api/v2")

_ROLES = (
    {"id": 103000000201, "name": "Account Administrator", "description": "Everything", "default": True},
    {"id": 103000000202, "name": "Agent", "description": "Tickets", "default": True},
)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
_SINCE = "2024-01-02T13:00:00Z"


@routes.get("/agents")
def list_agents() -> Response:
    """List agents, narrowed by mail address."""
    email = request.args.get("email")
    return listed([a for a in here().agents.values() if email in (None, a.email)], render.agent)


@routes.get("/agents/me")
def current_agent() -> Response:
    """Show the agent whose key is used."""
    return answer(render.agent(me()))


@routes.get("/agents/<int:agent_id>")
def get_agent(agent_id: int) -> Response:
    """Show one agent."""
    agent = here().agents.get(agent_id)
    if agent is None:
        raise not_found()
    return answer(render.agent(agent))


@routes.get("/groups")
def list_groups() -> Response:
    """List groups with their members."""
    agents = here().agents.values()
    return listed(list(here().groups.values()), lambda group: render.group(group, agents))


@routes.get("/groups/<int:group_id>")
def get_group(group_id: int) -> Response:
    """Show one group."""
    group = here().groups.get(group_id)
    if group is None:
        raise not_found()
    return answer(render.group(group, here().agents.values()))


@routes.get("/roles")
def list_roles() -> Response:
    """List the roles."""
    return listed(_ROLES, lambda role: _dated(dict(role)))


@routes.get("/roles/<int:role_id>")
def get_role(role_id: int) -> Response:
    """Show one role."""
    for role in _ROLES:
        if role["id"] == role_id:
            return answer(_dated(dict(role)))
    raise not_found()


@routes.get("/ticket_fields")
def list_ticket_fields() -> Response:
    """List the ticket fields; `type` narrows them."""
    kind = request.args.get("type")
    return answer([field for field in _ticket_fields() if kind in (None, field["type"])])


@routes.get("/admin/ticket_fields")
def list_admin_fields() -> Response:
    """List the ticket fields as an administrator sees them, with the SLA timer of each status."""
    admins_only()
    fields = _ticket_fields()
    fields[0]["choices"] = [
        {
            "id": s.id,
            "label": s.label,
            "label_for_customers": s.customer_label,
            "stop_sla_timer": not s.timer_on,
        }
        for s in here().seed.statuses
    ]
    return answer(fields)


@routes.get("/settings/helpdesk")
def settings() -> Response:
    """Show the languages of the help desk."""
    return answer({"primary_language": "es-LA", "supported_languages": [], "portal_languages": []})


@routes.get("/business_hours")
def business_hours() -> Response:
    """List the calendars."""
    hours = {day: {"start_time": "9:00 am", "end_time": "6:00 pm"} for day in _DAYS}
    calendar = {"id": 103000000301, "name": "Horario de oficina", "description": "", "is_default": True}
    return answer([_dated(calendar | {"time_zone": "Lima", "business_hours": hours})])


@routes.get("/sla_policies")
def sla_policies() -> Response:
    """List the native SLA policy."""
    admins_only()
    targets = {
        f"priority_{priority}": {
            "respond_within": target.respond_seconds,
            "resolve_within": target.resolve_seconds,
            "business_hours": False,
            "escalation_enabled": True,
        }
        for priority, target in here().seed.sla.items()
    }
    policy = {
        "id": 103000000401,
        "name": "Default SLA Policy",
        "position": 1,
        "is_default": True,
        "active": True,
    }
    first = _dated(policy | {"sla_target": targets, "applicable_to": {}, "escalation": {}})
    return answer([first, *(_dated({**more}) for more in here().seed.more_sla_policies)])


@routes.get("/email_configs")
def email_configs() -> Response:
    """List the support mailboxes."""
    admins_only()
    address = here().seed.support_email
    config = {
        "id": 103000000501,
        "name": here().seed.helpdesk_name,
        "to_email": address,
        "reply_email": address,
    }
    return answer(
        [_dated(config | {"primary_role": True, "active": True, "product_id": None, "group_id": None})]
    )


@routes.get("/company_fields")
def company_fields() -> Response:
    """List the custom fields of companies."""
    return answer([_custom_field(field, place) for place, field in enumerate(here().seed.company_fields, 1)])


def _ticket_fields() -> list[Json]:
    seed = here().seed
    statuses = {str(s.id): [s.label, s.customer_label or s.label] for s in seed.statuses}
    defaults: list[tuple[str, str, object]] = [
        ("status", "Status", statuses),
        ("priority", "Priority", {label: key for key, label in PRIORITY_LABELS.items()}),
        ("source", "Source", {label: key for key, label in SOURCE_LABELS.items()}),
        ("ticket_type", "Type", list(seed.ticket_types)),
        ("group", "Group", {g.name: g.id for g in seed.groups}),
        ("agent", "Agent", {a.name: a.id for a in seed.agents}),
        ("subject", "Subject", None),
        ("description", "Description", None),
    ]
    shown = [
        _field(place, name, label, f"default_{name}") | ({} if choices is None else {"choices": choices})
        for place, (name, label, choices) in enumerate(defaults, 1)
    ]
    custom = [_custom_field(field, place) for place, field in enumerate(seed.ticket_fields, len(shown) + 1)]
    return shown + custom


def _custom_field(field: FieldSeed, place: int) -> Json:
    row = _field(place, field.name, field.label, f"custom_{field.kind}", default=False)
    row |= {
        "required_for_agents": field.required_for_agents,
        "required_for_closure": field.required_for_closure,
    }
    return row | ({"choices": list(field.choices)} if field.kind == "dropdown" else {})


def _field(place: int, name: str, label: str, kind: str, *, default: bool = True) -> Json:
    row = {"id": 103000000600 + place, "name": name, "label": label, "description": "", "position": place}
    more = {"type": kind, "default": default, "required_for_closure": False, "required_for_agents": default}
    return _dated(row | more | {"customers_can_edit": False, "label_for_customers": label})


def _dated(row: Json) -> Json:
    return row | {"created_at": _SINCE, "updated_at": _SINCE}


def admins_only() -> None:
    """Refuse who may not see settings."""
    if not me().admin:
        raise ApiError(403, FORBIDDEN)
