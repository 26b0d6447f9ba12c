"""How are moments, dates and lengths of time written for people in Peru?

Own small tables instead of the C locale: a server without es_PE would write English names.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

DAYS = ("lun", "mar", "mié", "jue", "vie", "sáb", "dom")
WEEKDAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
# Peru writes «setiembre», hence «set».
MONTHS = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "set", "oct", "nov", "dic")


def spell_date(day: date, *, weekday: bool = False, year: bool = False) -> str:
    """Write a date as «6 ago», with weekday and year on request: «jue 6 ago 2026»."""
    parts = [f"{day.day} {MONTHS[day.month - 1]}"]
    if weekday:
        parts.insert(0, DAYS[day.weekday()])
    if year:
        parts.append(str(day.year))
    return " ".join(parts)


def spell_days(first: date, last: date, *, year: bool = False) -> str:
    """Write a run of days as «6 ago», «8–9 ago» or «31 oct–1 nov»."""
    if first == last:
        return spell_date(first, year=year)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{spell_date(last, year=year)}"
    return f"{spell_date(first, year=year)}–{spell_date(last, year=year)}"


def spell_moment(local: datetime, *, year: bool = False) -> str:
    """Write a local time as «lun 10 ago, 10:00»."""
    return f"{spell_date(local.date(), weekday=True, year=year)}, {local:%H:%M}"


def spell_start(local: datetime, *, year: bool = False) -> str:
    """Write a local time as the beginning of a sum: «10:00 del vie 31 jul»."""
    return f"{local:%H:%M} del {spell_date(local.date(), weekday=True, year=year)}"


def spell_duration(length: timedelta) -> str:
    """Write a length of time as «2 d 3 h 15 min», to the minute below."""
    minutes = int(length.total_seconds()) // 60
    if minutes < 1:
        return "menos de 1 min"
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def spell_hours(length: timedelta) -> str:
    """Write a length of business time in hours, never in days: «27 h 30 min»."""
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    parts = [(hours, "h"), (minutes, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "menos de 1 min"
