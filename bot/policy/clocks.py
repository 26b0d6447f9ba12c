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


def clocks_with_wait(
    level: LevelPolicy,
    calendar: Calendar,
    portal: PortalPolicy,
    facts: ClockFacts,
    wait: Pause | None,
    told: datetime | None,
    now: datetime,
) -> tuple[ClockFacts, Pause | None, Clocks]:
    """Return how the clocks stand with a wait the store remembers, else with the one a date tells of.

    `told` is the date on a ticket the store forgot, None otherwise; beside the clocks, the facts they were
    reckoned from and the wait among them.
    """
    if wait is not None:
        facts = _with_wait(facts, wait)
    clocks = clocks_of(level, calendar, portal, facts, now)
    if wait is None and (wait := _forgotten_wait(level, calendar, clocks, told, now)) is not None:
        facts = _with_wait(facts, wait)
        clocks = clocks_of(level, calendar, portal, facts, now)
    return facts, wait, clocks


def _forgotten_wait(
    level: LevelPolicy, calendar: Calendar, clocks: Clocks, told: datetime | None, now: datetime
) -> Pause | None:
    """Return the waiting that only the date on the ticket still tells of, after the store was emptied.

    How much it was is known, when and for whom is not: it is put at the beginning, for the customer, and
    marked as inferred. A date further away than any wait could move it was chosen by a person.
    """
    began, limit = clocks.response.met_at, clocks.shown_resolution
    if clocks.resolution.provisional or began is None or told is None or told <= limit + _SAME:
        return None
    allowed = level.resolucion.limite
    end = allowed.shift(began, allowed.between(limit, told, calendar), calendar)
    return Pause(PauseCause.CUSTOMER, began, end, exact=False) if began < end <= now else None


def _with_wait(facts: ClockFacts, wait: Pause) -> ClockFacts:
    """Return the facts with one more stretch without counting."""
    return replace(facts, suspensions=(*facts.suspensions, wait))
