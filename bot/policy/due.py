"""What would a ticket of a given level, issued at a given moment, be promised?"""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from bot.domain.level import Level
from bot.policy.arithmetic import Arithmetic
from bot.policy.calendar import Calendar
from bot.policy.levels import LevelPolicy, ResolutionKind
from bot.policy.sla import ClockFacts, ResolutionClock, ResponseClock, resolution_clock, response_clock
from bot.policy.spelling import spell_moment
from bot.policy.statuses import PortalPolicy


class SkippedDay(TypedDict):
    """Name one day that did not count, ISO date and Spanish reason."""

    date: str
    why: str


class ResponseDue(TypedDict):
    """Hold the response dates, ISO 8601 with the portal's offset."""

    target: str
    limit: str


class ResolutionDue(TypedDict):
    """Hold the resolution dates as they follow from an answer at the response limit."""

    target: str
    limit: str
    kind: str
    skipped: list[SkippedDay]


# The key `from` is no identifier, hence the functional form.
Due = TypedDict(
    "Due",
    {
        "level": str,
        "portal": str,
        "from": str,
        "response": ResponseDue,
        "resolution": ResolutionDue,
        "skipped": list[SkippedDay],
        "text": str,
    },
)


def due_clocks(
    policy: LevelPolicy, calendar: Calendar, start: datetime
) -> tuple[ResponseClock, ResolutionClock]:
    """Return both clocks of a ticket at the moment it is issued."""
    facts, portal = ClockFacts(created_at=start), PortalPolicy()
    response = response_clock(policy, calendar, portal, facts, start)
    return response, resolution_clock(policy, calendar, portal, facts, response, start)


def due_json(level: Level, portal: str, start: datetime, policy: LevelPolicy, calendar: Calendar) -> Due:
    """Return the due dates with their arithmetic; `skipped` lists the days of the response promise."""
    response, resolution = due_clocks(policy, calendar, start)
    return {
        "level": level.value,
        "portal": portal,
        "from": _iso(calendar, start),
        "response": {"target": _iso(calendar, response.target), "limit": _iso(calendar, response.limit)},
        "resolution": {
            "target": _iso(calendar, resolution.target),
            "limit": _iso(calendar, resolution.limit),
            "kind": "contract" if resolution.kind is ResolutionKind.CONTRACT else "working",
            "skipped": _skipped(resolution.arithmetic),
        },
        "skipped": _skipped(response.arithmetic),
        "text": due_text(level, policy, calendar, start),
    }


def due_text(level: Level, policy: LevelPolicy, calendar: Calendar, start: datetime) -> str:
    """Write the due dates in Spanish, one line each with its sum."""
    response, resolution = due_clocks(policy, calendar, start)
    kind = "límite por contrato" if resolution.kind is ResolutionKind.CONTRACT else "meta interna"
    return "\n".join(
        (
            f"{level.emoji} {level.value}, emitido el {_moment(calendar, start)}",
            f"Responder hasta: {_moment(calendar, response.limit)}",
            f"  objetivo: {_moment(calendar, response.target)} ({policy.respuesta.objetivo})",
            f"  cuenta: {response.arithmetic.text()}",
            f"Resolver hasta: {_moment(calendar, resolution.limit)} ({kind}, si se responde en el límite)",
            f"  cuenta: {resolution.arithmetic.text()}",
        )
    )


def _moment(calendar: Calendar, at: datetime) -> str:
    return spell_moment(calendar.local(at), year=True)


def _iso(calendar: Calendar, at: datetime) -> str:
    return calendar.local(at).isoformat(timespec="seconds")


def _skipped(arithmetic: Arithmetic) -> list[SkippedDay]:
    return [{"date": day.isoformat(), "why": why} for day, why in arithmetic.skipped_days]
