"""What does a month of a desk look like: open days, holidays, days of its own?"""

from __future__ import annotations

import calendar as weeks
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.policy.calendar import Calendar, Window
from bot.policy.calendar_edit import spell_window

MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "setiembre"),
    *("octubre", "noviembre", "diciembre"),
)
KINDS = {
    "open": "Atención normal",
    "closed": "Sin atención",
    "holiday": "Feriado",
    "worked": "Feriado que se trabaja",
    "own-closed": "Día propio sin atención",
    "own-hours": "Día propio con otro horario",
}


@dataclass(frozen=True, slots=True)
class Day:
    """Hold one date of the grid; `hours` as people write them, `draft` when a draft would change it."""

    day: date
    kind: str
    name: str
    hours: str
    is_today: bool
    inside: bool
    draft: str = ""

    @property
    def is_special(self) -> bool:
        """Tell whether the day is worth a line below the grid."""
        return self.inside and (self.kind not in {"open", "closed"} or bool(self.draft))

    @property
    def is_own(self) -> bool:
        """Tell whether people wrote the day down themselves."""
        return self.kind.startswith("own")


@dataclass(frozen=True, slots=True)
class Month:
    """Hold the grid of a month: weeks of seven days, Monday first."""

    title: str
    first: date
    weeks: tuple[tuple[Day, ...], ...]

    @property
    def before(self) -> str:
        """Return the month before, as an address names it."""
        return f"{self.first - timedelta(days=1):%Y-%m}"

    @property
    def after(self) -> str:
        """Return the month after."""
        return f"{self.first + timedelta(days=31):%Y-%m}"

    def special(self) -> Iterator[Day]:
        """Yield the days worth a line of their own."""
        return (day for week in self.weeks for day in week if day.is_special)


def month_of(first: date, calendar: Calendar, today: date, draft: Calendar | None = None) -> Month:
    """Return the month that begins on a date; days that a draft would change say what to."""
    grid = weeks.Calendar().monthdatescalendar(first.year, first.month)
    rows = tuple(tuple(_day(day, first, calendar, today, draft) for day in week) for week in grid)
    return Month(f"{MONTHS[first.month - 1].capitalize()} de {first.year}", first, rows)


def month_asked(text: str, today: date) -> date:
    """Read «2026-12» as its first day; this month when it is none."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return found if 2000 <= found.year <= 2100 else today.replace(day=1)


def _day(day: date, first: date, calendar: Calendar, today: date, draft: Calendar | None) -> Day:
    kind, name = kind_of(day, calendar)
    hours, inside = hours_on(day, calendar), day.month == first.month
    changed = "" if draft is None else _difference((kind, name, hours), day, draft)
    return Day(day, kind, name, hours, day == today, inside, changed)


def _difference(held: tuple[str, str, str], day: date, draft: Calendar) -> str:
    """Say what a draft makes of a day, or nothing when it leaves it as it is."""
    kind, name = kind_of(day, draft)
    hours = hours_on(day, draft)
    return "" if (kind, name, hours) == held else f"{name or KINDS[kind]} ({hours})"


def kind_of(day: date, calendar: Calendar) -> tuple[str, str]:
    """Return of which kind a date is, and its name if it has one."""
    own, holiday = calendar.own_days.get(day), calendar.holiday_name(day)
    if own is not None:
        return ("own-hours" if own.windows else "own-closed"), own.why
    if holiday:
        return ("worked" if day in calendar.worked_holidays else "holiday"), holiday
    return ("open" if calendar.windows_on(day) else "closed"), ""


def hours_on(day: date, calendar: Calendar) -> str:
    """Return the hours of a date: «09:00–13:00 y 15:00–18:00», or «cerrado»."""
    return spell_windows(calendar.windows_on(day))


def spell_windows(windows: Iterable[Window]) -> str:
    """Write the openings of a day."""
    return " y ".join(spell_window(one).replace("-", "–") for one in windows) or "cerrado"
