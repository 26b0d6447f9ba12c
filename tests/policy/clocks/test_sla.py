"""How the two clocks stand, as tables."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.domain.level import Level
from bot.policy.levels import ResolutionKind
from bot.policy.pauses import StatusInterval
from bot.policy.sla import ClockFacts, ClockState, milestones, next_milestone
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
    resolution,
    response,
    suspended,
)

T0 = at("2026-08-03 09:00")  # a Monday, at opening
SECOND = timedelta(seconds=1)


def facts(*steps: tuple[int, timedelta], answered: float | None = None) -> ClockFacts:
    return ClockFacts(T0, None if answered is None else T0 + hours(answered), history(T0, *steps))


@pytest.mark.parametrize(
    ("level", "answered", "asked", "state"),
    [
        pytest.param(Level.URGENTE, None, hours(23), ClockState.RUNNING, id="urgente runs"),
        pytest.param(Level.URGENTE, None, hours(24) - SECOND, ClockState.RUNNING, id="a second left"),
        pytest.param(Level.URGENTE, None, hours(24), ClockState.BREACHED, id="urgente at its limit"),
        pytest.param(Level.URGENTE, 23, hours(30), ClockState.MET, id="answered in time"),
        pytest.param(Level.URGENTE, 24, hours(30), ClockState.MET, id="answered at the limit"),
        pytest.param(Level.URGENTE, 25, hours(30), ClockState.BREACHED, id="answered late"),
        pytest.param(Level.URGENTE, 25, hours(20), ClockState.RUNNING, id="the answer lies ahead"),
        pytest.param(Level.IMPORTANTE, None, hours(47), ClockState.RUNNING, id="importante past its target"),
        pytest.param(Level.IMPORTANTE, None, hours(48), ClockState.BREACHED, id="importante at its limit"),
        pytest.param(Level.PREFERENTE, None, hours(72), ClockState.BREACHED, id="preferente at its limit"),
        pytest.param(Level.NORMAL, None, days(7), ClockState.RUNNING, id="normal, holiday in between"),
        pytest.param(Level.NORMAL, None, days(8), ClockState.BREACHED, id="normal at its limit"),
    ],
)
def test_response_state(level: Level, answered: float | None, asked: timedelta, state: ClockState) -> None:
    clock = response(level, facts((OPEN, FOREVER), answered=answered), T0 + asked)
    assert clock.state is state
    assert clock.breached_at == (clock.limit if state is ClockState.BREACHED else None)


def test_a_late_answer_is_both_met_and_breached() -> None:
    clock = response(Level.URGENTE, facts((OPEN, FOREVER), answered=25), T0 + days(3))
    assert (clock.state, clock.met_at, clock.breached_at) == (
        ClockState.BREACHED,
        T0 + hours(25),
        T0 + hours(24),
    )


@pytest.mark.parametrize("status", [PENDING, ON_CUSTOMER, ON_VENDOR])
def test_waiting_never_stops_the_response_clock(status: int) -> None:
    clock = response(Level.URGENTE, facts((status, FOREVER)), T0 + hours(24))
    assert (clock.limit, clock.state) == (T0 + hours(24), ClockState.BREACHED)


def test_a_suspended_service_stops_both_clocks() -> None:
    unanswered = ClockFacts(T0, None, history(T0, (OPEN, FOREVER)), (suspended(T0 + hours(10)),))
    clock = response(Level.URGENTE, unanswered, T0 + hours(100))
    assert (clock.state, clock.paused_since) == (ClockState.PAUSED, T0 + hours(10))
    assert clock.limit == T0 + hours(114)
    lifted = ClockFacts(T0, None, unanswered.history, (suspended(T0 + hours(10), T0 + hours(60)),))
    clock = response(Level.URGENTE, lifted, T0 + hours(61))
    assert (clock.state, clock.limit) == (ClockState.RUNNING, T0 + hours(74))
    answered = ClockFacts(T0, T0 + hours(1), unanswered.history, unanswered.suspensions)
    assert resolution(Level.URGENTE, answered, T0 + days(9)).state is ClockState.PAUSED


def test_a_suspension_counts_up_to_the_answer() -> None:
    marked = suspended(T0 + hours(10), T0 + hours(60))
    case = ClockFacts(T0, T0 + hours(20), history(T0, (OPEN, FOREVER)), (marked,))
    clock = response(Level.URGENTE, case, T0 + days(5))
    assert (clock.state, clock.limit) == (ClockState.MET, T0 + hours(34))
    assert [(p.start, p.end) for p in clock.pauses] == [(T0 + hours(10), T0 + hours(20))]


@pytest.mark.parametrize(
    ("steps", "asked", "state", "met_after"),
    [
        pytest.param(
            [(OPEN, hours(5)), (CLOSED, FOREVER)], 100, ClockState.MET, 5, id="closed in time: attended then"
        ),
        pytest.param(
            [(OPEN, hours(30)), (CLOSED, FOREVER)], 100, ClockState.BREACHED, 30, id="closed after the limit"
        ),
        pytest.param(
            [(OPEN, hours(5)), (CLOSED, hours(90)), (OPEN, FOREVER)],
            113,
            ClockState.RUNNING,
            None,
            id="reopened: goes on with what was left",
        ),
        pytest.param(
            [(OPEN, hours(5)), (CLOSED, hours(90)), (OPEN, FOREVER)],
            114,
            ClockState.BREACHED,
            None,
            id="reopened and forgotten",
        ),
    ],
)
def test_closed_without_an_answer(
    steps: list[tuple[int, timedelta]], asked: float, state: ClockState, met_after: float | None
) -> None:
    clock = response(Level.URGENTE, facts(*steps), T0 + hours(asked))
    assert clock.state is state
    assert clock.met_at == (None if met_after is None else T0 + hours(met_after))


def test_an_answer_before_the_issue_counts_from_the_issue() -> None:
    early = ClockFacts(T0, T0 - hours(1), history(T0, (OPEN, FOREVER)))
    assert response(Level.URGENTE, early, T0).met_at == T0


@pytest.mark.parametrize(
    ("level", "limit", "kind"),
    [
        pytest.param(Level.URGENTE, "2026-08-11 09:00", ResolutionKind.CONTRACT, id="24 h and 7 days"),
        pytest.param(Level.IMPORTANTE, "2026-08-15 09:00", ResolutionKind.WORKING, id="48 h and 10 days"),
        pytest.param(Level.PREFERENTE, "2026-08-21 09:00", ResolutionKind.WORKING, id="72 h and 15 days"),
        pytest.param(Level.NORMAL, "2026-09-01 09:00", ResolutionKind.WORKING, id="5 and 15 business days"),
    ],
)
def test_before_an_answer_the_resolution_is_provisional(
    level: Level, limit: str, kind: ResolutionKind
) -> None:
    clock = resolution(level, facts((OPEN, FOREVER)), T0)
    assert (clock.limit, clock.kind, clock.provisional) == (at(limit), kind, True)
    long_after = resolution(level, facts((OPEN, FOREVER)), T0 + days(90))
    assert (long_after.state, long_after.breached_at) == (ClockState.RUNNING, None)
    assert long_after.limit == clock.limit


def test_the_resolution_starts_with_the_answer() -> None:
    clock = resolution(Level.URGENTE, facts((OPEN, FOREVER), answered=5), T0 + hours(6))
    assert not clock.provisional
    assert clock.limit == T0 + hours(5) + days(7)
    assert clock.target == T0 + hours(5) + days(7) * 0.75


WAITED = [(OPEN, hours(10)), (ON_CUSTOMER, hours(20)), (ON_VENDOR, hours(6)), (OPEN, FOREVER)]


def test_pauses_move_the_limit_and_are_told_by_cause() -> None:
    clock = resolution(Level.URGENTE, facts(*WAITED, answered=5), T0 + days(3))
    assert clock.limit == T0 + hours(5) + days(7) + hours(26)
    assert clock.target == T0 + hours(5) + days(7) * 0.75 + hours(26)
    assert clock.paused_total(T0 + days(3)) == {
        PauseCause.CUSTOMER: hours(20),
        PauseCause.THIRD_PARTY: hours(6),
    }
    assert "en pausa 20 h (cliente), 6 h (tercero)" in clock.arithmetic.text()


def test_waiting_before_the_answer_does_not_count() -> None:
    waited = facts((OPEN, hours(1)), (ON_CUSTOMER, hours(10)), (OPEN, FOREVER), answered=5)
    clock = resolution(Level.URGENTE, waited, T0 + days(1))
    assert clock.limit == T0 + hours(5) + days(7) + hours(6)


def test_a_lasting_pause_carries_the_limit_along() -> None:
    waiting = facts((OPEN, hours(10)), (ON_CUSTOMER, FOREVER), answered=5)
    for later in (days(1), days(20), days(200)):
        clock = resolution(Level.URGENTE, waiting, T0 + later)
        assert clock.state is ClockState.PAUSED
        assert clock.paused_since == T0 + hours(10)
        assert clock.limit == T0 + hours(5) + days(7) + later - hours(10)


def test_business_limits_move_by_business_time_paused() -> None:
    # Tuesday 17:00 to Friday 10:00: 1 h, then 9 h on Wednesday, a holiday, 1 h on Friday.
    waited = facts((OPEN, hours(32)), (ON_CUSTOMER, hours(65)), (OPEN, FOREVER), answered=0)
    unpaused = resolution(Level.NORMAL, facts((OPEN, FOREVER), answered=0), T0 + days(5))
    paused = resolution(Level.NORMAL, waited, T0 + days(5))
    assert (unpaused.limit, paused.limit) == (at("2026-08-25 09:00"), at("2026-08-26 11:00"))
    assert "en pausa 11 h de atención (cliente)" in paused.arithmetic.text()


@pytest.mark.parametrize(
    ("steps", "asked", "state", "met_after"),
    [
        pytest.param([(OPEN, hours(100)), (RESOLVED, FOREVER)], days(30), ClockState.MET, 100, id="resolved"),
        pytest.param(
            [(OPEN, days(8)), (RESOLVED, FOREVER)], days(30), ClockState.BREACHED, 192, id="resolved late"
        ),
        pytest.param(
            [(OPEN, hours(100)), (RESOLVED, hours(48)), (CLOSED, FOREVER)],
            days(30),
            ClockState.MET,
            100,
            id="resolved, later closed: met when resolved",
        ),
        pytest.param([(OPEN, FOREVER)], days(8), ClockState.BREACHED, None, id="never resolved"),
        pytest.param(
            [(OPEN, hours(100)), (RESOLVED, FOREVER)], hours(50), ClockState.RUNNING, None, id="lies ahead"
        ),
    ],
)
def test_resolution_state(
    steps: list[tuple[int, timedelta]], asked: timedelta, state: ClockState, met_after: float | None
) -> None:
    clock = resolution(Level.URGENTE, facts(*steps, answered=1), T0 + asked)
    assert clock.state is state
    assert clock.met_at == (None if met_after is None else T0 + hours(met_after))


def test_reopening_counts_again_without_the_time_resolved() -> None:
    steps = [(OPEN, hours(25)), (RESOLVED, days(10)), (OPEN, FOREVER)]
    clock = resolution(Level.URGENTE, facts(*steps, answered=1), T0 + days(12))
    assert (clock.state, clock.met_at) == (ClockState.RUNNING, None)
    assert clock.limit == T0 + hours(1) + days(7) + days(10)
    assert clock.paused_total(T0 + days(12)) == {}


def test_a_breach_is_kept_while_the_clock_stands() -> None:
    steps = [(OPEN, days(9)), (ON_CUSTOMER, FOREVER)]
    clock = resolution(Level.URGENTE, facts(*steps, answered=1), T0 + days(20))
    assert (clock.state, clock.breached_at) == (ClockState.BREACHED, T0 + hours(1) + days(7))
    assert clock.paused_since == T0 + days(9)
    assert not clock.is_ticking


def test_stopped_with_no_business_time_left_is_not_breached_while_it_stands() -> None:
    # The limit is at opening and the customer is asked the night before: no business time is left.
    created = at("2026-08-04 09:00")
    unpaused = resolution(
        Level.NORMAL, ClockFacts(created, created, history(created, (OPEN, FOREVER))), created
    )
    asked = unpaused.limit - hours(10)
    steps = history(created, (OPEN, asked - created), (ON_CUSTOMER, FOREVER))
    now = unpaused.limit + hours(3)
    clock = resolution(Level.NORMAL, ClockFacts(created, created, steps), now)
    assert (clock.state, clock.limit) == (ClockState.PAUSED, now)


def test_inferred_moments_make_a_clock_inexact() -> None:
    guess = (
        StatusInterval(OPEN, T0, T0 + hours(10)),
        StatusInterval(ON_CUSTOMER, T0 + hours(10), T0 + hours(12), exact=False),
        StatusInterval(OPEN, T0 + hours(12)),
    )
    assert not resolution(Level.URGENTE, ClockFacts(T0, T0 + hours(1), guess), T0 + days(1)).exact
    assert resolution(Level.URGENTE, ClockFacts(T0, T0 + hours(1), guess), T0 + hours(9)).exact
    assert response(Level.URGENTE, ClockFacts(T0, T0 + hours(1), guess), T0 + days(1)).exact
    shut = (StatusInterval(OPEN, T0, T0 + hours(1)), StatusInterval(CLOSED, T0 + hours(1), exact=False))
    assert not response(Level.URGENTE, ClockFacts(T0, None, shut), T0 + days(1)).exact
    answered = ClockFacts(T0, T0 + SECOND, shut)
    assert response(Level.URGENTE, answered, T0 + days(1)).exact
    assert not resolution(Level.URGENTE, answered, T0 + days(1)).exact


def _milestones(case: ClockFacts, now: datetime) -> list[float]:
    found = milestones(response(Level.URGENTE, case, now), resolution(Level.URGENTE, case, now))
    return [(moment - T0) / hours(1) for moment in found]


@pytest.mark.parametrize(
    ("case", "asked", "expected", "following"),
    [
        pytest.param(facts((OPEN, FOREVER)), 1, [18, 24], 18, id="unanswered: response only"),
        pytest.param(facts((OPEN, FOREVER)), 18, [18, 24], 24, id="at the target, the limit is next"),
        pytest.param(facts((OPEN, FOREVER)), 24, [18, 24], None, id="at the limit nothing is next"),
        pytest.param(facts((OPEN, FOREVER), answered=4), 5, [130, 172], 130, id="answered: resolution only"),
        pytest.param(facts((PENDING, FOREVER), answered=4), 5, [], None, id="paused: nothing by itself"),
        pytest.param(facts((OPEN, hours(6)), (CLOSED, FOREVER), answered=4), 9, [], None, id="closed"),
    ],
)
def test_milestones(case: ClockFacts, asked: float, expected: list[float], following: float | None) -> None:
    now = T0 + hours(asked)
    assert _milestones(case, now) == expected
    coming = next_milestone(response(Level.URGENTE, case, now), resolution(Level.URGENTE, case, now), now)
    assert coming == (None if following is None else T0 + hours(following))


def test_facts_in_any_zone_give_the_same_clock() -> None:
    case = facts(*WAITED, answered=5)
    local = datetime.fromisoformat("2026-08-03T16:00:00+02:00")
    moved = ClockFacts(local, case.answered_at, case.history)
    assert resolution(Level.NORMAL, moved, T0 + days(3)) == resolution(Level.NORMAL, case, T0 + days(3))
