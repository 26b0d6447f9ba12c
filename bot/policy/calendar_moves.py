"""Which dates of a ticket would another calendar move?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.level import Level
from bot.domain.record import EffectState, Record
from bot.policy.billing import known_suspensions
from bot.policy.calendar import Calendar
from bot.policy.case import WAIT
from bot.policy.clocks import clocks_of
from bot.policy.levels import LevelPolicy
from bot.policy.pauses import Pause, intervals
from bot.policy.sla import ClockFacts
from bot.policy.statuses import PauseCause, PortalPolicy

SAME = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Shift:
    """Hold a date that moves, in UTC."""

    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class Move:
    """Hold the dates of one ticket that move; None for one that stays."""

    level: Level
    response: Shift | None
    resolution: Shift | None


def depends_on_calendar(level: LevelPolicy) -> bool:
    """Tell whether any promise of a level is counted in business time."""
    return level.respuesta.limite.is_business or level.resolucion.limite.is_business


def remembered_facts(created_at: datetime, answered_at: datetime | None, record: Record) -> ClockFacts:
    """Return what the store alone knows of what both clocks are reckoned from."""

    def done_at(effect: str) -> datetime | None:
        known = record.effects.get(effect)
        return known.at if known is not None and known.state is EffectState.DONE else None

    stretches = [one.pause for one in known_suspensions(record.moments.get, done_at)]
    start, end = (record.moments.get(name) for name in WAIT)
    if start and end:
        stretches.append(Pause(PauseCause.CUSTOMER, start, end, exact=False))
    return ClockFacts(created_at, answered_at, intervals(record.statuses), tuple(stretches))


def move_of(
    level: Level,
    promises: LevelPolicy,
    calendars: tuple[Calendar, Calendar],
    portal: PortalPolicy,
    facts: ClockFacts,
    now: datetime,
) -> Move | None:
    """Return how the dates move from the first calendar to the second; None when none does.

    The date of an answer that was given is past and done, whichever calendar holds.
    """
    old, new = (clocks_of(promises, calendar, portal, facts, now) for calendar in calendars)
    answered = old.response.met_at is not None
    response = None if answered else _shift(old.shown_response, new.shown_response)
    resolution = _shift(old.shown_resolution, new.shown_resolution)
    return Move(level, response, resolution) if response or resolution else None


def _shift(before: datetime, after: datetime) -> Shift | None:
    return Shift(before, after) if abs(after - before) >= SAME else None
