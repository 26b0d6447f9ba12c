"""How amounts of time are written in rule files and counted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.policy.allowance import Allowance, Share, Unit, parse_allowance, parse_objective

from .desk import at, hours, lima


@pytest.mark.parametrize(
    ("text", "amount", "unit", "spelt"),
    [
        pytest.param("24 h", 24, Unit.HOURS, "24 h corridas", id="hours"),
        pytest.param("24h", 24, Unit.HOURS, "24 h corridas", id="no blank"),
        pytest.param("48 horas", 48, Unit.HOURS, "48 h corridas", id="hours in full"),
        pytest.param("90 min", 90, Unit.MINUTES, "90 min", id="minutes"),
        pytest.param("7 días", 7, Unit.DAYS, "7 días corridos", id="days with accent"),
        pytest.param("7 DIAS", 7, Unit.DAYS, "7 días corridos", id="capitals"),
        pytest.param("1 dia", 1, Unit.DAYS, "1 día corrido", id="one day"),
        pytest.param("7 dias corridos", 7, Unit.DAYS, "7 días corridos", id="days said to run"),
        pytest.param("5 dias utiles", 5, Unit.BUSINESS_DAYS, "5 días útiles", id="business days"),
        pytest.param("5 días hábiles", 5, Unit.BUSINESS_DAYS, "5 días útiles", id="the other word"),
        pytest.param("1 día útil", 1, Unit.BUSINESS_DAYS, "1 día útil", id="one business day"),
        pytest.param("  8  horas   útiles ", 8, Unit.BUSINESS_HOURS, "8 h útiles", id="blanks"),
    ],
)
def test_reading_and_writing(text: str, amount: int, unit: Unit, spelt: str) -> None:
    allowance = parse_allowance(text)
    assert allowance == Allowance(amount, unit)
    assert str(allowance) == spelt
    assert parse_allowance(spelt) == allowance


@pytest.mark.parametrize(
    ("value", "message"),
    [
        pytest.param("pronto", "no entiendo el plazo «pronto»", id="a word"),
        pytest.param("24", "no entiendo", id="no unit"),
        pytest.param(24, "no entiendo", id="a number"),
        pytest.param("2 semanas", "no entiendo", id="unknown unit"),
        pytest.param("1.5 h", "no entiendo", id="a fraction"),
        pytest.param("-3 h", "no entiendo", id="negative"),
        pytest.param("٣ h", "no entiendo", id="other digits"),
        pytest.param("0 h", "mayor que cero", id="nothing"),
        pytest.param("9999 dias utiles", "dos años", id="for ever"),
        pytest.param("75 %", "no entiendo", id="a share is no allowance"),
    ],
)
def test_mistakes_are_told_in_spanish(value: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_allowance(value)


@pytest.mark.parametrize(("text", "percent"), [("75 %", 75), ("75%", 75), ("1 %", 1), ("100 %", 100)])
def test_shares(text: str, percent: int) -> None:
    assert parse_objective(text) == Share(percent)


@pytest.mark.parametrize("text", ["0 %", "101 %", "999 %"])
def test_shares_out_of_range(text: str) -> None:
    with pytest.raises(ValueError, match="entre 1 % y 100 %"):
        parse_objective(text)


def test_an_objective_may_be_an_allowance() -> None:
    assert parse_objective("24 h") == Allowance(24, Unit.HOURS)


def test_a_share_keeps_whole_seconds() -> None:
    assert Share(33).of(timedelta(seconds=10)) == timedelta(seconds=3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("90 min", "2026-08-05 18:30", id="minutes run on"),
        pytest.param("24 h", "2026-08-06 17:00", id="hours run on over a holiday"),
        pytest.param("7 dias", "2026-08-12 17:00", id="days run on"),
        pytest.param("2 horas utiles", "2026-08-07 10:00", id="business hours skip it"),
        pytest.param("1 dia util", "2026-08-07 17:00", id="business days skip it"),
    ],
)
def test_where_an_allowance_ends(text: str, expected: str) -> None:
    assert parse_allowance(text).end(at("2026-08-05 17:00"), lima()) == at(expected)


def test_a_shift_counts_as_the_allowance_does() -> None:
    end = at("2026-08-05 17:00")
    assert parse_allowance("24 h").shift(end, hours(2), lima()) == at("2026-08-05 19:00")
    assert parse_allowance("5 dias utiles").shift(end, hours(2), lima()) == at("2026-08-07 10:00")
