"""What do ops write about working hours and holidays, and which calendars come of it?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from holidays.registry import EntityLoader
from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema, model_validator

from bot.policy.calendar import Calendar, DaysEnd, OwnDay, Window, public_holidays
from bot.policy.section import Section

DEFAULT_CALENDAR = "predeterminado"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WINDOW = re.compile(r"([0-9]{2}):([0-9]{2}) ?[-–] ?([0-9]{2}):([0-9]{2})")


def parse_date(value: object) -> date:
    """Read «2026-12-24»; ValueError in Spanish for anything else, a datetime included."""
    if type(value) is date:
        return value
    try:
        if not isinstance(value, str) or not _DATE.fullmatch(value):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"«{value}» no es una fecha: escribe año-mes-día, como «2026-12-24»") from None


def parse_window(value: object) -> Window:
    """Read «09:00-13:00»; 24:00 may end a day. ValueError in Spanish otherwise."""
    if isinstance(value, Window):
        return value
    found = _WINDOW.fullmatch(str(value).strip())
    if found is None:
        raise ValueError(f"«{value}» no es un horario: escribe, por ejemplo, «09:00-13:00»")
    hour, minute, last_hour, last_minute = (int(part) for part in found.groups())
    window = Window(hour * 60 + minute, last_hour * 60 + last_minute)
    if max(minute, last_minute) > 59 or hour > 23 or window.closes > 24 * 60:
        raise ValueError(f"«{value}» tiene una hora que no existe; el día va de 00:00 a 24:00")
    if window.opens >= window.closes:
        raise ValueError(f"«{value}» termina antes de empezar; si pasa la medianoche, pártelo en dos días")
    return window


def _in_order(windows: tuple[Window, ...]) -> tuple[Window, ...]:
    if any(later.opens < earlier.closes for earlier, later in pairwise(windows)):
        raise ValueError("los horarios de un mismo día van en orden y no se cruzan")
    return windows


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        close = get_close_matches(name, sorted(available_timezones()), n=1)
        hint = f"¿quisiste decir «{close[0]}»?" if close else "por ejemplo «America/Lima»"
        raise ValueError(f"no existe la zona horaria «{name}»: {hint}") from None
    return name


DateField = Annotated[
    date, PlainValidator(parse_date), WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"})
]
WindowField = Annotated[
    Window,
    PlainValidator(parse_window),
    WithJsonSchema({"type": "string", "pattern": r"^\d{2}:\d{2} ?[-–] ?\d{2}:\d{2}$"}),
]
Hours = Annotated[tuple[WindowField, ...], AfterValidator(_in_order)]
Zone = Annotated[str, AfterValidator(_known_zone)]
Reason = Annotated[str, Field(min_length=1, max_length=80)]


class WeekHours(Section):
    """Hold the usual hours of every weekday; a weekday left out is closed."""

    lunes: Hours = Field(default=(), description="Horarios del lunes: [«09:00-13:00», «15:00-18:00»].")
    martes: Hours = Field(default=(), description="Horarios del martes.")
    miercoles: Hours = Field(default=(), description="Horarios del miércoles.")
    jueves: Hours = Field(default=(), description="Horarios del jueves.")
    viernes: Hours = Field(default=(), description="Horarios del viernes.")
    sabado: Hours = Field(default=(), description="Horarios del sábado; vacío si no se atiende.")
    domingo: Hours = Field(default=(), description="Horarios del domingo; vacío si no se atiende.")

    @property
    def days(self) -> tuple[tuple[Window, ...], ...]:
        """Return the seven days, Monday first."""
        return (
            self.lunes,
            self.martes,
            self.miercoles,
            self.jueves,
            self.viernes,
            self.sabado,
            self.domingo,
        )

    @model_validator(mode="after")
    def _opens_at_all(self) -> Self:
        if not any(self.days):
            raise ValueError("la semana no tiene ningún horario de atención; agrega al menos uno")
        return self


class HolidayRules(Section):
    """Hold where the public holidays come from."""

    pais: str = Field(description="País de los feriados, código de dos letras: «PE».")
    region: str | None = Field(default=None, description="Región dentro del país, si tiene feriados propios.")

    @model_validator(mode="after")
    def _known_place(self) -> Self:
        # To compute them the library reads the modules of all countries: 8 MB that not every process needs.
        if self.region is None and self.pais in EntityLoader.get_country_codes():
            return self
        try:
            public_holidays(self.pais, self.region, 2026)
        except NotImplementedError:
            place = self.pais if self.region is None else f"{self.pais}, región {self.region}"
            raise ValueError(f"no hay feriados para «{place}»; usa el código del país, como «PE»") from None
        return self


class OwnDayRule(Section):
    """Hold one date of the desk's own: closed, or open at other hours."""

    fecha: DateField = Field(description="Fecha, año-mes-día: «2026-12-24».")
    motivo: Reason = Field(description="Por qué; aparece en las notas cuando se salta el día.")
    dia: Literal["no_laborable"] | None = Field(default=None, description="«no_laborable» si no se atiende.")
    horario: Hours = Field(default=(), description="Horario especial del día, en lugar de «dia».")

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.dia is None) == (not self.horario):
            raise ValueError("escribe «dia: no_laborable» o un «horario», uno de los dos")
        return self


