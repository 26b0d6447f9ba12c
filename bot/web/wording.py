"""How is a journal entry told to people, in Spanish?

Entries may stem from an older version of the product; what is missing is shown as a dash, never as an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.level import Level
from bot.domain.ticket import TicketKey
from bot.freshdesk.errors import FreshdeskError, NotFound, RateLimited, Unauthorized
from bot.policy.marks import reference
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
# By the first part of an effect's key; others are told by their kind.
EFFECTS = {
    "nivel": "Nota con el nivel",
    "escala": "Aviso por el plazo",
    "acuse": "Acuse de recibo al cliente",
    "aprobacion": "Pedido de aprobación",
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
    rules: tuple[str, ...]
    reasons: tuple[str, ...]
    actions: tuple[Step, ...]
    effects: tuple[Step, ...]
    wake_at: Moment
    updated_at: Moment
    rules_version: str


def sheet(entry: Mapping[str, Any]) -> Sheet:
    """Return an entry in words."""
    level, state, due = str(entry.get("level", "")), str(entry.get("state", "")), entry.get("due") or {}
    response, resolution = _clock(due.get("response")), _clock(due.get("resolution"))
    key = TicketKey(str(entry.get("portal", "")), int(entry.get("ticket_id", 0)))
    return Sheet(
        portal=key.portal,
        ticket_id=key.ticket_id,
        level=level or DASH,
        emoji=Level(level).emoji if level in Level.__members__ else "⚪",
        state=state,
        state_text=STATES.get(state, state or DASH),
        decided_by=who_decided(entry.get("decided_by")),
        response=response,
        resolution=resolution,
        marks=tuple(_plain(name) for name in entry.get("flags") or ()) + texts_of(entry.get("tags")),
        words=texts_of(entry.get("words")),
        rules=texts_of(entry.get("rules")),
        reasons=texts_of(entry.get("reasons")),
        actions=steps_of(entry),
        effects=tuple(_effect(key, effect) for effect in entry.get("effects") or ()),
        wake_at=moment(entry.get("wake_at")),
        updated_at=moment(entry.get("updated_at")),
        rules_version=str(entry.get("rules_version") or DASH),
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


def who_decided(rule: object) -> str:
    """Return who or what gave a ticket its level."""
    return {
        None: "ninguna regla: nivel por defecto",
        "persona": "una persona de la mesa",
        "balanza": "la balanza: el peso de todas sus palabras",
    }.get(rule if rule is None else str(rule), f"regla {rule}")


def freshdesk_trouble(error: FreshdeskError) -> str:
    """Say why Freshdesk could not be read, and what helps."""
    match error:
        case NotFound():
            return "Freshdesk no tiene este ticket: puede estar borrado o ser de otra cuenta."
        case Unauthorized():
            return "Freshdesk no acepta la clave del bot. Revise la clave del portal con «semaforo doctor»."
        case RateLimited():
            return "Freshdesk no admite más consultas por ahora. Espere un minuto e intente otra vez."
        case _:
            return "Freshdesk no respondió. Intente otra vez en unos segundos."


def steps_of(entry: Mapping[str, Any]) -> tuple[Step, ...]:
    """Return the actions of an entry in words."""
    return tuple(_step(action) for action in entry.get("actions") or ())


def _step(action: Mapping[str, Any]) -> Step:
    details = tuple((DETAILS.get(k, k), _detail(v)) for k, v in action.items() if k != "kind")
    return Step(_kind(action), details)


def _effect(ticket: TicketKey, effect: Mapping[str, Any]) -> Step:
    state, key = str(effect.get("state") or ""), str(effect.get("key", DASH))
    title = EFFECTS.get(key.partition(":")[0], _kind(effect))
    mark = () if effect.get("kind") == "notify" else (("referencia", reference(ticket, key)),)
    return Step(
        title=title,
        details=(("clave", key), *mark),
        state=state,
        state_text=EFFECT_STATES.get(state, state),
        at=moment(effect.get("at")),
    )


def _kind(step: Mapping[str, Any]) -> str:
    kind = str(step.get("kind", ""))
    return ACTIONS.get(kind, kind or DASH)


def _detail(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(texts_of(value))
    when = moment(value) if isinstance(value, str) else UNKNOWN
    return when.text if when.iso else str(value)


def _plain(name: object) -> str:
    return str(name).replace("_", " ")


def texts_of(values: object) -> tuple[str, ...]:
    """Return a list of texts, none for anything else."""
    return tuple(str(value) for value in values) if isinstance(values, list) else ()
