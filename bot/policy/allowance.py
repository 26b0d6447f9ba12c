"""How much time does a promise allow, and how is that written in a rule file?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from bot.policy.calendar import ONE_DAY, Calendar, in_utc

LONGEST = timedelta(days=731)


class Unit(Enum):
    """Name a unit of time: running on the clock, or counted only while the desk is open."""

    MINUTES = "min"
    HOURS = "h"
    DAYS = "d"
    BUSINESS_HOURS = "h útiles"
    BUSINESS_DAYS = "d útiles"

    @property
    def is_business(self) -> bool:
        return self in (Unit.BUSINESS_HOURS, Unit.BUSINESS_DAYS)

    @property
    def length(self) -> timedelta:
        """Return the clock time of one unit; for business days the day it spans at least."""
        if self is Unit.MINUTES:
            return timedelta(minutes=1)
        return ONE_DAY if self in (Unit.DAYS, Unit.BUSINESS_DAYS) else timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Allowance:
    """Hold an amount of time such as «24 h», «7 días» or «5 días útiles»."""

    amount: int
    unit: Unit

    @property
    def is_business(self) -> bool:
        return self.unit.is_business

    @property
    def length(self) -> timedelta:
        """Return the clock time, for comparison between allowances of one kind."""
        return self.amount * self.unit.length

    def __str__(self) -> str:
        one = self.amount == 1
        match self.unit:
            case Unit.MINUTES:
                return f"{self.amount} min"
            case Unit.HOURS:
                return f"{self.amount} h corridas"
            case Unit.DAYS:
                return f"{self.amount} {'día corrido' if one else 'días corridos'}"
            case Unit.BUSINESS_HOURS:
                return f"{self.amount} {'h útil' if one else 'h útiles'}"
            case Unit.BUSINESS_DAYS:
                return f"{self.amount} {'día útil' if one else 'días útiles'}"

    def end(self, start: datetime, calendar: Calendar) -> datetime:
        """Return the moment (UTC) at which the allowance that starts at `start` is used up."""
        match self.unit:
            case Unit.BUSINESS_DAYS:
                return calendar.add_business_days(start, self.amount)
            case Unit.BUSINESS_HOURS:
                return calendar.add_business_time(start, self.length)
            case _:
                return in_utc(start) + self.length

    def shift(self, end: datetime, length: timedelta, calendar: Calendar) -> datetime:
        """Move an end by a length counted as this allowance counts: business time or clock time."""
        return calendar.add_business_time(end, length) if self.is_business else in_utc(end) + length

    def between(self, start: datetime, end: datetime, calendar: Calendar) -> timedelta:
        """Measure from start to end as this allowance counts; zero when end is not after start."""
        if self.is_business:
            return calendar.business_time_between(start, end)
        return max(in_utc(end) - in_utc(start), timedelta())


@dataclass(frozen=True, slots=True)
class Share:
    """Hold a whole percentage of an allowance, 1 to 100."""

    percent: int

    def __str__(self) -> str:
        return f"{self.percent} %"

    def of(self, length: timedelta) -> timedelta:
        """Return the share of a length, to the second below: Freshdesk keeps no fractions."""
        return timedelta(seconds=int((length * self.percent / 100).total_seconds()))


_UNITS = {
    Unit.MINUTES: "min|mins|minuto|minutos",
    Unit.BUSINESS_HOURS: "(?:h|hora|horas) (?:util|utiles|habil|habiles)",
    Unit.BUSINESS_DAYS: "(?:d|dia|dias) (?:util|utiles|habil|habiles)",
    Unit.HOURS: "(?:h|hora|horas)(?: corridas?)?",
    Unit.DAYS: "(?:d|dia|dias)(?: (?:corridos?|calendario))?",
}
_NUMBER = re.compile(r"([0-9]{1,6}) ?([a-z][a-z ]*)")
_SHARE = re.compile(r"([0-9]{1,3}) ?%")
_PLAIN = str.maketrans("áéíóú", "aeiou")
EXAMPLES = "«24 h», «7 dias», «8 horas utiles» o «5 dias utiles»"


def parse_allowance(value: object) -> Allowance:
    """Read «24 h» or «5 dias utiles», accents and case at will; ValueError in Spanish otherwise."""
    if isinstance(value, Allowance):
        return value
    found = _NUMBER.fullmatch(_plain(value))
    unit = next((u for u, words in _UNITS.items() if found and re.fullmatch(words, found[2])), None)
    if found is None or unit is None:
        raise ValueError(f"no entiendo el plazo «{value}»: escribe, por ejemplo, {EXAMPLES}")
    allowance = Allowance(int(found[1]), unit)
    if not timedelta() < allowance.length <= LONGEST:
        raise ValueError(f"el plazo «{value}» debe ser mayor que cero y no pasar de dos años")
    return allowance


def parse_objective(value: object) -> Allowance | Share:
    """Read an allowance or a share of the limit such as «75 %»; ValueError in Spanish otherwise."""
    if isinstance(value, Share):
        return value
    found = _SHARE.fullmatch(_plain(value))
    if found is None:
        return parse_allowance(value)
    if not 1 <= int(found[1]) <= 100:
        raise ValueError(f"el porcentaje «{value}» debe estar entre 1 % y 100 %")
    return Share(int(found[1]))


def _plain(value: object) -> str:
    return " ".join(str(value).lower().translate(_PLAIN).split())


AllowanceField = Annotated[
    Allowance,
    PlainValidator(parse_allowance),
    WithJsonSchema({"type": "string", "examples": ["24 h", "7 dias", "5 dias utiles"]}),
]
ObjectiveField = Annotated[
    Allowance | Share,
    PlainValidator(parse_objective),
    WithJsonSchema({"type": "string", "examples": ["75 %", "24 h"]}),
]
