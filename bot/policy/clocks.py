"""How do both clocks stand, which dates is Freshdesk to show, and what wait did the store forget?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.policy.calendar import Calendar
from bot.policy.levels import LevelPolicy
from bot.policy.pauses import Pause
from bot.policy.sla import ClockFacts, ResolutionClock, ResponseClock, resolution_clock, response_clock
from bot.policy.statuses import PauseCause, PortalPolicy

_SAME = timedelta(minutes=1)  # dates are kept in whole seconds, and notes come seconds after what they tell


@dataclass(frozen=True, slots=True)
class Clocks:
    """Hold both clocks, and the limits to show in Freshdesk.

    A clock that stands still shows its limit as it was when it stopped; when it goes on, the date moves once,
    by the time paused.
    """

    response: ResponseClock
    resolution: ResolutionClock
    shown_response: datetime
    shown_resolution: datetime


def clocks_of(
    level: LevelPolicy, calendar: Calendar, portal: PortalPolicy, facts: ClockFacts, now: datetime
) -> Clocks:
    """Return how a ticket's clocks stand at `now`."""
    response = response_clock(level, calendar, portal, facts, now)
    resolution = resolution_clock(level, calendar, portal, facts, response, now)
    stood = response
    if response.paused_since is not None:
        stood = response_clock(level, calendar, portal, facts, response.paused_since)
    at = resolution.paused_since or now
    shown = resolution_clock(level, calendar, portal, facts, stood, at)
    return Clocks(response, resolution, stood.limit, shown.limit)


def forgotten_wait(
    level: LevelPolicy, calendar: Calendar, clocks: Clocks, due_by: datetime | None, now: datetime
) -> Pause | None:
    """Return the waiting that only the date on the ticket still tells of, after the store was emptied.

    How much it was is known, when and for whom is not: it is put at the beginning, for the customer, and
    marked as inferred. A date further away than any wait could move it was chosen by a person.
    """
    began, limit = clocks.response.met_at, clocks.shown_resolution
    if clocks.resolution.provisional or began is None or due_by is None or due_by <= limit + _SAME:
        return None
    allowed = level.resolucion.limite
    end = allowed.shift(began, allowed.between(limit, due_by, calendar), calendar)
    return Pause(PauseCause.CUSTOMER, began, end, exact=False) if began < end <= now else None


def with_wait(facts: ClockFacts, wait: Pause) -> ClockFacts:
    """Return the facts with one more stretch without counting."""
    return replace(facts, suspensions=(*facts.suspensions, wait))