class WorkedHoliday(Section):
    """Hold one public holiday on which the desk works its usual hours."""

    fecha: DateField = Field(description="Fecha del feriado que sí se trabaja.")
    motivo: Reason = Field(description="Por qué se trabaja.")


class CalendarRules(Section):
    """Hold one calendar as ops write it."""

    zona: Zone = Field(description="Zona horaria IANA: «America/Lima».")
    semana: WeekHours = Field(description="Horario de atención de cada día.")
    dias_utiles_terminan: DaysEnd = Field(
        description="Cómo termina un plazo en días útiles: «misma_hora» o «fin_de_dia»."
    )
    feriados: HolidayRules | None = Field(default=None, description="Feriados oficiales que no se trabajan.")
    dias_propios: tuple[OwnDayRule, ...] = Field(
        default=(), description="Días que la empresa no trabaja, o con horario especial."
    )
    excepciones: tuple[WorkedHoliday, ...] = Field(default=(), description="Feriados que sí se trabajan.")

    @model_validator(mode="after")
    def _dates_make_sense(self) -> Self:
        dates = Counter(
            [rule.fecha for rule in self.dias_propios] + [rule.fecha for rule in self.excepciones]
        )
        repeated = [day for day, times in dates.items() if times > 1]
        if repeated:
            raise ValueError(f"la fecha {repeated[0]} está más de una vez en los días propios y excepciones")
        for rule in self.excepciones:
            if self.built.holiday_name(rule.fecha) is None:
                raise ValueError(f"la excepción del {rule.fecha} no cae en un feriado: no cambia nada")
        return self

    @cached_property
    def built(self) -> Calendar:
        """Return the calendar that computes with these rules."""
        return Calendar(
            zone=ZoneInfo(self.zona),
            week=self.semana.days,
            country=self.feriados.pais if self.feriados else None,
            region=self.feriados.region if self.feriados else None,
            own_days={rule.fecha: OwnDay(rule.motivo, rule.horario) for rule in self.dias_propios},
            worked_holidays=frozenset(rule.fecha for rule in self.excepciones),
            days_end=self.dias_utiles_terminan,
        )


class CalendarSection(CalendarRules):
    """Hold the default calendar and, under `otros`, more of them by name."""

    otros: Mapping[str, CalendarRules] = Field(
        default_factory=dict, description="Otros calendarios con nombre, para portales en otra zona."
    )

    def calendar(self, name: str = DEFAULT_CALENDAR) -> Calendar:
        """Return a calendar by name; KeyError when there is none of that name."""
        return self.built if name == DEFAULT_CALENDAR else self.otros[name].built

    @property
    def names(self) -> frozenset[str]:
        """Return the names that portals may refer to."""
        return frozenset({DEFAULT_CALENDAR, *self.otros})
