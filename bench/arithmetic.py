"""How long does a due date take, is it exact, and does a longer span take longer?

The week is the shipped one: Monday to Friday, the hours of the rules, Peru's holidays.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice

from bench.desk import RULES
from bench.lines import SHOWN, Figure, Goal, Kind, Line, Size
from bench.rival import ABSENT, ask
from bench.timing import best_micros
from bot.policy.calendar import Calendar, DaysEnd
from bot.store.rulebook import Rulebook

START = datetime(2026, 11, 19, 20, 17, tzinfo=UTC)
HOURS, LONG_HOURS = timedelta(hours=30), timedelta(hours=4000)
SPAN, LONG_SPAN = timedelta(days=7), timedelta(days=700)
DAYS = 5
MINUTE = timedelta(minutes=1)
ADD, BETWEEN = "add 30 business hours", "business time in a week"
LINES = {
    "wrong": Line("sums unlike a count of single minutes", "", Goal(Kind.AT_MOST, 0)),
    "add": Line(ADD, "µs", Goal(Kind.TIMES_FASTER, 20), "businesstimedelta"),
    "between": Line(BETWEEN, "µs", Goal(Kind.TIMES_FASTER, 20), "businesstimedelta"),
    "counter": Line(BETWEEN, "µs", SHOWN, "minute-by-minute counter"),
    "days": Line(f"add {DAYS} business days", "µs", SHOWN, "numpy busday_offset, whole days, no hours"),
    "long add": Line("add 4,000 business hours", "µs", Goal(Kind.WITHIN, 1.5), "30 hours"),
    "long between": Line("business time in 700 days", "µs", Goal(Kind.WITHIN, 1.5), "in a week"),
}


def run(size: Size) -> Mapping[str, Figure]:
    """Check sums against a count of minutes, then time them."""
    seconds = {Size.TINY: 0.0, Size.QUICK: 0.2, Size.FULL: 2.0}[size]
    desk = calendar()
    add, long_add = (_add(desk, length, seconds) for length in (HOURS, LONG_HOURS))
    between, long_between = (_between(desk, span, seconds) for span in (SPAN, LONG_SPAN))
    days = best_micros(lambda: desk.add_business_days(START, DAYS, DaysEnd.SAME_TIME), seconds)
    counter = best_micros(lambda: minutes_open(desk, START, START + SPAN), 0.0)
    figures = {
        "wrong": Figure(float(wrong_sums(desk, {Size.TINY: 1, Size.QUICK: 20, Size.FULL: 100}[size]))),
        "counter": Figure(between, counter),
        "long add": Figure(long_add, add),
        "long between": Figure(long_between, between),
    }
    return figures if size is Size.TINY else figures | _beside_rivals(desk, add, between, days, seconds)


@cache
def calendar() -> Calendar:
    """Return the calendar of the shipped rules."""
    return Rulebook(RULES).policy.calendar("bench")


def wrong_sums(desk: Calendar, count: int) -> int:
    """Return how many of so many random sums differ from a count of single minutes."""
    dice, wrong = random.Random(3), 0
    for _ in range(count):
        start = START + dice.randrange(200_000) * MINUTE
        end = start + dice.randrange(1, 14 * 1440) * MINUTE
        length = desk.business_time_between(start, end)
        wrong += length != minutes_open(desk, start, end)
        reached = desk.add_business_time(start, length)
        wrong += reached > end or desk.business_time_between(start, reached) != length
    return wrong


def minutes_open(desk: Calendar, start: datetime, end: datetime) -> timedelta:
    """Count the minutes in which the desk is open, one by one, by the clock on the wall."""
    total, at = timedelta(), start
    while at < end:
        wall = at.astimezone(desk.zone)
        minute = wall.hour * 60 + wall.minute
        total += any(one.opens <= minute < one.closes for one in desk.windows_on(wall.date())) * MINUTE
        at += MINUTE
    return total


def _add(desk: Calendar, length: timedelta, seconds: float) -> float:
    return best_micros(lambda: desk.add_business_time(START, length), seconds)


def _between(desk: Calendar, span: timedelta, seconds: float) -> float:
    return best_micros(lambda: desk.business_time_between(START, START + span), seconds)


def _beside_rivals(
    desk: Calendar, add: float, between: float, days: float, seconds: float
) -> dict[str, Figure]:
    answers = ask("business_time", question(desk) | {"seconds": seconds})
    measured = {"add": add, "between": between, "days": days}
    return {name: _beside(one, answers.get(name)) for name, one in measured.items()}


def question(desk: Calendar) -> dict[str, object]:
    """Return the same week and holidays for the rivals, in local time."""
    first = START.astimezone(desk.zone).date()
    near = (first + timedelta(days=n) for n in range(-30, 60))
    closed = (day.isoformat() for day in near if desk.holiday_name(day) and not desk.windows_on(day))
    windows = next(day for day in desk.week if day)
    return {
        "start": START.isoformat(),
        "zone": desk.zone.key,
        "windows": [(one.opens, one.closes) for one in windows],
        "weekdays": [number for number, day in enumerate(desk.week) if day],
        "holidays": list(islice(closed, 40)),
        "hours": HOURS.total_seconds() / 3600,
        "span_days": SPAN.days,
        "days": DAYS,
        "ends": desk.add_business_time(START, HOURS).isoformat(),
    }


def _beside(measured: float, answer: dict[str, object] | None) -> Figure:
    if answer is None:
        return Figure(measured, note=ABSENT)
    micros = answer["us"]
    assert isinstance(micros, float)
    return Figure(measured, micros, str(answer["note"]))
