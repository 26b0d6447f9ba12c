"""What ops may write about hours and holidays, and what they are told when it is wrong."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from bot.policy.calendar import OwnDay, Window
from bot.policy.calendar_section import CalendarSection, parse_date, parse_window

from .desk import read_yaml, shipped

MINIMAL: dict[str, Any] = {
    "zona": "America/Lima",
    "dias_utiles_terminan": "misma_hora",
    "semana": {"lunes": ["09:00-18:00"]},
}


def section(**changes: Any) -> CalendarSection:
    return CalendarSection.model_validate(MINIMAL | changes)


def test_the_shipped_calendar_is_sound() -> None:
    calendar = CalendarSection.model_validate(shipped("calendario", "calendario.yaml")).calendar()
    assert calendar.zone.key == "America/Lima"
    assert calendar.country == "PE"


def test_every_field_is_told_in_spanish() -> None:
    schema = CalendarSection.model_json_schema()
    for model in (schema, *schema["$defs"].values()):
        for name, field in model.get("properties", {}).items():
            assert field.get("description"), name


@pytest.mark.parametrize(
    ("text", "window"),
    [
        pytest.param("09:00-13:00", Window(540, 780), id="plain"),
        pytest.param("09:00 – 13:00", Window(540, 780), id="dash and blanks"),
        pytest.param("00:00-24:00", Window(0, 1440), id="the whole day"),
        pytest.param("22:30-24:00", Window(1350, 1440), id="until midnight"),
    ],
)
def test_windows(text: str, window: Window) -> None:
    assert parse_window(text) == window


@pytest.mark.parametrize(
    ("value", "message"),
    [
        pytest.param("9-18", "no es un horario", id="hours only"),
        pytest.param(540, "no es un horario", id="number"),
        pytest.param("09:60-18:00", "no existe", id="minute 60"),
        pytest.param("09:00-24:30", "no existe", id="after 24:00"),
        pytest.param("24:00-24:00", "no existe", id="24:00 only ends a day"),
        pytest.param("18:00-09:00", "medianoche", id="backwards"),
        pytest.param("09:00-09:00", "medianoche", id="empty"),
    ],
)
def test_wrong_windows(value: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_window(value)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("2026-12-24T00:00:00", id="a moment"),
        pytest.param("24/12/2026", id="day first"),
        pytest.param("2026-02-30", id="no such day"),
        pytest.param("20261224", id="no dashes"),
        pytest.param(20261224, id="a number"),
        pytest.param(datetime(2026, 12, 24), id="a datetime"),  # noqa: DTZ001
    ],
)
def test_dates_stay_dates(value: object) -> None:
    with pytest.raises(ValueError, match="no es una fecha"):
        parse_date(value)


def test_a_date_is_read_from_text() -> None:
    assert parse_date("2026-12-24") == date(2026, 12, 24)


OWN = {"fecha": "2026-12-24", "motivo": "Nochebuena"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"zona": "America/Limaa"}, "¿quisiste decir «America/Lima»\\?", id="zone misspelt"),
        pytest.param({"zona": "America"}, "no existe la zona", id="half a zone"),
        pytest.param({"zona": "../secret"}, "no existe la zona", id="no path as zone"),
        pytest.param({"semana": {}}, "ningún horario", id="never open"),
        pytest.param({"semana": {"lunes": []}}, "ningún horario", id="no window at all"),
        pytest.param(
            {"semana": {"lunes": ["09:00-13:00", "12:00-18:00"]}}, "no se cruzan", id="windows overlap"
        ),
        pytest.param(
            {"semana": {"lunes": ["15:00-18:00", "09:00-13:00"]}}, "van en orden", id="windows out of order"
        ),
        pytest.param({"feriados": {"pais": "XX"}}, "no hay feriados para «XX»", id="unknown country"),
        pytest.param(
            {"feriados": {"pais": "ES", "region": "ZZ"}}, "región ZZ", id="unknown region of a country"
        ),
        pytest.param({"dias_propios": [OWN]}, "uno de los dos", id="own day says nothing"),
        pytest.param(
            {"dias_propios": [OWN | {"dia": "no_laborable", "horario": ["09:00-13:00"]}]},
            "uno de los dos",
            id="own day says both",
        ),
        pytest.param(
            {"dias_propios": [OWN | {"dia": "no_laborable"}, OWN | {"dia": "no_laborable"}]},
            "más de una vez",
            id="own day twice",
        ),
        pytest.param(
            {"feriados": {"pais": "PE"}, "excepciones": [{"fecha": "2026-08-07", "motivo": "x"}]},
            "no cae en un feriado",
            id="exception on a plain day",
        ),
        pytest.param({"horas": "x"}, "Extra inputs", id="unknown key"),
        pytest.param({"dias_utiles_terminan": "nunca"}, "misma_hora", id="unknown end of day"),
    ],
)
def test_mistakes_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        section(**changes)


def test_named_calendars_stand_beside_the_default() -> None:
    both = section(otros={"madrid": MINIMAL | {"zona": "Europe/Madrid"}})
    assert both.calendar().zone.key == "America/Lima"
    assert both.calendar("madrid").zone.key == "Europe/Madrid"
    assert both.names == {"predeterminado", "madrid"}
    with pytest.raises(KeyError):
        both.calendar("paris")


def test_times_and_dates_survive_yaml() -> None:
    raw = read_yaml(
        """
        zona: America/Lima
        dias_utiles_terminan: misma_hora
        semana: {lunes: [08:30-18:00]}
        dias_propios: [{fecha: 2026-12-24, motivo: no, dia: no_laborable}]
        """
    )
    calendar = CalendarSection.model_validate(raw).calendar()
    assert calendar.week[0] == (Window(510, 1080),)
    assert calendar.own_days == {date(2026, 12, 24): OwnDay("no")}


@pytest.mark.parametrize("field", ["zona", "semana"])
def test_rules_are_immutable(field: str) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        setattr(section(), field, None)
