"""The shipped rules and a few calendars, as the tests of the clocks use them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bot.domain.level import Level
from bot.policy.calendar import Calendar
from bot.policy.calendar_section import CalendarSection
from bot.policy.levels import LevelPolicy, LevelsSection
from bot.policy.pauses import Pause, StatusInterval
from bot.policy.sla import ClockFacts, ResolutionClock, ResponseClock, resolution_clock, response_clock
from bot.policy.source import read_source
from bot.policy.statuses import PauseCause, PortalPolicy, PortalsSection

RULES = Path(__file__).parents[3] / "rules"
OPEN, PENDING, RESOLVED, CLOSED, ON_CUSTOMER, ON_VENDOR = 2, 3, 4, 5, 6, 7


def read_yaml(text: str) -> Any:
    source, problems = read_source("prueba.yaml", text.encode())
    assert source is not None, problems
    return source.value


@cache
def shipped(section: str, file: str) -> Any:
    return read_yaml((RULES / file).read_text(encoding="utf-8"))[section]


@cache
def levels() -> LevelsSection:
    return LevelsSection.model_validate(shipped("niveles", "niveles.yaml"))


@cache
def lima() -> Calendar:
    return CalendarSection.model_validate(shipped("calendario", "calendario.yaml")).calendar()


@cache
def portal() -> PortalPolicy:
    return PortalsSection.model_validate(shipped("portales", "portales.yaml")).of("acelera")


def calendar(zone: str, hours: str, country: str | None = None, **more: Any) -> Calendar:
    """Build a calendar from «lunes-viernes 09:00-13:00 15:00-18:00, sabado 09:00-13:00»."""
    days = ["lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo"]
    week: dict[str, list[str]] = {}
    for part in hours.split(", "):
        span, *windows = part.split(" ")
        first, _, last = span.partition("-")
        for day in days[days.index(first) : days.index(last or first) + 1]:
            week[day] = windows
    raw: dict[str, Any] = {"zona": zone, "semana": week, "dias_utiles_terminan": "misma_hora", **more}
    if country:
        raw["feriados"] = {"pais": country}
    return CalendarSection.model_validate(raw).calendar()


def at(text: str) -> datetime:
    """Read «2026-07-31 10:00» as Lima time."""
    return datetime.fromisoformat(f"{text}-05:00").astimezone(UTC)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def days(number: float) -> timedelta:
    return timedelta(days=number)


def history(start: datetime, *steps: tuple[int, timedelta]) -> tuple[StatusInterval, ...]:
    """Chain statuses from `start`, each lasting its length; the last one lasts on."""
    found: list[StatusInterval] = []
    for number, (status, length) in enumerate(steps, start=1):
        end = None if number == len(steps) else start + length
        found.append(StatusInterval(status, start, end))
        start += length
    return tuple(found)


FOREVER = timedelta()


def response(level: Level | LevelPolicy, facts: ClockFacts, now: datetime) -> ResponseClock:
    return response_clock(_policy(level), lima(), portal(), facts, now)


def resolution(level: Level | LevelPolicy, facts: ClockFacts, now: datetime) -> ResolutionClock:
    first = response(level, facts, now)
    return resolution_clock(_policy(level), lima(), portal(), facts, first, now)


def _policy(level: Level | LevelPolicy) -> LevelPolicy:
    return levels().of(level) if isinstance(level, Level) else level


def suspended(start: datetime, end: datetime | None = None) -> Pause:
    return Pause(PauseCause.BILLING, start, end)
