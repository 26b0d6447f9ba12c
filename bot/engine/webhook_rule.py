"""Which automation rules must the account have so that we are told, and what is wrong with those it has?"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.freshdesk.account_api import AutomationRule, RuleKind
from bot.settings.addresses import is_loopback

HEADER = "X-Webhook-Secret"
NAMES = {RuleKind.CREATION: "Semáforo: ticket nuevo", RuleKind.UPDATE: "Semáforo: ticket actualizado"}
CONTENT = {"ticket_id": "{{ticket.id}}", "event": "{{triggered_event}}"}
KINDS = tuple(NAMES)
_AGENT_OR_REQUESTER = 3
_ANY = "--"
EVENTS: tuple[Mapping[str, str], ...] = (
    {"field_name": "reply_sent"},
    {"field_name": "note_type", "value": "private"},
    {"field_name": "note_type", "value": "public"},
    {"field_name": "status", "from": _ANY, "to": _ANY},
    {"field_name": "priority", "from": _ANY, "to": _ANY},
    {"field_name": "group_id", "from": _ANY, "to": _ANY},
)
WHERE = {
    RuleKind.CREATION: "Admin › Workflows › Automations › Ticket creation › New rule",
    RuleKind.UPDATE: "Admin › Workflows › Automations › Ticket updates › New rule",
}


@dataclass(frozen=True, slots=True)
class Receiver:
    """Hold where a portal's webhooks are to go, as the internet sees us, and the secrets that open it.

    `public_url` is None while nobody said how the internet reaches us.
    """

    portal: str
    public_url: str | None
    secrets: tuple[str, ...] = field(repr=False)

    @property
    def path(self) -> str:
        """Return the path of the receiver."""
        return f"/webhooks/freshdesk/{self.portal}"

    @property
    def url(self) -> str:
        """Return the address to write into the rules."""
        return f"{self.public_url or 'https://YOUR-HOST'}{self.path}"


def wanted(kind: RuleKind, receiver: Receiver) -> dict[str, Any]:
    """Return the rule as Freshdesk's API takes it."""
    action = {
        "field_name": "trigger_webhook",
        "request_type": "POST",
        "url": receiver.url,
        "content_type": "JSON",
        "content_layout": "2",  # 1 is Simple, 2 is Advanced
        "content": CONTENT,
        "custom_headers": {HEADER: receiver.secrets[0]},
    }
    rule: dict[str, Any] = {"name": NAMES[kind], "active": True, "actions": [action]}
    if kind is RuleKind.UPDATE:
        rule |= {"performer": {"type": _AGENT_OR_REQUESTER}, "events": [dict(event) for event in EVENTS]}
    return rule


def steps(kind: RuleKind, receiver: Receiver) -> Iterator[str]:
    """Yield what to click and to type for the rule, without the secret."""
    yield WHERE[kind]
    yield f"  Rule name           {NAMES[kind]}"
    if kind is RuleKind.CREATION:
        yield "  Condition           one that always holds, such as: Status · is not · Closed"
    else:
        yield "  Performed by        Agent or requester; exclude the agent of Semáforo"
        yield "  Events              reply sent, note added (any), status, priority or group changed"
    yield "  Action              Trigger webhook"
    yield "  Request type        POST"
    yield f"  URL                 {receiver.url}"
    secret = f"PORTAL_{receiver.portal.upper()}_WEBHOOK_SECRET"
    yield f"  Custom header       {HEADER}: the value of {secret} in .env"
    yield "  Encoding, content   JSON, Advanced:"
    yield f"                      {json.dumps(CONTENT)}"


def ours(
    rules: Sequence[AutomationRule], receiver: Receiver
) -> list[tuple[AutomationRule, Mapping[str, Any]]]:
    """Return the rules that call our receiver, each with the action that does, working ones first."""
    found = [
        (rule, action)
        for rule in rules
        for action in rule.actions
        if action.get("field_name") == "trigger_webhook" and receiver.path in str(action.get("url"))
    ]
    return sorted(found, key=lambda each: bool(list(faults(each[0], each[1], receiver))))


def faults(rule: AutomationRule, action: Mapping[str, Any], receiver: Receiver) -> Iterator[str]:
    """Yield what keeps a rule from reaching us."""
    url = str(action.get("url"))
    if not rule.active:
        yield "it is switched off"
    if not url.startswith("https://") and not is_loopback(url):
        yield "its URL is not https: the secret travels in the open"
    if receiver.public_url is not None and not url.startswith(receiver.url):
        yield f"it calls another host than {receiver.public_url}"
    if str(action.get("request_type")).upper() != "POST":
        yield f"it sends {action.get('request_type')}, not POST"
    if not _opens(action, url, receiver):
        yield f"it carries no valid {HEADER}"
    if not _names_ticket(action):
        yield "its content does not name {{ticket.id}}"
    if rule.kind is RuleKind.UPDATE and _performer(rule) not in (None, _AGENT_OR_REQUESTER):
        yield "it is not performed by agent or requester: changes of the others come with the sweep only"


def _performer(rule: AutomationRule) -> object:
    performer = rule.raw.get("performer")
    return performer.get("type") if isinstance(performer, Mapping) else None


def _names_ticket(action: Mapping[str, Any]) -> bool:
    content = json.dumps(action.get("content")).replace(" ", "")
    simple = str(action.get("content_layout")) == "1"  # then it is a list of ticked boxes
    return "{{ticket.id}}" in content or (simple and ("ticket_id" in content or "ticket.id" in content))


def _opens(action: Mapping[str, Any], url: str, receiver: Receiver) -> bool:
    """Tell whether a secret of ours goes along: in the header, as Basic password, or at the URL's end."""
    headers = action.get("custom_headers")
    given = [str(value) for name, value in headers.items() if str(name).casefold() == HEADER.casefold()] if (
        isinstance(headers, Mapping)
    ) else []  # fmt: skip
    auth = action.get("auth_header")
    if isinstance(auth, Mapping):
        # Freshdesk hides the password of Basic authentication: that there is one is all that can be told.
        return True
    given.append(url.rpartition("/")[2])
    return any(_same(one, secret) for one in given for secret in receiver.secrets)


def _same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode(), secret.encode())
