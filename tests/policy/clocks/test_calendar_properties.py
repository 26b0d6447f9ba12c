"""Business time holds against a count minute by minute, clock changes and holidays included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.policy.calendar import Calendar

from .desk import calendar
from .minutes import MINUTE, MinuteCount

OFFICE = [("09:00", "13:00"), ("15:00", "18:00")]
ROUND_THE_CLOCK = [("00:00", "24:00")]


@dataclass(frozen=True)
class Desk:
    calendar: Calendar
    count: MinuteCount


@cache
def desks() -> dict[str, Desk]:
    split = "lunes-viernes 09:00-13:00 15:00-18:00"
    office = dict.fromkeys(range(5), OFFICE)
    mixed = office | {5: ROUND_THE_CLOCK, 6: ROUND_THE_CLOCK}
    always = dict.fromkeys(range(7), ROUND_THE_CLOCK)
    santiago, madrid = "America/Santiago", "Europe/Madrid"
    return {
        "lima, fiestas patrias": Desk(
            calendar("America/Lima", f"{split}, sabado 09:00-13:00", "PE"),
            MinuteCount(
                "America/Lima",
                office | {5: [("09:00", "13:00")]},
                {"2026-07-23", "2026-07-28", "2026-07-29", "2026-08-06", "2026-08-30"},
                "2026-07-20",
                "2026-08-31",
            ),
        ),
        "lima, year end": Desk(
            calendar("America/Lima", split, "PE"),
            MinuteCount(
                "America/Lima",
                office,
                {"2026-12-08", "2026-12-09", "2026-12-25", "2027-01-01"},
                "2026-12-05",
                "2027-01-15",
            ),
        ),
        "santiago, clocks forward": Desk(
            calendar(santiago, f"{split}, sabado-domingo 00:00-24:00", "CL"),
            MinuteCount(santiago, mixed, {"2026-09-18", "2026-09-19"}, "2026-08-28", "2026-09-25"),
        ),
        "santiago, clocks back": Desk(
            calendar(santiago, "lunes-domingo 00:00-24:00"),
            MinuteCount(santiago, always, set(), "2026-03-25", "2026-04-15"),
        ),
        "madrid, clocks forward": Desk(
            calendar(madrid, f"{split}, sabado-domingo 00:00-24:00", "ES"),
            MinuteCount(madrid, mixed, {"2026-04-03"}, "2026-03-20", "2026-04-15"),
        ),
        "madrid, clocks back": Desk(
            calendar(madrid, "lunes-domingo 00:00-24:00"),
            MinuteCount(madrid, always, set(), "2026-10-15", "2026-11-05"),
        ),
    }


NAMES = sorted(desks())
minute = st.integers(min_value=0, max_value=12 * 24 * 60)
length = st.integers(min_value=0, max_value=60 * 60)
every_desk = pytest.mark.parametrize("name", NAMES)
# The first example of a desk counts weeks of minutes.
thorough = settings(max_examples=150, deadline=None)


@every_desk
@thorough
@given(start=minute, end=minute)
def test_between_counts_open_minutes(name: str, start: int, end: int) -> None:
    desk = desks()[name]
    start, end = sorted((start, end))
    found = desk.calendar.business_time_between(desk.count.at(start), desk.count.at(end))
    assert found == desk.count.between(start, end)


@every_desk
@thorough
@given(start=minute)
def test_open_now_and_next_opening(name: str, start: int) -> None:
    desk = desks()[name]
    moment = desk.count.at(start)
    assert desk.calendar.is_open(moment) is desk.count.is_open(moment)
    after_one = desk.count.add(start, 1)
    assert after_one is not None
    assert desk.calendar.next_opening(moment) == desk.count.at(after_one - 1)


@every_desk
@thorough
@given(start=minute, minutes=st.integers(min_value=1, max_value=60 * 60))
def test_adding_stops_at_the_first_minute_that_suffices(name: str, start: int, minutes: int) -> None:
    desk = desks()[name]
    end = desk.count.add(start, minutes)
    found = desk.calendar.add_business_time(desk.count.at(start), minutes * MINUTE)
    assert end is None or found == desk.count.at(end)
    assert desk.calendar.business_time_between(desk.count.at(start), found) == minutes * MINUTE


@every_desk
@thorough
@given(start=minute, later=length, one=length, more=length)
def test_adding_is_monotonic_and_can_be_split(name: str, start: int, later: int, one: int, more: int) -> None:
    desk = desks()[name].calendar
    begin, delayed = desks()[name].count.at(start), desks()[name].count.at(start + later)
    end = desk.add_business_time(begin, one * MINUTE)
    assert end <= desk.add_business_time(delayed, one * MINUTE)
    assert end <= desk.add_business_time(begin, (one + more) * MINUTE)
    assert desk.add_business_time(end, more * MINUTE) == desk.add_business_time(begin, (one + more) * MINUTE)


@every_desk
@thorough
@given(start=minute, later=length, number=st.integers(min_value=0, max_value=6))
def test_business_days_land_on_the_day_counted(name: str, start: int, later: int, number: int) -> None:
    desk, count = desks()[name].calendar, desks()[name].count
    base = desk.next_opening(count.at(start))
    end = desk.add_business_days(count.at(start), number)
    reached = desk.local(end - timedelta(microseconds=1) if end > base else end).date()
    first = desk.local(base).date()
    open_days = [
        day for n in range((reached - first).days + 1) if not desk.closed_because(day := first + timedelta(n))
    ]
    assert len(open_days) == number + 1 or (number and len(open_days) == number)  # 00:00 ends the day before
    assert end <= desk.add_business_days(count.at(start + later), number)
    assert end <= desk.add_business_days(count.at(start), number + 1)


@every_desk
@thorough
@given(start=minute, number=st.integers(min_value=0, max_value=6))
def test_business_days_never_end_outside_hours(name: str, start: int, number: int) -> None:
    desk, count = desks()[name].calendar, desks()[name].count
    end = desk.add_business_days(count.at(start), number)
    assert desk.is_open(end) or desk.is_open(end - timedelta(microseconds=1))
