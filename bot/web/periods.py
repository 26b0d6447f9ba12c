"""Of which days does the visitor want a report?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.policy.report import Period, last_full_weeks
from bot.policy.spelling import spell_date

LONGEST = timedelta(days=731)
ONE_DAY = timedelta(days=1)


class BadPeriod(ValueError):
    """What was asked for is no period; the text says in Spanish how to mend it."""


@dataclass(frozen=True, slots=True)
class Preset:
    """Hold a period that one click chooses."""

    title: str
    period: Period


def asked_period(query: Mapping[str, str], now: datetime, zone: ZoneInfo) -> Period:
    """Read `desde` and `hasta` of an address, without either the last four full weeks; else BadPeriod."""
    first, last = query.get("desde", "").strip(), query.get("hasta", "").strip()
    if not first and not last:
        return last_full_weeks(now, zone)
    if not first or not last:
        raise BadPeriod("Elija las dos fechas, desde y hasta.")
    period = Period(_day(first), _day(last))
    if period.last < period.first:
        raise BadPeriod("La fecha «hasta» es anterior a «desde»; intercámbielas.")
    if period.last - period.first > LONGEST:
        raise BadPeriod("El período es de más de dos años; elija uno más corto.")
    return period


def presets(now: datetime, zone: ZoneInfo) -> tuple[Preset, ...]:
    """Return the periods people ask for most."""
    today = now.astimezone(zone).date()
    this_month = today.replace(day=1)
    month_before = (this_month - ONE_DAY).replace(day=1)
    return (
        Preset("Últimas 4 semanas completas", last_full_weeks(now, zone)),
        Preset("Este mes", Period(this_month, today)),
        Preset("El mes pasado", Period(month_before, this_month - ONE_DAY)),
        Preset("Últimas 12 semanas completas", last_full_weeks(now, zone, 12)),
        Preset("Últimos 6 meses", Period(today - timedelta(days=180), today)),
    )


def spelled(period: Period) -> str:
    """Write a period as «del 26 oct al 22 nov 2026»."""
    same_year = period.first.year == period.last.year
    first = spell_date(period.first, year=not same_year)
    if period.first == period.last:
        return f"el {spell_date(period.last, year=True)}"
    return f"del {first} al {spell_date(period.last, year=True)}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadPeriod(f"«{text[:20]}» no es una fecha: escriba año-mes-día, como 2026-11-02.") from None
