"""What does the board know of one open ticket? The least of its journal entry, quick to read by thousands.

Ids, levels, states and moments only; moments as whole seconds since 1970, for a date costs more to parse.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.ticket import TicketKey

CLOCKS = ("response", "resolution")


@dataclass(frozen=True, slots=True)
class ClockRow:
    """Hold one clock: running, paused, met or breached; seconds since 1970."""

    state: str = ""
    target: int | None = None
    limit: int | None = None
    met_at: int | None = None


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """Hold one open ticket as it stood when it was last looked at; seconds since 1970."""

    key: TicketKey
    level: str
    decided_by: str | None
    created_at: int | None
    response: ClockRow
    resolution: ClockRow
    waits_for: str | None
    agent: int | None
    company: int | None
    wake_at: int | None
    next_step: str
    updated_at: int | None


def row_text(entry: Mapping[str, Any]) -> str:
    """Return the row of a journal entry, as it is stored."""
    due = entry.get("due") or {}
    clocks = [_clock_parts(due.get(name) or {}) for name in CLOCKS]
    parts = [
        *(entry.get("level") or "", entry.get("decided_by"), _seconds(entry.get("created_at"))),
        *clocks,
        *(entry.get("waits_for"), entry.get("agent_id"), entry.get("company_id")),
        *(_seconds(entry.get("wake_at")), entry.get("next_step") or "", _seconds(entry.get("updated_at"))),
    ]
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def open_ticket(key: TicketKey, text: bytes | str) -> OpenTicket:
    """Read a row; ValueError when it is none of ours."""
    level, decided_by, created_at, response, resolution, *rest = json.loads(text)
    return OpenTicket(key, level, decided_by, created_at, ClockRow(*response), ClockRow(*resolution), *rest)


def _clock_parts(due: Mapping[str, Any]) -> list[Any]:
    moments = (_seconds(due.get(name)) for name in ("target", "limit", "met_at"))
    return [due.get("state") or "", *moments]


def _seconds(value: object) -> int | None:
    try:
        return int(datetime.fromisoformat(value).timestamp()) if isinstance(value, str) else None
    except ValueError:
        return None
