"""How is a plan told to people and programs? The JSON of `semaforo explain`, the journal and the pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.actions import Action, AddNote, Forward, Notify, Reply, SetFields
from bot.domain.plan import DueView, Plan
from bot.domain.record import Record
from bot.domain.ticket import Ticket
from bot.engine.context import Context
from bot.policy.flag_demands import FORWARDED
from bot.policy.next_look import next_step

# The last part of the keys of effects that go to the client.
REPLIES = frozenset({"acuse", "recordatorio", "cierre", "respuesta"})


def journal_entry(ticket: Ticket, record: Record, plan: Plan, ctx: Context) -> dict[str, Any]:
    """Return a plan as plain data: times in the portal's zone, no text of the ticket, no address.

    Of the ticket's tags only those that the rules name: people write their clients' names into others.
    """
    policy = ctx.rulebook.policy
    zone, own = policy.zone(plan.key.portal), policy.own_tags
    return {
        "portal": plan.key.portal,
        "ticket_id": plan.key.ticket_id,
        "level": plan.level.value,
        "decided_by": plan.decision.decided_by,
        "rules": list(plan.decision.rules),
        "words": list(plan.decision.words),
        "flags": list(plan.decision.flags),
        "due": {"response": _due(plan.response, zone), "resolution": _due(plan.resolution, zone)},
        "actions": [describe(action, zone, own) for action in plan.actions],
        "reasons": list(plan.reasons),
        "conflicts": list(plan.conflicts),
        "effects": [
            {"key": key, "kind": _kind(key), "state": effect.state.value, "at": _local(effect.at, zone)}
            for key, effect in record.effects.items()
        ],
        "tags": _named(plan.tags or ticket.tags, own),
        "status": ticket.status,
        "company_id": ticket.company_id,
        "agent_id": ticket.responder_id,
        "created_at": _local(ticket.created_at, zone),
        "waits_for": plan.spent.waits_for,
        "state": "closed" if plan.closed else plan.response.state,
        "wake_at": _local(plan.wake_at, zone),
        "next_step": next_step(plan),
        "rules_version": plan.decision.rules_version,
        "updated_at": _local(ctx.now(), zone),
    }


def describe(action: Action, zone: ZoneInfo, own_tags: frozenset[str]) -> dict[str, Any]:
    """Return an action as plain data, without the text of notes and replies and the tags of others."""
    match action:
        case SetFields():
            changes: dict[str, Any] = {
                name: _local(value, zone) if isinstance(value, datetime) else value
                for name, value in action.changes().items()
            }
            if action.tags is not None:
                changes["tags"] = _named(action.tags, own_tags)
            return {"kind": "set_fields", **changes}
        case AddNote():
            return {"kind": "add_note", "key": action.key, "notified": len(action.notify)}
        case Reply():
            return {"kind": "reply", "key": action.key}
        case Forward():
            return {"kind": "forward", "key": action.key, "recipients": len(action.to)}
        case Notify():
            return {"kind": "notify", "key": action.key, "hook": action.hook}


def _named(tags: Iterable[str], own: frozenset[str]) -> list[str]:
    return [tag for tag in tags if tag.casefold() in own]


def _kind(key: str) -> str:
    if key == FORWARDED:
        return "forward"
    if key.startswith("webhook:"):
        return "notify"
    return "reply" if key.rpartition(":")[2] in REPLIES else "note"


def _due(due: DueView, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "target": _local(due.target, zone),
        "limit": _local(due.limit, zone),
        "state": due.state,
        "met_at": _local(due.met_at, zone),
        "text": due.text,
    }


def _local(at: datetime | None, zone: ZoneInfo) -> str | None:
    return None if at is None else at.astimezone(zone).isoformat(timespec="seconds")
