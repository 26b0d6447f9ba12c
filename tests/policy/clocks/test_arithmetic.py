"""The sums behind the due dates, as people read them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.policy.allowance import Share, parse_allowance
from bot.policy.arithmetic import Skipped, explain, group_days
from bot.policy.spelling import spell_days, spell_duration, spell_hours, spell_moment
from bot.policy.statuses import PauseCause

from .desk import at, calendar, hours, lima

FIVE_DAYS = parse_allowance("5 dias utiles")


def test_the_worked_example() -> None:
    sums = explain(lima(), at("2026-07-31 10:00"), at("2026-08-10 10:00"), FIVE_DAYS)
    assert sums.text() == (
        "10:00 del vie 31 jul + 5 días útiles; "
        "se saltó 1–2 ago (fin de semana), 6 ago (Batalla de Junín), 8–9 ago (fin de semana) "
        "→ lun 10 ago, 10:00"
    )
    assert sums.skipped == (
        Skipped(date(2026, 8, 1), date(2026, 8, 2), "fin de semana"),
        Skipped(date(2026, 8, 6), date(2026, 8, 6), "Batalla de Junín"),
        Skipped(date(2026, 8, 8), date(2026, 8, 9), "fin de semana"),
    )
    assert [day.day for day, _ in sums.skipped_days] == [1, 2, 6, 8, 9]


@pytest.mark.parametrize(
    ("start", "end", "allowance", "text"),
    [
        pytest.param(
            "2026-07-31 10:00",
            "2026-08-01 10:00",
            "24 h",
            "10:00 del vie 31 jul + 24 h corridas → sáb 1 ago, 10:00",
            id="hours on the clock skip nothing",
        ),
        pytest.param(
            "2026-07-31 20:00",
            "2026-08-04 09:00",
            "1 dia util",
            "20:00 del vie 31 jul (fuera de horario; cuenta desde el lun 3 ago, 09:00) + 1 día útil; "
            "se saltó 1–2 ago (fin de semana) → mar 4 ago, 09:00",
            id="out of hours",
        ),
        pytest.param(
            "2026-12-31 10:00",
            "2027-01-04 10:00",
            "1 dia util",
            "10:00 del jue 31 dic 2026 + 1 día útil; "
            "se saltó 1 ene (Año Nuevo), 2–3 ene (fin de semana) → lun 4 ene 2027, 10:00",
            id="years where they differ",
        ),
        pytest.param(
            "2026-10-30 10:00",
            "2026-11-02 10:00",
            "1 dia util",
            "10:00 del vie 30 oct + 1 día útil; se saltó 31 oct–1 nov (fin de semana) → lun 2 nov, 10:00",
            id="days over a month's end",
        ),
        pytest.param(
            "2026-09-14 10:00",
            "2026-09-15 10:00",
            "1 dia util",
            "10:00 del lun 14 set + 1 día útil → mar 15 set, 10:00",
            id="september as written in Peru",
        ),
    ],
)
def test_texts(start: str, end: str, allowance: str, text: str) -> None:
    assert explain(lima(), at(start), at(end), parse_allowance(allowance)).text() == text


def test_a_share_is_named() -> None:
    sums = explain(lima(), at("2026-08-03 10:00"), at("2026-08-04 04:00"), parse_allowance("24 h"), Share(75))
    assert sums.text() == "10:00 del lun 3 ago + 75 % de 24 h corridas → mar 4 ago, 04:00"


@pytest.mark.parametrize(
    ("allowance", "text"),
    [
        pytest.param("7 dias", "en pausa 2 d 3 h (cliente), 30 min (facturación)", id="clock time"),
        pytest.param(
            "5 dias utiles",
            "en pausa 51 h de atención (cliente), 30 min de atención (facturación)",
            id="business time in hours",
        ),
    ],
)
def test_pauses_are_named(allowance: str, text: str) -> None:
    paused = ((PauseCause.CUSTOMER, hours(51)), (PauseCause.BILLING, timedelta(minutes=30)))
    start, end = at("2026-08-03 10:00"), at("2026-08-04 10:00")
    assert text in explain(lima(), start, end, parse_allowance(allowance), paused=paused).text()


def test_an_end_at_midnight_does_not_skip_the_day_it_touches() -> None:
    desk = calendar("America/Lima", "lunes-viernes 00:00-24:00", dias_utiles_terminan="fin_de_dia")
    end = desk.add_business_days(at("2026-08-06 10:00"), 1)
    assert end == at("2026-08-08 00:00")
    assert explain(desk, at("2026-08-06 10:00"), end, parse_allowance("1 dia util")).skipped == ()


def test_days_join_only_with_neighbours_of_the_same_reason() -> None:
    first = date(2026, 8, 1)
    listed = tuple((first + timedelta(n), why) for n, why in [(0, "a"), (1, "a"), (2, "b"), (4, "b")])
    assert [(run.first.day, run.last.day, run.why) for run in group_days(listed)] == [
        (1, 2, "a"),
        (3, 3, "b"),
        (5, 5, "b"),
    ]


@pytest.mark.parametrize(
    ("length", "clock", "business"),
    [
        pytest.param(timedelta(), "menos de 1 min", "menos de 1 min", id="nothing"),
        pytest.param(timedelta(seconds=59), "menos de 1 min", "menos de 1 min", id="seconds"),
        pytest.param(timedelta(minutes=90), "1 h 30 min", "1 h 30 min", id="an hour and a half"),
        pytest.param(timedelta(days=2), "2 d", "48 h", id="two days"),
        pytest.param(timedelta(days=1, minutes=5), "1 d 5 min", "24 h 5 min", id="no hours"),
    ],
)
def test_durations(length: timedelta, clock: str, business: str) -> None:
    assert (spell_duration(length), spell_hours(length)) == (clock, business)


def test_days_and_moments() -> None:
    assert spell_days(date(2026, 12, 31), date(2027, 1, 1), year=True) == "31 dic 2026–1 ene 2027"
    assert spell_moment(lima().local(at("2026-08-05 09:05"))) == "mié 5 ago, 09:05"
