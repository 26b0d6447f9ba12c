"""When is the desk open, and where does an amount of business time end?

All moments are aware datetimes; answers are in UTC. Days are always days of the desk's own zone, so a
holiday can never slip to the evening before, west of Greenwich.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from operator import itemgetter
from zoneinfo import ZoneInfo

import holidays

from bot.policy.openings import Openings, Span
from bot.policy.spelling import WEEKDAYS

ONE_DAY = timedelta(days=1)


class DaysEnd(StrEnum):
    """Say at which time of the last day an amount of business days ends."""

    SAME_TIME = "misma_hora"
    CLOSE_OF_DAY = "fin_de_dia"


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Hold one opening of a day, in minutes after local midnight; `closes` may be 1440 (24:00)."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class OwnDay:
    """Hold a date with hours of its own; no windows means closed."""

    why: str
    windows: tuple[Window, ...] = ()


def in_utc(at: datetime) -> datetime:
    """Return an aware moment in UTC; ValueError for a naive one.

    Sums are done in UTC only: two times of one zone subtract by the wall clock, wrong across its changes.
    """
    if at.tzinfo is None:
        raise ValueError(f"naive datetime: {at!r}")
    return at.astimezone(UTC)


@lru_cache(maxsize=256)
def public_holidays(country: str, region: str | None, year: int) -> Mapping[date, str]:
    """Return the public holidays of a year with their names, in Spanish where the library knows them.

    NotImplementedError when the library does not know the country (ISO 3166) or its region.
    """
    known = holidays.country_holidays(country, subdiv=region, years=year)
    if "es" in known.supported_languages:
        known = holidays.country_holidays(country, subdiv=region, years=year, language="es")
    return dict(known.items())


@dataclass(frozen=True, slots=True)
class _Days:
    """Hold the dates of a year in order: business days, and the others with the reason."""

    open: tuple[date, ...]
    closed: tuple[tuple[date, str], ...]

    def closed_between(self, first: date, last: date) -> tuple[tuple[date, str], ...]:
        """Return the closed dates of a range, both ends included."""
        start = bisect_left(self.closed, first, key=itemgetter(0))
        return self.closed[start : bisect_right(self.closed, last, key=itemgetter(0))]


@dataclass(frozen=True)
class Calendar:
    """Know the opening hours of one desk: `week` holds seven days of windows, Monday first.

    Precedence for a date: own day, then public holiday unless it is in `worked_holidays`, then `week`.
    """

    zone: ZoneInfo
    week: tuple[tuple[Window, ...], ...]
    country: str | None = None
    region: str | None = None
    own_days: Mapping[date, OwnDay] = field(default_factory=dict)
    worked_holidays: frozenset[date] = frozenset()
    days_end: DaysEnd = DaysEnd.SAME_TIME
    # What was worked out before, by date and year of the desk's zone or by year of UTC.
    _spans: dict[date, tuple[Span, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _openings: dict[int, Openings] = field(default_factory=dict, init=False, repr=False, compare=False)
    _days: dict[int, _Days] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.week) != len(WEEKDAYS) or not any(self.week):
            raise ValueError("a calendar needs seven days, at least one of them with opening hours")

    def prepare(self, at: datetime) -> None:
        """Work out the years around a moment, for processes that are forked afterwards."""
        for year in (at.year - 1, at.year, at.year + 1):
            self._openings_of(year)
            self._days_of(year)

    def local(self, at: datetime) -> datetime:
        """Return a moment on the desk's wall clock; ValueError for a naive datetime."""
        return in_utc(at).astimezone(self.zone)

    def holiday_name(self, day: date) -> str | None:
        """Name the public holiday of a date, worked or not; None on any other date."""
        if self.country is None:
            return None
        return public_holidays(self.country, self.region, day.year).get(day)

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """Return the opening hours of a date; empty when the desk stays closed."""
        if day in self.own_days:
            return self.own_days[day].windows
        if self.holiday_name(day) and day not in self.worked_holidays:
            return ()
        return self.week[day.weekday()]

    def closed_because(self, day: date) -> str | None:
        """Say in Spanish why a date is no business day; None when it is one."""
        if self.windows_on(day):
            return None
        if not self.week[day.weekday()]:
            return "fin de semana" if day.weekday() >= 5 else f"{WEEKDAYS[day.weekday()]} sin atención"
        if day in self.own_days:
            return self.own_days[day].why
        return self.holiday_name(day)

    def skipped_days(self, first: date, last: date) -> tuple[tuple[date, str], ...]:
        """List the closed dates of a range, both ends included, each with its reason."""
        years = (self._days_of(year) for year in range(first.year, last.year + 1))
        return tuple(one for days in years for one in days.closed_between(first, last))

    def is_open(self, at: datetime) -> bool:
        """Tell whether the desk works at a moment; closing time itself is closed."""
        opens, _ = self._current_or_next(in_utc(at))
        return opens <= at

    def next_opening(self, at: datetime) -> datetime:
        """Return the moment itself while the desk is open, else the next opening."""
        at = in_utc(at)
        return max(self._current_or_next(at)[0], at)

    def business_time_between(self, start: datetime, end: datetime) -> timedelta:
        """Return how long the desk is open from start to end; zero when end is not after start."""
        start, end = in_utc(start), in_utc(end)
        if end <= start:
            return timedelta()
        total = self._openings_of(end.year).open_until(end) - self._openings_of(start.year).open_until(start)
        for year in range(start.year, end.year):
            total += self._openings_of(year).total
        return total

    def add_business_time(self, start: datetime, length: timedelta) -> datetime:
        """Return the earliest moment by which the desk has been open for `length` since start.

        Time that is used up exactly at closing ends there, not at the next opening.
        """
        start = in_utc(start)
        if length <= timedelta():
            return start
        year = start.year
        openings = self._openings_of(year)
        length += openings.open_until(start)
        while length > openings.total:
            length -= openings.total
            year += 1
            openings = self._openings_of(year)
        return openings.moment_of(length)

    def add_business_days(self, start: datetime, number: int, end: DaysEnd | None = None) -> datetime:
        """Return the end of a number of business days after start, or after the opening that follows it.

        `misma_hora` is the wall-clock time of that beginning on the last day, moved into its hours: to the
        next window of the day, or to the close of the day when there is none. `fin_de_dia` is that close.
        """
        base = self.local(self.next_opening(start))
        day = self._business_day_after(base.date(), number)
        spans = self._spans_on(day)
        if (end or self.days_end) is DaysEnd.CLOSE_OF_DAY:
            return spans[-1][1]
        wanted = self._instant(datetime.combine(day, base.time()), fold=0)
        inside = (max(wanted, opens) for opens, closes in spans if wanted < closes)
        return next(inside, spans[-1][1])

    def _business_day_after(self, day: date, number: int) -> date:
        """Return the last of so many business days after a day; the day itself for none."""
        if number == 0:
            return day
        year, place = day.year, number - 1 + bisect_right(self._days_of(day.year).open, day)
        while place >= len(self._days_of(year).open):
            place -= len(self._days_of(year).open)
            year += 1
        return self._days_of(year).open[place]

    def _current_or_next(self, at: datetime) -> Span:
        """Return the first opening that ends after a moment in UTC."""
        year = at.year
        while (found := self._openings_of(year).current_or_next(at)) is None:
            year += 1
        return found

    def _openings_of(self, year: int) -> Openings:
        """Return the openings of a year of UTC, one that spans its turn cut in two; worked out once."""
        known = self._openings.get(year)
        if known is None:
            known = self._openings[year] = Openings.of(self._cut_to(year))
        return known

    def _cut_to(self, year: int) -> Iterator[Span]:
        begin, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
        day = begin.date() - ONE_DAY
        while day <= end.date():
            for opens, closes in self._spans_on(day):
                if opens < end and closes > begin:
                    yield max(opens, begin), min(closes, end)
            day += ONE_DAY

    def _days_of(self, year: int) -> _Days:
        """Return which dates of a year are business days and why others are not; worked out once."""
        if year not in self._days:
            first = date(year, 1, 1)
            days = [first + ONE_DAY * n for n in range((date(year + 1, 1, 1) - first).days)]
            closed = ((day, self.closed_because(day)) for day in days)
            self._days[year] = _Days(
                tuple(day for day in days if self._spans_on(day)),
                tuple((day, why) for day, why in closed if why is not None),
            )
        return self._days[year]

    def _spans_on(self, day: date) -> tuple[Span, ...]:
        """Return the opening hours of a date as moments in UTC, remembered once computed."""
        if day not in self._spans:
            spans = (self._span(day, window) for window in self.windows_on(day))
            self._spans[day] = tuple(span for span in spans if span[0] < span[1])
        return self._spans[day]

    def _span(self, day: date, window: Window) -> Span:
        midnight = datetime.combine(day, time())
        # A repeated hour belongs to the window as a whole: it opens at the first pass, closes at the second.
        opens = self._instant(midnight + timedelta(minutes=window.opens), fold=0)
        closes = self._instant(midnight + timedelta(minutes=window.closes), fold=1)
        return opens, closes

    def _instant(self, wall: datetime, *, fold: int) -> datetime:
        """Return the moment of a wall-clock time; one that a clock change leaves out is the change itself."""
        at = wall.replace(tzinfo=self.zone, fold=fold).astimezone(UTC)
        if at.astimezone(self.zone).replace(tzinfo=None, fold=0) == wall:
            return at
        before, after = sorted(wall.replace(tzinfo=self.zone, fold=f).astimezone(UTC) for f in (0, 1))
        return self._clock_change(before, after)

    def _clock_change(self, before: datetime, after: datetime) -> datetime:
        """Find the second at which the zone's offset changes between two moments around one change."""
        new = after.astimezone(self.zone).utcoffset()
        seconds = range(int((after - before).total_seconds()) + 1)

        def changed(second: int) -> bool:
            return (before + timedelta(seconds=second)).astimezone(self.zone).utcoffset() == new

        return before + timedelta(seconds=bisect_left(seconds, True, key=changed))
