"""The clocks hold against a simulation that ticks minute by minute."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.domain.level import Level
from bot.policy.levels import LevelPolicy
from bot.policy.pauses import StatusInterval
from bot.policy.sla import ClockFacts, ClockState

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
    levels,
    lima,
    resolution,
    response,
    suspended,
)
from .minutes import MINUTE

T0 = at("2026-08-03 09:00")
STATUSES = [OPEN, PENDING, RESOLVED, CLOSED, ON_CUSTOMER, ON_VENDOR]

lengths = st.integers(min_value=1, max_value=12 * 60).map(lambda n: n * MINUTE)
steps = st.lists(st.tuples(st.sampled_from(STATUSES), lengths), max_size=8)
answers = st.integers(min_value=0, max_value=24 * 60).map(lambda n: T0 + n * MINUTE)
moments = st.integers(min_value=0, max_value=8 * 24 * 60).map(lambda n: T0 + n * MINUTE)
levels_of_all = st.sampled_from(list(Level))
thorough = settings(max_examples=200, deadline=None)


def short(limit: str) -> LevelPolicy:
    """Return a level with a small resolution limit, so that the simulation reaches it."""
    return LevelPolicy.model_validate(
        {
            "prioridad": 1,
            "etiqueta": "x",
            "respuesta": {"objetivo": "75 %", "limite": "24 h"},
            "resolucion": {"objetivo": "75 %", "limite": limit, "tipo": "meta"},
        }
    )


def simulated_limit(
    start: datetime, walk: Sequence[StatusInterval], minutes: int, *, business: bool
) -> datetime:
    """Tick from start until so many minutes were spent with the ticket in a status that counts."""
    moment, spent = start, 0
    while spent < minutes:
        status = next(s.status for s in walk if s.start <= moment and (s.end is None or moment < s.end))
        if status == OPEN and (not business or lima().is_open(moment)):
            spent += 1
        moment += MINUTE
    return moment


@pytest.mark.parametrize("limit", ["300 min", "20 h", "2 dias", "3 horas utiles", "14 horas utiles"])
@thorough
@given(walk=steps, answered=answers)
def test_the_limit_is_where_the_simulation_runs_out(
    limit: str, walk: list[tuple[int, timedelta]], answered: datetime
) -> None:
    facts = ClockFacts(T0, answered, history(T0, (OPEN, days(1)), *walk, (OPEN, FOREVER)))
    allowed = short(limit).resolucion.limite
    expected = simulated_limit(
        answered, facts.history, int(allowed.length / MINUTE), business=allowed.is_business
    )
    clock = resolution(short(limit), facts, T0 + days(60))
    assert (clock.limit, clock.breached_at) == (expected, expected)


@thorough
@given(level=levels_of_all, walk=steps, answered=answers, now=moments)
def test_pauses_move_the_limit_by_exactly_their_sum(
    level: Level, walk: list[tuple[int, timedelta]], answered: datetime, now: datetime
) -> None:
    facts = ClockFacts(T0, answered, history(T0, *walk, (OPEN, FOREVER)))
    plain = ClockFacts(T0, answered, history(T0, (OPEN, FOREVER)))
    clock, unpaused = resolution(level, facts, now), resolution(level, plain, now)
    assume(response(level, facts, now).met_at == answered)
    allowed = levels().of(level).resolucion.limite
    total = sum((allowed.between(p.start, p.end or now, lima()) for p in clock.pauses), start=timedelta())
    assert allowed.between(unpaused.limit, clock.limit, lima()) == total
    assert clock.limit == allowed.shift(unpaused.limit, total, lima())


@thorough
@given(
    level=levels_of_all, walk=steps, answered=st.none() | answers, now=moments, last=st.sampled_from(STATUSES)
)
def test_states_agree_with_their_moments(
    level: Level, walk: list[tuple[int, timedelta]], answered: datetime | None, now: datetime, last: int
) -> None:
    facts = ClockFacts(T0, answered, history(T0, *walk, (last, FOREVER)))
    for clock in (response(level, facts, now), resolution(level, facts, now)):
        assert clock.target <= clock.limit
        assert (clock.state is ClockState.BREACHED) == (clock.breached_at is not None)
        assert (clock.state is ClockState.PAUSED) <= (clock.paused_since is not None)
        assert clock.met_at is None or clock.met_at <= now
        assert clock.is_ticking == (clock.met_at is None and clock.paused_since is None)
        assert list(clock.pauses) == sorted(clock.pauses, key=lambda pause: pause.start)


@thorough
@given(walk=steps, answered=answers, now=moments, later=lengths)
def test_a_breach_never_heals_by_waiting(
    walk: list[tuple[int, timedelta]], answered: datetime, now: datetime, later: timedelta
) -> None:
    level, facts = short("5 h"), ClockFacts(T0, answered, history(T0, *walk, (OPEN, FOREVER)))
    first, second = resolution(level, facts, now), resolution(level, facts, now + later)
    assume(first.breached_at is not None and first.met_at is None)
    assert second.breached_at == first.breached_at


@thorough
@given(level=levels_of_all, walk=steps, answered=st.none() | answers, now=moments)
def test_facts_after_now_change_nothing(
    level: Level, walk: list[tuple[int, timedelta]], answered: datetime | None, now: datetime
) -> None:
    full = history(T0, *walk, (OPEN, FOREVER))
    known = tuple(
        StatusInterval(s.status, s.start, s.end if s.end is not None and s.end <= now else None)
        for s in full
        if s.start <= now
    )
    seen = answered if answered is not None and answered <= now else None
    assert resolution(level, ClockFacts(T0, answered, full), now) == resolution(
        level, ClockFacts(T0, seen, known), now
    )


@thorough
@given(walk=steps, start=moments, length=lengths, now=moments)
def test_a_suspension_inside_a_wait_counts_once(
    walk: list[tuple[int, timedelta]], start: datetime, length: timedelta, now: datetime
) -> None:
    waits = history(T0, *walk, (ON_CUSTOMER, FOREVER))
    plain = resolution(Level.IMPORTANTE, ClockFacts(T0, T0, waits), now)
    marked = ClockFacts(T0, T0, waits, (suspended(start, start + length),))
    clock = resolution(Level.IMPORTANTE, marked, now)
    covered = any(
        s.status not in (OPEN,) and s.start <= start and (s.end is None or start + length <= s.end)
        for s in waits
    )
    if covered:
        assert (clock.limit, clock.met_at) == (plain.limit, plain.met_at)
    else:
        assert clock.limit >= plain.limit
