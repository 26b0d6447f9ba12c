"""How is a journal entry told to people, in Spanish?

Entries may stem from an older version of the product; what is missing is shown as a dash, never as an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.level import Level
from bot.web.times import DASH, UNKNOWN, Moment, moment

STATES = {
    "running": "En plazo",
    "paused": "En pausa",
    "breached": "Vencido",
    "met": "Respondido",
    "closed": "Cerrado",
}
CLOCK_STATES = {"running": "en plazo", "paused": "en pausa", "breached": "vencido", "met": "cumplido"}
ACTIONS = {
    "set_fields": "Cambiar campos",
    "add_note": "Escribir nota privada",
    "reply": "Responder al cliente",
    "forward": "Reenviar por correo",
    "notify": "Llamar a un webhook",
    "note": "Nota privada",
}
EFFECT_STATES = {"done": "hecho", "open": "por confirmar"}
DETAILS = {
    "priority": "prioridad",
    "status": "estado",
    "group_id": "grupo",
    "responder_id": "agente",
    "tags": "etiquetas",
    "fr_due_by": "vence la respuesta",
    "due_by": "vence la solución",
    "key": "clave",
    "notified": "avisados",
    "recipients": "destinatarios",
}


@dataclass(frozen=True, slots=True)
class Clock:
    """Hold one clock of a ticket; `state` is also the name of its style."""

    state: str
    state_text: str
    limit: Moment
    target: Moment
    met_at: Moment
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """Hold one action or effect: what, its details, how far it has come and since when."""

    title: str
    details: tuple[tuple[str, str], ...] = ()
    state: str = ""
    state_text: str = ""
    at: Moment = UNKNOWN


@dataclass(frozen=True, slots=True)
class Sheet:
    """Hold one ticket as the pages show it."""

    portal: str
    ticket_id: int
    level: str
    emoji: str
    state: str
    state_text: str
    decided_by: str
    response: Clock
    resolution: Clock
    marks: tuple[str, ...]
    words: tuple[str, ...]
    reasons: tuple[str, ...]
    actions: tuple[Step, ...]
    effects: tuple[Step, ...]
    wake_at: Moment
    updated_at: Moment
    rules_version: str
    urgency: tuple[int, str]


def sheet(entry: Mapping[str, Any]) -> Sheet:
    """Return an entry in words."""
    level, state, due = str(entry.get("level", "")), str(entry.get("state", "")), entry.get("due") or {}
    response, resolution = _clock(due.get("response")), _clock(due.get("resolution"))
    return Sheet(
        portal=str(entry.get("portal", "")),
        ticket_id=int(entry.get("ticket_id", 0)),
        level=level or DASH,
        emoji=Level(level).emoji if level in Level.__members__ else "⚪",
        state=state,
        state_text=STATES.get(state, state or DASH),
        decided_by=_who(entry.get("decided_by")),
        response=response,
        resolution=resolution,
        marks=tuple(_plain(name) for name in entry.get("flags") or ()) + _texts(entry.get("tags")),
        words=_texts(entry.get("words")),
        reasons=_texts(entry.get("reasons")),
        actions=tuple(_step(action) for action in entry.get("actions") or ()),
        effects=tuple(_effect(effect) for effect in entry.get("effects") or ()),
        wake_at=moment(entry.get("wake_at")),
        updated_at=moment(entry.get("updated_at")),
        rules_version=str(entry.get("rules_version") or DASH),
        urgency=_urgency(state, response, resolution),
    )


def _clock(due: Mapping[str, Any] | None) -> Clock:
    due = due or {}
    state = str(due.get("state") or "")
    return Clock(
        state=state,
        state_text=CLOCK_STATES.get(state, state),
        limit=moment(due.get("limit")),
        target=moment(due.get("target")),
        met_at=moment(due.get("met_at")),
        text=str(due.get("text") or ""),
    )


def _urgency(state: str, response: Clock, resolution: Clock) -> tuple[int, str]:
    """Return a sorting key: what falls due first comes first, paused after it, closed last."""
    if state == "closed":
        return 2, ""
    open_clocks = [c for c in (response, resolution) if c.state in {"running", "breached"} and c.limit.iso]
    ends = [datetime.fromisoformat(clock.limit.iso).timestamp() for clock in open_clocks]
    return (0, f"{min(ends):020.3f}") if ends else (1, "")


def _who(rule: object) -> str:
    return {
        None: "ninguna regla: nivel por defecto",
        "persona": "una persona de la mesa",
        "balanza": "la balanza: el peso de todas sus palabras",
    }.get(rule if rule is None else str(rule), f"regla {rule}")


def _step(action: Mapping[str, Any]) -> Step:
    details = tuple((DETAILS.get(k, k), _detail(v)) for k, v in action.items() if k != "kind")
    return Step(_kind(action), details)


def _effect(effect: Mapping[str, Any]) -> Step:
    state = str(effect.get("state") or "")
    return Step(
        title=_kind(effect),
        details=(("clave", str(effect.get("key", DASH))),),
        state=state,
        state_text=EFFECT_STATES.get(state, state),
        at=moment(effect.get("at")),
    )


def _kind(step: Mapping[str, Any]) -> str:
    kind = str(step.get("kind", ""))
    return ACTIONS.get(kind, kind or DASH)


def _detail(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_texts(value))
    when = moment(value) if isinstance(value, str) else UNKNOWN
    return when.text if when.iso else str(value)


def _plain(name: object) -> str:
    return str(name).replace("_", " ")


def _texts(values: object) -> tuple[str, ...]:
    return tuple(str(value) for value in values) if isinstance(values, list) else ()
