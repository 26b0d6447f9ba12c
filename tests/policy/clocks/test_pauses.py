"""Which stretches stop a clock, and what they do to its end."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.domain.record import StatusSeen
from bot.policy.allowance import parse_allowance
from bot.policy.pauses import Pause, StatusInterval, before, closing, intervals, pauses_of, shifted
from bot.policy.statuses import PauseCause

from .desk import (
    CLOSED,
    FOREVER,
    ON_CUSTOMER,
    ON_VENDOR,
    OPEN,
    PENDING,
    RESOLVED,
    at,
    days,
    history,
    hours,
    lima,
    portal,
    suspended,
)

T0 = at("2026-08-03 09:00")
NOW = T0 + days(30)


def told(pauses: tuple[Pause, ...]) -> list[tuple[str, float, float | None]]:
    """Write pauses as (cause, hours from T0, hours from T0)."""

    def since(moment: datetime) -> float:
        return (moment - T0) / hours(1)

    return [(p.cause.value, since(p.start), None if p.end is None else since(p.end)) for p in pauses]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param([(OPEN, FOREVER)], [], id="open never stops"),
        pytest.param(
            [(OPEN, hours(1)), (PENDING, hours(2)), (OPEN, FOREVER)], [("cliente", 1, 3)], id="one wait"
        ),
        pytest.param(
            [(OPEN, hours(1)), (ON_VENDOR, FOREVER)], [("tercero", 1, None)], id="a wait that lasts"
        ),
        pytest.param(
            [(PENDING, hours(1)), (ON_CUSTOMER, hours(1)), (OPEN, FOREVER)],
            [("cliente", 0, 2)],
            id="same cause, two statuses, one wait",
        ),
        pytest.param(
            [(ON_CUSTOMER, hours(1)), (ON_VENDOR, hours(1)), (OPEN, FOREVER)],
            [("cliente", 0, 1), ("tercero", 1, 2)],
            id="one wait after another",
        ),
        pytest.param(
            [(OPEN, hours(1)), (RESOLVED, hours(5)), (OPEN, FOREVER)],
            [("resuelto", 1, 6)],
            id="resolved and reopened",
        ),
    ],
)
def test_statuses_that_stop(
    steps: list[tuple[int, timedelta]], expected: list[tuple[str, float, float | None]]
) -> None:
    assert told(pauses_of(portal(), history(T0, *steps), (), NOW)) == expected


@pytest.mark.parametrize(
    ("suspension", "expected"),
    [
        pytest.param(
            (2, 4), [("cliente", 1, 2), ("facturacion", 2, 4), ("cliente", 4, 6)], id="inside a wait"
        ),
        pytest.param((0, 3), [("facturacion", 0, 3), ("cliente", 3, 6)], id="over its beginning"),
        pytest.param((0, 8), [("facturacion", 0, 8)], id="over all of it"),
        pytest.param((5, None), [("cliente", 1, 5), ("facturacion", 5, None)], id="lasting"),
    ],
)
def test_a_suspension_outweighs_the_status(
    suspension: tuple[int, int | None], expected: list[tuple[str, float, float | None]]
) -> None:
    start, end = suspension
    marked = suspended(T0 + hours(start), None if end is None else T0 + hours(end))
    waited = history(T0, (OPEN, hours(1)), (ON_CUSTOMER, hours(5)), (OPEN, FOREVER))
    assert told(pauses_of(portal(), waited, [marked], NOW)) == expected


def test_a_closed_ticket_waits_for_nobody_even_while_suspended() -> None:
    shut = history(T0, (OPEN, hours(2)), (CLOSED, FOREVER))
    assert told(pauses_of(portal(), shut, [suspended(T0)], NOW)) == [
        ("facturacion", 0, 2),
        ("resuelto", 2, None),
    ]


@pytest.mark.parametrize("exact", [(True, True), (True, False), (False, True)])
def test_joined_waits_are_exact_when_all_are(exact: tuple[bool, bool]) -> None:
    waits = (
        StatusInterval(PENDING, T0, T0 + hours(1), exact[0]),
        StatusInterval(ON_CUSTOMER, T0 + hours(1), None, exact[1]),
    )
    (pause,) = pauses_of(portal(), waits, (), NOW)
    assert pause.exact is all(exact)


def test_what_lies_ahead_is_not_known_yet() -> None:
    waited = history(T0, (OPEN, hours(1)), (PENDING, hours(4)), (OPEN, hours(1)), (PENDING, FOREVER))
    assert told(pauses_of(portal(), waited, (), T0 + hours(2))) == [("cliente", 1, None)]


def test_a_pause_shows_from_its_first_instant() -> None:
    waited = history(T0, (OPEN, hours(1)), (PENDING, FOREVER))
    assert told(pauses_of(portal(), waited, (), T0 + hours(1))) == [("cliente", 1, None)]


def test_pauses_are_cut_at_a_moment() -> None:
    pauses = (
        Pause(PauseCause.CUSTOMER, T0, T0 + hours(2)),
        Pause(PauseCause.CUSTOMER, T0 + hours(4)),
        Pause(PauseCause.CUSTOMER, T0 + hours(6)),
    )
    assert told(before(pauses, T0 + hours(6))) == [("cliente", 0, 2), ("cliente", 4, 6)]


@pytest.mark.parametrize(
    ("steps", "closed_after"),
    [
        pytest.param([(OPEN, FOREVER)], None, id="open"),
        pytest.param([(OPEN, hours(1)), (RESOLVED, FOREVER)], 1, id="resolved"),
        pytest.param(
            [(OPEN, hours(1)), (RESOLVED, hours(48)), (CLOSED, FOREVER)], 1, id="resolved, later closed"
        ),
        pytest.param([(OPEN, hours(1)), (RESOLVED, hours(2)), (OPEN, FOREVER)], None, id="reopened"),
        pytest.param(
            [(OPEN, hours(1)), (RESOLVED, hours(2)), (OPEN, hours(3)), (CLOSED, FOREVER)],
            6,
            id="closed again",
        ),
    ],
)
def test_when_a_ticket_was_closed_for_good(
    steps: list[tuple[int, timedelta]], closed_after: int | None
) -> None:
    found = closing(portal(), history(T0, *steps), NOW)
    assert (None if found is None else (found.start - T0) / hours(1)) == closed_after


def test_statuses_seen_become_intervals() -> None:
    seen = (
        StatusSeen(OPEN, T0, exact=True),
        StatusSeen(PENDING, T0 + hours(1), exact=False),
        StatusSeen(OPEN, T0 + hours(2), exact=True),
    )
    assert intervals(seen) == (
        StatusInterval(OPEN, T0, T0 + hours(1), exact=False),
        StatusInterval(PENDING, T0 + hours(1), T0 + hours(2), exact=False),
        StatusInterval(OPEN, T0 + hours(2), None, exact=True),
    )
    assert intervals(()) == ()


@pytest.mark.parametrize(
    ("allowance", "pauses", "end", "counted"),
    [
        pytest.param("24 h", [(2, 5)], 27, 1, id="moves by the pause"),
        pytest.param("24 h", [(-3, 2)], 26, 1, id="only from the start on"),
        pytest.param("24 h", [(-3, -1)], 24, 0, id="over before the start"),
        pytest.param("24 h", [(24, 30)], 24, 0, id="begins when time is up"),
        pytest.param("24 h", [(23, 25), (25, 26)], 27, 2, id="second pause inside the time the first won"),
        pytest.param("24 h", [(0, 10), (33, 34)], 35, 2, id="later pause counts thanks to the first"),
        pytest.param("8 horas utiles", [(1, 3)], 25, 1, id="business pause in hours"),
        pytest.param("8 horas utiles", [(-8, 0)], 8, 0, id="night before"),
    ],
)
def test_the_end_moves_by_what_was_paused(
    allowance: str, pauses: list[tuple[int, int]], end: int, counted: int
) -> None:
    allowed = parse_allowance(allowance)
    stretches = [Pause(PauseCause.CUSTOMER, T0 + hours(a), T0 + hours(b)) for a, b in pauses]
    moved, used = shifted(allowed.end(T0, lima()), T0, allowed, lima(), stretches, NOW)
    assert ((moved - T0) / hours(1), len(used)) == (end, counted)
