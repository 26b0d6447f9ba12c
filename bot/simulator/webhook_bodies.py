"""What does the body of a webhook look like, in each of the encodings a rule may choose?"""

from __future__ import annotations

import json
import re
from urllib.parse import urlencode
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

from bot.simulator.automations import Automation, TicketEvent
from bot.simulator.codes import PRIORITY_LABELS, SOURCE_LABELS
from bot.simulator.records import Conversation, Json, Ticket
from bot.simulator.state import State

ADVANCED = (
    '{"v":1,"ticket_id":"{{ticket.id}}","event":"{{triggered_event}}",'
    '"status":"{{ticket.status}}","priority":"{{ticket.priority}}"}'
)
# Placeholders without quotes: Freshdesk pastes the raw value, and the result is no longer JSON.
BROKEN = (
    '{"ticket_id": {{ticket.id}}, "agent": {{ticket.agent.email}}, "event": {{triggered_event}}, '
    '"body": "{{ticket.latest_public_comment}}"}'
)
_PLACEHOLDER = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
_TYPES = {"form": "application/x-www-form-urlencoded", "xml": "application/xml"}


def content_type(rule: Automation) -> str:
    """Return the content type of a rule's encoding."""
    return _TYPES.get(rule.style, "application/json")


def body_of(state: State, rule: Automation, ticket: Ticket, event: TicketEvent) -> bytes:
    """Return the body of a webhook, rendered once for all its attempts."""
    values = placeholders(state, ticket, event)
    if rule.style == "advanced":
        return _fill(rule.content or ADVANCED, values, raw=False).encode()
    if rule.style == "advanced_broken":
        return _fill(rule.content or BROKEN, values, raw=True).encode()
    flat = _simple(values, ticket)
    if rule.style == "form":
        return urlencode({f"freshdesk_webhook[{name}]": value or "" for name, value in flat.items()}).encode()
    if rule.style == "xml":
        return _xml(flat)
    return json.dumps({"freshdesk_webhook": flat}, ensure_ascii=False).encode()


def placeholders(state: State, ticket: Ticket, event: TicketEvent) -> dict[str, str]:
    """Return the text of every placeholder: labels rather than codes, empty when there is no value."""
    contact = state.contacts[ticket.requester_id]
    company = state.companies.get(ticket.company_id or 0)
    agent = state.agents.get(ticket.responder_id or 0)
    group = state.groups.get(ticket.group_id or 0)
    status = state.status(ticket.status)
    base = f"https://{state.seed.domain}"
    values = {
        "ticket.id": str(ticket.id),
        "ticket.subject": ticket.subject or "",
        "ticket.description": ticket.description,
        "ticket.url": f"{base}/a/tickets/{ticket.id}",
        "ticket.portal_url": f"{base}/support/tickets/{ticket.id}",
        "ticket.due_by_time": _human_due(state, ticket),
        "ticket.tags": ", ".join(ticket.tags),
        "ticket.latest_public_comment": _comment(state, ticket, private=False),
        "ticket.latest_private_comment": _comment(state, ticket, private=True),
        "ticket.group.name": group.name if group else "",
        "ticket.agent.name": agent.name if agent else "",
        "ticket.agent.email": agent.email if agent else "",
        "ticket.status": status.label if status else str(ticket.status),
        "ticket.priority": PRIORITY_LABELS.get(ticket.priority, str(ticket.priority)),
        "ticket.source": SOURCE_LABELS.get(ticket.source, str(ticket.source)),
        "ticket.ticket_type": ticket.type or "",
        "ticket.contact.name": contact.name,
        "ticket.contact.email": contact.email or "",
        "ticket.company.name": company.name if company else "",
        "helpdesk_name": state.seed.helpdesk_name,
        "triggered_event": event.text,
    }
    custom = {f"ticket.{name}": _shown(value) for name, value in ticket.custom_fields.items()}
    return custom | values


def _simple(values: dict[str, str], ticket: Ticket) -> Json:
    flat: Json = {name.replace(".", "_"): value or None for name, value in values.items()}
    return flat | {"ticket_id": ticket.id}


def _fill(template: str, values: dict[str, str], *, raw: bool) -> str:
    def value_of(match: re.Match[str]) -> str:
        value = values.get(match.group(1), "")
        return value if raw else json.dumps(value, ensure_ascii=False)[1:-1]

    return _PLACEHOLDER.sub(value_of, template)


def _xml(flat: Json) -> bytes:
    root = ET.Element("freshdesk_webhook")
    for name, value in flat.items():
        ET.SubElement(root, name).text = None if value is None else _printable(str(value))
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _printable(text: str) -> str:
    return "".join(char for char in text if char >= " " or char in "\t\n\r")


def _human_due(state: State, ticket: Ticket) -> str:
    if ticket.due_by is None:
        return ""
    return ticket.due_by.astimezone(ZoneInfo(state.seed.time_zone)).strftime("%B %d %Y at %I:%M %p %Z")


def _comment(state: State, ticket: Ticket, *, private: bool) -> str:
    latest: Conversation | None = next(
        (c for c in reversed(ticket.conversations) if c.private == private), None
    )
    if latest is None:
        return ""
    author = state.agents.get(latest.user_id or 0) or state.contacts.get(latest.user_id or 0)
    return f"{author.name if author else ''} : {latest.body}"


def _shown(value: object) -> str:
    return "" if value is None else str(value)
