"""Opening hours, business time and business days, as tables."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.policy.calendar import Calendar, DaysEnd, Window

from .desk import at, calendar, hours, lima

SPLIT = calendar("America/Lima", "lunes-viernes 09:00-13:00 15:00-18:00, sabado 09:00-13:00", "PE")


def local(found: datetime, desk: Calendar) -> str:
    return desk.local(found).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        pytest.param("2026-08-03 09:00", True, id="opening time is open"),
        pytest.param("2026-08-03 08:59", False, id="a minute before"),
        pytest.param("2026-08-03 12:59", True, id="morning"),
        pytest.param("2026-08-03 13:00", False, id="lunch begins"),
        pytest.param("2026-08-03 15:00", True, id="afternoon"),
        pytest.param("2026-08-03 18:00", False, id="closing time is closed"),
        pytest.param("2026-08-01 12:00", True, id="saturday morning"),
        pytest.param("2026-08-01 16:00", False, id="saturday afternoon"),
        pytest.param("2026-08-02 10:00", False, id="sunday"),
        pytest.param("2026-08-06 10:00", False, id="public holiday"),
    ],
)
def test_is_open(moment: str, expected: bool) -> None:
    assert SPLIT.is_open(at(moment)) is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        pytest.param("2026-08-03 10:00", "2026-08-03 10:00", id="open already"),
        pytest.param("2026-08-03 07:00", "2026-08-03 09:00", id="early morning"),
        pytest.param("2026-08-03 14:00", "2026-08-03 15:00", id="lunch"),
        pytest.param("2026-08-03 18:00", "2026-08-04 09:00", id="closing time"),
        pytest.param("2026-08-01 13:00", "2026-08-03 09:00", id="over sunday"),
        pytest.param("2026-08-05 20:00", "2026-08-07 09:00", id="over a holiday"),
        pytest.param("2026-12-31 18:30", "2027-01-02 09:00", id="over new year"),
    ],
)
def test_next_opening(moment: str, expected: str) -> None:
    assert local(SPLIT.next_opening(at(moment)), SPLIT) == expected


@pytest.mark.parametrize(
    ("start", "number", "expected"),
    [
        pytest.param("2026-07-31 10:00", 5, "2026-08-10 10:00", id="worked example, over Batalla de Junín"),
        pytest.param("2026-07-31 20:00", 5, "2026-08-11 09:00", id="friday night starts on monday"),
        pytest.param("2026-08-01 12:00", 1, "2026-08-04 09:00", id="saturday starts on monday"),
        pytest.param("2026-08-06 11:00", 1, "2026-08-10 09:00", id="issued on a holiday"),
        pytest.param("2026-08-03 07:59", 1, "2026-08-04 09:00", id="before opening starts at opening"),
        pytest.param("2026-08-03 18:00", 1, "2026-08-05 09:00", id="at closing starts next day"),
        pytest.param("2026-08-03 17:59", 1, "2026-08-04 17:59", id="last minute of the day"),
        pytest.param("2026-12-28 16:20", 5, "2027-01-05 16:20", id="year end"),
        pytest.param("2026-03-31 12:00", 2, "2026-04-06 12:00", id="holy week"),
        pytest.param("2026-07-27 10:00", 1, "2026-07-30 10:00", id="fiestas patrias"),
        pytest.param("2026-08-03 10:00", 0, "2026-08-03 10:00", id="no days"),
    ],
)
def test_business_days_end_at_the_same_time(start: str, number: int, expected: str) -> None:
    assert local(lima().add_business_days(at(start), number), lima()) == expected


@pytest.mark.parametrize(
    ("start", "number", "expected"),
    [
        pytest.param("2026-07-31 16:00", 1, "2026-08-01 13:00", id="after the short day's close: its close"),
        pytest.param("2026-08-03 14:00", 1, "2026-08-04 15:00", id="lunch starts in the afternoon"),
        pytest.param("2026-08-03 12:59", 1, "2026-08-04 12:59", id="inside the morning"),
        pytest.param("2026-08-01 10:00", 1, "2026-08-03 10:00", id="from saturday"),
    ],
)
def test_business_days_with_uneven_days(start: str, number: int, expected: str) -> None:
    assert local(SPLIT.add_business_days(at(start), number), SPLIT) == expected


@pytest.mark.parametrize("time", ["13:00", "14:00", "15:00"])
def test_same_time_in_a_gap_of_the_last_day_moves_to_its_next_window(time: str) -> None:
    desk = calendar("America/Lima", "lunes 09:00-18:00, martes 09:00-13:00 15:00-18:00")
    assert local(desk.add_business_days(at(f"2026-08-03 {time}"), 1), desk) == "2026-08-04 15:00"


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        pytest.param("2026-07-31 10:00", "2026-08-10 18:00", id="in hours"),
        pytest.param("2026-07-31 20:00", "2026-08-11 18:00", id="out of hours"),
    ],
)
def test_business_days_end_at_close_of_day_on_request(start: str, expected: str) -> None:
    end = lima().add_business_days(at(start), 5, DaysEnd.CLOSE_OF_DAY)
    assert local(end, lima()) == expected


def test_close_of_day_can_be_the_calendar_s_own_way() -> None:
    desk = calendar("America/Lima", "lunes-viernes 09:00-18:00", dias_utiles_terminan="fin_de_dia")
    assert local(desk.add_business_days(at("2026-08-03 10:00"), 1), desk) == "2026-08-04 18:00"


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        pytest.param("2026-08-03 10:00", 2, "2026-08-03 12:00", id="inside a window"),
        pytest.param("2026-08-03 10:00", 3, "2026-08-03 13:00", id="up to closing ends at closing"),
        pytest.param("2026-08-03 10:00", 3.5, "2026-08-03 15:30", id="over lunch"),
        pytest.param("2026-08-01 12:00", 2, "2026-08-03 10:00", id="over sunday"),
        pytest.param("2026-08-05 17:00", 2, "2026-08-07 10:00", id="over a holiday"),
        pytest.param("2026-08-02 10:00", 1, "2026-08-03 10:00", id="from a closed day"),
        pytest.param("2026-12-31 17:00", 2, "2027-01-02 10:00", id="over new year"),
    ],
)
def test_business_time(start: str, length: float, expected: str) -> None:
    end = SPLIT.add_business_time(at(start), hours(length))
    assert local(end, SPLIT) == expected
    assert SPLIT.business_time_between(at(start), end) == hours(length)


def test_no_business_time_ends_where_it_starts() -> None:
    assert SPLIT.add_business_time(at("2026-08-02 10:00"), timedelta()) == at("2026-08-02 10:00")


@pytest.mark.parametrize("end", ["2026-08-03 10:00", "2026-08-04 09:30", "2026-08-04 10:00"])
def test_business_time_backwards_is_zero(end: str) -> None:
    assert SPLIT.business_time_between(at("2026-08-04 10:00"), at(end)) == timedelta()


def test_own_days_and_exceptions() -> None:
    desk = calendar(
        "America/Lima",
        "lunes-viernes 09:00-18:00",
        "PE",
        dias_propios=[
            {"fecha": "2026-12-24", "motivo": "Nochebuena", "horario": ["09:00-13:00"]},
            {"fecha": "2026-12-31", "motivo": "Fin de año", "dia": "no_laborable"},
        ],
        excepciones=[{"fecha": "2026-08-06", "motivo": "Salida a producción"}],
    )
    assert desk.windows_on(date(2026, 12, 24)) == (Window(540, 780),)
    assert desk.closed_because(date(2026, 12, 31)) == "Fin de año"
    assert desk.closed_because(date(2026, 8, 6)) is None
    assert local(desk.add_business_days(at("2026-12-23 16:00"), 1), desk) == "2026-12-24 13:00"


def test_skipped_days_name_their_reasons() -> None:
    desk = calendar("America/Lima", "martes-viernes 09:00-18:00", "PE")
    assert desk.skipped_days(date(2026, 8, 1), date(2026, 8, 7)) == (
        (date(2026, 8, 1), "fin de semana"),
        (date(2026, 8, 2), "fin de semana"),
        (date(2026, 8, 3), "lunes sin atención"),
        (date(2026, 8, 6), "Batalla de Junín"),
    )


def test_a_holiday_on_a_weekend_is_told_as_weekend() -> None:
    assert lima().closed_because(date(2026, 8, 30)) == "fin de semana"


@pytest.mark.parametrize("year", [2026, 2030, 2040])
def test_holidays_are_known_every_year(year: int) -> None:
    assert lima().holiday_name(date(year, 7, 28)) == "Día de la Independencia"


@pytest.mark.parametrize("call", ["is_open", "next_opening", "local"])
def test_naive_times_are_refused(call: str) -> None:
    naive = datetime(2026, 8, 3, 10, 0)  # noqa: DTZ001
    with pytest.raises(ValueError, match="naive"):
        getattr(lima(), call)(naive)


def test_a_calendar_that_never_opens_is_refused() -> None:
    with pytest.raises(ValueError, match="opening hours"):
        Calendar(ZoneInfo("America/Lima"), ((),) * 7)


# Clock changes. Santiago 2026: 5 April 00:00 → 4 April 23:00; 6 September 00:00 → 01:00.
# Madrid 2026: 29 March 02:00 → 03:00; 25 October 03:00 → 02:00.
SANTIAGO = calendar("America/Santiago", "lunes-domingo 00:00-24:00")
MADRID = calendar("Europe/Madrid", "lunes-domingo 00:00-24:00")


def _in(desk: Calendar, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=desk.zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("desk", "start", "length", "end"),
    [
        pytest.param(MADRID, "2026-03-28 12:00", 24, "2026-03-29 13:00", id="madrid loses an hour"),
        pytest.param(MADRID, "2026-10-24 12:00", 24, "2026-10-25 11:00", id="madrid wins an hour"),
        pytest.param(SANTIAGO, "2026-09-05 12:00", 24, "2026-09-06 13:00", id="santiago loses an hour"),
        pytest.param(SANTIAGO, "2026-04-04 12:00", 24, "2026-04-05 11:00", id="santiago wins an hour"),
    ],
)
def test_open_round_the_clock_counts_real_hours(desk: Calendar, start: str, length: int, end: str) -> None:
    assert desk.add_business_time(_in(desk, start), hours(length)) == _in(desk, end)
    assert desk.business_time_between(_in(desk, start), _in(desk, end)) == hours(length)


@pytest.mark.parametrize(
    ("window", "opens", "closes"),
    [
        pytest.param("02:30-06:00", "03:00", "06:00", id="opening that does not exist is the change"),
        pytest.param("00:00-02:30", "00:00", "03:00", id="closing that does not exist is the change"),
    ],
)
def test_windows_at_the_edge_of_a_lost_hour(window: str, opens: str, closes: str) -> None:
    desk = calendar("Europe/Madrid", f"lunes-domingo {window}")
    start = desk.next_opening(_in(desk, "2026-03-28 23:00"))
    assert start == _in(desk, f"2026-03-29 {opens}")
    assert not desk.is_open(_in(desk, f"2026-03-29 {closes}"))
    assert desk.is_open(_in(desk, f"2026-03-29 {closes}") - timedelta(minutes=1))


def test_a_window_inside_the_lost_hour_is_no_window() -> None:
    desk = calendar("Europe/Madrid", "lunes-domingo 02:10-02:50")
    assert desk.next_opening(_in(desk, "2026-03-29 00:00")) == _in(desk, "2026-03-30 02:10")


def test_a_repeated_hour_is_open_both_times() -> None:
    desk = calendar("Europe/Madrid", "lunes-domingo 02:00-03:00")
    assert desk.business_time_between(_in(desk, "2026-10-25 00:00"), _in(desk, "2026-10-25 12:00")) == hours(
        2
    )


def test_a_window_that_ends_in_the_repeated_hour_ends_in_its_second_pass() -> None:
    desk = calendar("Europe/Madrid", "lunes-domingo 00:00-02:30")
    assert desk.business_time_between(_in(desk, "2026-10-25 00:00"), _in(desk, "2026-10-25 12:00")) == hours(
        3.5
    )


def test_business_days_keep_the_wall_clock_over_a_change() -> None:
    desk = calendar("Europe/Madrid", "lunes-viernes 09:00-18:00")
    assert desk.add_business_days(_in(desk, "2026-03-27 10:00"), 1) == _in(desk, "2026-03-30 10:00")


def test_business_days_that_would_end_in_the_lost_hour_end_at_the_change() -> None:
    assert MADRID.add_business_days(_in(MADRID, "2026-03-28 02:30"), 1) == _in(MADRID, "2026-03-29 03:00")
