"""Faults that other help desks had with calendars and clocks; each test names the public report."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.level import Level
from bot.policy.sla import ClockFacts, ClockState

from .desk import (
    FOREVER,
    ON_CUSTOMER,
    OPEN,
    PENDING,
    RESOLVED,
    at,
    calendar,
    days,
    history,
    hours,
    lima,
    resolution,
    response,
)

T0 = at("2026-08-03 09:00")


@pytest.mark.parametrize(
    ("zone", "country", "holiday"),
    [
        pytest.param("America/Lima", "PE", date(2026, 8, 6), id="lima"),
        pytest.param("America/Santiago", "CL", date(2026, 9, 18), id="santiago, zammad 3706"),
        pytest.param("America/Los_Angeles", "US", date(2026, 7, 3), id="los angeles"),
        pytest.param("Pacific/Honolulu", "US", date(2026, 12, 25), id="honolulu"),
        pytest.param("Europe/Madrid", "ES", date(2026, 12, 25), id="madrid"),
        pytest.param("Pacific/Auckland", "NZ", date(2026, 12, 25), id="auckland"),
    ],
)
def test_holidays_are_days_of_the_desk_s_own_zone(zone: str, country: str, holiday: date) -> None:
    """zammad 3706 and 2229: holidays one day early west of Greenwich."""
    desk = calendar(zone, "lunes-domingo 00:00-24:00", country)
    midnight = datetime(holiday.year, holiday.month, holiday.day, tzinfo=desk.zone).astimezone(UTC)
    open_minutes = [
        desk.is_open(midnight + timedelta(minutes=minute)) for minute in (-1, 0, 12 * 60, 24 * 60 - 1)
    ]
    assert open_minutes == [True, False, False, False]
    assert desk.skipped_days(holiday, holiday)[0][0] == holiday


def test_a_round_the_clock_desk_loses_no_minute_at_midnight() -> None:
    """zammad 3180: 24/7 hours counted as closed for the minute before midnight."""
    desk = calendar("America/Lima", "lunes-domingo 00:00-24:00")
    assert desk.add_business_time(T0, days(3)) == T0 + days(3)
    assert desk.is_open(at("2026-08-03 23:59"))
    assert desk.is_open(at("2026-08-04 00:00"))


def test_a_day_may_have_several_windows() -> None:
    """chatwoot 14009: one window a day only, lunch counted as open."""
    desk = calendar("America/Lima", "lunes-viernes 08:00-12:00 13:30-18:00")
    assert not desk.is_open(at("2026-08-03 12:30"))
    assert desk.add_business_time(at("2026-08-03 11:30"), hours(1)) == at("2026-08-03 14:00")


def test_hold_time_is_not_added_over_holidays() -> None:
    """frappe helpdesk 2449: hold time added to the creation moment, wrong around days off."""
    created = at("2026-08-05 09:00")
    # On hold from Wednesday 17:00 over the holiday until Friday 09:00: one business hour.
    held = history(created, (OPEN, hours(8)), (PENDING, hours(40)), (OPEN, FOREVER))
    plain = resolution(
        Level.NORMAL, ClockFacts(created, created, history(created, (OPEN, FOREVER))), created + days(3)
    )
    paused = resolution(Level.NORMAL, ClockFacts(created, created, held), created + days(3))
    assert lima().business_time_between(plain.limit, paused.limit) == hours(1)
    assert paused.limit == plain.limit + hours(1)


@pytest.mark.parametrize("later", [days(1), days(8), days(400)])
@pytest.mark.parametrize("level", list(Level))
def test_a_stopped_clock_is_never_breached(level: Level, later: timedelta) -> None:
    """glpi 24481: violated while pending."""
    waiting = ClockFacts(T0, T0 + hours(1), history(T0, (OPEN, hours(2)), (PENDING, FOREVER)))
    clock = resolution(level, waiting, T0 + later)
    assert (clock.state, clock.breached_at) == (ClockState.PAUSED, None)
    assert clock.limit > T0 + later


def test_paused_then_resolved_directly_is_met() -> None:
    """frappe helpdesk 3776: resolved out of a pause, the pause was lost and the promise failed."""
    steps = history(T0, (OPEN, days(6)), (ON_CUSTOMER, days(20)), (RESOLVED, FOREVER))
    clock = resolution(Level.URGENTE, ClockFacts(T0, T0, steps), T0 + days(40))
    assert (clock.state, clock.met_at) == (ClockState.MET, T0 + days(26))
    assert clock.limit == T0 + days(27)
    assert [(p.start, p.end) for p in clock.pauses] == [(T0 + days(6), T0 + days(26))]


def test_an_answer_satisfies_the_response_clock_alone() -> None:
    """frappe helpdesk 1542: «Replied» fulfilled both promises."""
    answered = ClockFacts(
        T0, T0 + hours(2), history(T0, (OPEN, hours(2)), (PENDING, hours(1)), (OPEN, FOREVER))
    )
    assert response(Level.URGENTE, answered, T0 + days(1)).state is ClockState.MET
    assert resolution(Level.URGENTE, answered, T0 + days(1)).state is ClockState.RUNNING
    assert resolution(Level.URGENTE, answered, T0 + days(9)).state is ClockState.BREACHED


@pytest.mark.parametrize("after", [Level.URGENTE, Level.IMPORTANTE, Level.PREFERENTE])
def test_pauses_survive_a_change_of_level(after: Level) -> None:
    """glpi 6902 and 15605: a new SLA forgot the time already waited."""
    waited = history(T0, (OPEN, hours(2)), (PENDING, days(3)), (OPEN, FOREVER))
    paused = resolution(after, ClockFacts(T0, T0, waited), T0 + days(4))
    plain = resolution(after, ClockFacts(T0, T0, history(T0, (OPEN, FOREVER))), T0 + days(4))
    assert paused.limit - plain.limit == days(3)
    assert paused.pauses == resolution(Level.NORMAL, ClockFacts(T0, T0, waited), T0 + days(4)).pauses


def test_a_change_of_level_during_a_pause_keeps_it() -> None:
    """glpi 6902: raised while pending, breached at once."""
    waiting = ClockFacts(T0, T0, history(T0, (OPEN, hours(2)), (PENDING, FOREVER)))
    assert resolution(Level.URGENTE, waiting, T0 + days(12)).state is ClockState.PAUSED


def test_time_resolved_is_no_waiting() -> None:
    """glpi 23359: time between solution and reopening was reported as pending."""
    steps = history(
        T0, (OPEN, hours(2)), (RESOLVED, days(2)), (OPEN, hours(2)), (PENDING, hours(5)), (OPEN, FOREVER)
    )
    clock = resolution(Level.URGENTE, ClockFacts(T0, T0, steps), T0 + days(4))
    assert list(clock.paused_total(T0 + days(4)).values()) == [hours(5)]
    assert clock.limit == T0 + days(7) + days(2) + hours(5)
