"""Which automation rules send a webhook for what just happened to a ticket?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from bot.simulator.records import Actor, Change
from bot.simulator.switches import Strict

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Automation(Strict):
    """A rule with the action "Trigger webhook".

    `events` narrows an update rule to named triggers (`status`, `priority`, `note_type`, …; none means any);
    `content` replaces the Advanced template (`{{ticket.id}}` and the like).
    """

    url: str
    on: Literal["creation", "update"] = "update"
    name: str = "Avisar al semáforo"
    active: bool = True
    performers: frozenset[Literal["agent", "requester", "system"]] = frozenset({"agent", "requester"})
    exclude_agent_id: int | None = None
    events: frozenset[str] = frozenset()
    method: Literal["POST", "PUT", "PATCH"] = "POST"
    style: Literal["simple", "advanced", "advanced_broken", "form", "xml"] = "simple"
    content: str | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    username: str | None = None
    password: str | None = None

    @field_validator("url")
    @classmethod
    def _loopback(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or parts.hostname not in LOOPBACK:
            raise ValueError("the simulator sends webhooks to loopback addresses only")
        return value


@dataclass(frozen=True, slots=True)
class TicketEvent:
    """What happened: on creation or update, by whom, and its `triggered_event` text."""

    ticket_id: int
    on: Literal["creation", "update"]
    by: Actor
    name: str
    text: str


def listens(rule: Automation, event: TicketEvent) -> bool:
    """Say whether a rule fires for an event."""
    if not rule.active or rule.on != event.on:
        return False
    if rule.on == "creation":
        return True
    if event.by.kind == "agent" and event.by.id == rule.exclude_agent_id:
        return False
    return event.by.kind in rule.performers and (not rule.events or event.name in rule.events)


def created(ticket_id: int, by: Actor) -> TicketEvent:
    """Return the event of a new ticket."""
    return TicketEvent(ticket_id, "creation", by, "ticket_action", "{ticket_action:created}")


def noted(ticket_id: int, by: Actor, name: str, value: str) -> TicketEvent:
    """Return the event of a note or reply, such as `{note_type:private}`."""
    return TicketEvent(ticket_id, "update", by, name, f"{{{name}:{value}}}")


def acted(ticket_id: int, by: Actor, action: str) -> TicketEvent:
    """Return the event of an action on the whole ticket, such as `{ticket_action:delete}`."""
    return TicketEvent(ticket_id, "update", by, "ticket_action", f"{{ticket_action:{action}}}")


# The fields that Freshdesk names in `triggered_event`, in the order in which it looks for one.
_NAMED = {
    "priority": "priority",
    "status": "status",
    "responder_id": "responder_id",
    "group_id": "group_id",
    "type": "ticket_type",
}


def updated(ticket_id: int, by: Actor, changes: list[Change]) -> TicketEvent:
    """Return the event of changed fields; Freshdesk reports only the first that it has a name for."""
    for field, name in _NAMED.items():
        for change in changes:
            if change.field == field:
                old, new = _shown(change.old), _shown(change.new)
                text = f"{{{name}:{{from:{old},to:{new}}}}}"
                return TicketEvent(ticket_id, "update", by, name, text)
    return acted(ticket_id, by, "update")


def _shown(value: object) -> str:
    return "" if value is None else str(value)
