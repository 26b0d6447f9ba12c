"""The endpoints of automation rules, as Freshdesk writes them down: read, create, change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, request
from pydantic import ValidationError

from bot.simulator.account import admins_only
from bot.simulator.automations import Automation
from bot.simulator.errors import invalid, not_found, problem
from bot.simulator.exchange import answer, here, listed, sent
from bot.simulator.field_checks import Kinds
from bot.simulator.records import Json
from bot.simulator.state import State

routes = Blueprint("automations", __name__, url_prefix="/api/v2/automations")

CREATION, HOURLY, UPDATE = 1, 3, 4
_KINDS: Kinds = {"name": "str", "active": "bool", "actions": "list", "events": "list", "conditions": "list"}
_PERFORMERS = {1: {"agent"}, 2: {"requester"}, 3: {"agent", "requester"}, 4: {"system"}}
_BASE_ID = 103000000700  # the rules of the control route have ids too


@routes.get("/<int:kind>/rules")
def list_rules(kind: int) -> Response:
    """List the rules of a kind in the order in which they run."""
    admins_only()
    return listed(list(_rules(here(), kind)), lambda rule: rule)


@routes.post("/<int:kind>/rules")
def create_rule(kind: int) -> Response:
    """Add a rule at the end."""
    admins_only()
    body = _checked(kind, sent(_KINDS))
    rule = body | {"id": here().next_id(), "automation_type_id": kind, "active": body.get("active", True)}
    here().rules[rule["id"]] = rule
    return answer(rule, 201)


@routes.put("/<int:kind>/rules/<int:rule_id>")
def change_rule(kind: int, rule_id: int) -> Response:
    """Change the parts sent."""
    admins_only()
    known = next((rule for rule in _rules(here(), kind) if rule["id"] == rule_id), None)
    if known is None:
        raise not_found()
    rule = known | _checked(kind, known | sent(_KINDS)) | {"id": rule_id}
    here().rules[rule_id] = rule
    return answer(rule)


def sending(state: State) -> tuple[Automation, ...]:
    """Return every rule that sends webhooks, however it came into the account."""
    kept = [each for place, each in enumerate(state.automations) if _BASE_ID + place not in state.rules]
    made = (_automation(rule) for rule in state.rules.values())
    return (*kept, *(each for each in made if each is not None))


def _rules(state: State, kind: int) -> Iterator[Json]:
    seen = {_BASE_ID + place: shown(each, _BASE_ID + place) for place, each in enumerate(state.automations)}
    for rule in (seen | state.rules).values():
        if rule["automation_type_id"] == kind:
            yield rule


def shown(rule: Automation, rule_id: int) -> Json:
    """Return a webhook rule as Freshdesk writes it down."""
    performer = next((kind for kind, who in _PERFORMERS.items() if who == rule.performers), 3)
    advanced = rule.style.startswith("advanced")
    action: Json = {
        "field_name": "trigger_webhook",
        "request_type": rule.method,
        "url": rule.url,
        "content_type": {"form": "X-FORM-URLENCODED", "xml": "XML"}.get(rule.style, "JSON"),
        "content_layout": "2" if advanced else "1",
        "content": _content(rule) if advanced else ["ticket_id"],
        "custom_headers": rule.headers,
    }
    more = {"performer": {"type": performer}, "events": [{"field_name": name} for name in rule.events]}
    row: Json = {
        "id": rule_id,
        "name": rule.name,
        "active": rule.active,
        "conditions": [],
        "actions": [action],
    }
    row["automation_type_id"] = CREATION if rule.on == "creation" else UPDATE
    return row if rule.on == "creation" else row | more


def _content(rule: Automation) -> Any:
    if rule.content is None:
        return {"ticket_id": "{{ticket.id}}", "event": "{{triggered_event}}"}
    try:
        return json.loads(rule.content)
    except ValueError:
        return rule.content


def _automation(rule: Json) -> Automation | None:
    """Return what a rule sends; None when it sends nothing, or elsewhere than to this machine."""
    for action in rule["actions"]:
        if action.get("field_name") != "trigger_webhook":
            continue
        advanced, content = str(action.get("content_layout")) == "2", action.get("content")
        try:
            return Automation(
                url=action["url"],
                on="creation" if rule["automation_type_id"] == CREATION else "update",
                name=rule["name"],
                active=rule["active"],
                performers=_PERFORMERS[rule.get("performer", {}).get("type", 3)],
                method=action["request_type"],
                style="advanced" if advanced else "simple",
                content=json.dumps(content) if advanced else None,
                headers=action.get("custom_headers") or {},
            )
        except ValidationError:
            return None
    return None


def _checked(kind: int, body: Json) -> Json:
    if kind not in (CREATION, HOURLY, UPDATE):
        raise not_found()
    for field in ("name", "actions"):
        if not body.get(field):
            raise invalid(problem(field, "It should be present", "missing_field"))
    if kind == UPDATE and not (body.get("events") and body.get("performer")):
        raise invalid(problem("events", "It should be present", "missing_field"))
    for action in body["actions"]:
        if action.get("field_name") == "trigger_webhook" and not action.get("content_type"):
            raise invalid(problem("content_type", "It should be present", "missing_field"))
    if request.method == "POST" and any(r["name"] == body["name"] for r in _rules(here(), kind)):
        raise invalid(problem("name", "It should be a unique value", "duplicate_value"))
    return body
