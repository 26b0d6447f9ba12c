"""What happened to a ticket, look by look, as the journal remembers it?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any

from bot.web.board_rows import WAITS
from bot.web.times import Moment, moment
from bot.web.wording import STATES, Step, steps_of, texts_of, who_decided


@dataclass(frozen=True, slots=True)
class Look:
    """Hold one look that changed something: what was new, what was to be done, and why."""

    at: Moment
    news: tuple[str, ...]
    steps: tuple[Step, ...]
    reasons: tuple[str, ...]


def timeline(past: Sequence[Mapping[str, Any]], now: datetime, title: Callable[[str], str]) -> list[Look]:
    """Return looks in words, newest first; `past` is what `Journal.past` returns, `title` names a rule."""
    return [
        Look(
            at=moment(look.get("updated_at"), now=now),
            news=tuple(_news(look, before, title)),
            steps=steps_of(look),
            reasons=texts_of(look.get("reasons")),
        )
        for look, before in zip_longest(past, past[1:])
    ]


def _news(
    look: Mapping[str, Any], before: Mapping[str, Any] | None, title: Callable[[str], str]
) -> list[str]:
    if before is None:
        return [f"Primera mirada guardada: {look.get('level') or 'sin nivel'}, {_decided(look, title)}"]
    news = []
    if look.get("level") != before.get("level"):
        news.append(f"Nivel: {before.get('level')} → {look.get('level')}, {_decided(look, title)}")
    if look.get("state") != before.get("state"):
        news.append(f"Respuesta: {_state(before)} → {_state(look)}")
    if look.get("waits_for") != before.get("waits_for"):
        news.append(_waiting(look))
    if look.get("agent_id") != before.get("agent_id"):
        news.append("Cambió el agente" if look.get("agent_id") else "Quedó sin agente")
    if look.get("rules_version") != before.get("rules_version"):
        news.append(f"Reglas: versión {str(look.get('rules_version'))[:12]}")
    return news


def _decided(look: Mapping[str, Any], title: Callable[[str], str]) -> str:
    rule = look.get("decided_by")
    named = title(rule) if isinstance(rule, str) else ""
    return f"decidió la regla «{named}»" if named not in {"", rule} else f"decidió {who_decided(rule)}"


def _state(look: Mapping[str, Any]) -> str:
    state = str(look.get("state") or "")
    return STATES.get(state, state).lower()


def _waiting(look: Mapping[str, Any]) -> str:
    cause = look.get("waits_for")
    return f"Ahora {WAITS.get(str(cause), str(cause))}" if cause else "Ya no espera a nadie"
