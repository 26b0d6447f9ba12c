"""When the bot looks again: never in the past, and never later than time changes the plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .desk import IMPORTANT, MONDAY, NORMAL, PREFERRED, URGENT, loaded, message, plan, settled, ticket

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

CASES: list[Any] = [
    pytest.param(0, 18 * HOUR, id="the target"),
    pytest.param(18, 24 * HOUR, id="at the target: the limit"),
    pytest.param(20, 24 * HOUR, id="the limit"),
    pytest.param(24, 48 * HOUR, id="at the limit: a day later"),
    pytest.param(47, 48 * HOUR, id="a day after the limit"),
    pytest.param(48, None, id="nothing left to say"),
    pytest.param(24 * 365, None, id="long gone"),
]


@pytest.mark.parametrize(("hours", "next_look"), CASES)
def test_response_clock(hours: float, next_look: timedelta | None) -> None:
    planned = plan(ticket(), now=MONDAY + hours * HOUR)
    assert planned.wake_at == (None if next_look is None else MONDAY + next_look)


@pytest.mark.parametrize(("days", "next_look"), [(0, 5.25), (5.25, 7), (7, None)])
def test_resolution_clock(days: float, next_look: float | None) -> None:
    planned = plan(ticket(messages=(message("Lo vemos", at=MONDAY),)), now=MONDAY + days * DAY)
    assert planned.wake_at == (None if next_look is None else MONDAY + next_look * DAY)


def test_the_target_and_the_limit_count_though_no_step_is_told_there() -> None:
    ladder = "version: 1\nescalamiento: {respuesta: [{id: tarde, en: limite + 2 d, texto: Avisar}]}\n"
    rules = loaded(escalamiento=ladder)
    looks, now = [], MONDAY
    while (at := plan(ticket(), now=now, rules=rules).wake_at) is not None:
        looks.append(at - MONDAY)
        now = at
    assert looks == [18 * HOUR, 24 * HOUR, 72 * HOUR]


bodies = st.sampled_from([URGENT, IMPORTANT, PREFERRED, NORMAL])
lives = st.lists(st.sampled_from(["answer", "wait", "resume", "lower", "raise", "nothing"]), max_size=5)
steps = st.lists(st.integers(1, 400), min_size=5, max_size=5)


@settings(max_examples=60, deadline=None)
@given(body=bodies, life=lives, hours=steps)
def test_time_alone_changes_nothing_before_the_next_look(
    body: str, life: list[str], hours: list[int]
) -> None:
    of, record = settled(ticket(body=body))
    now = MONDAY
    for act, wait in zip(life, hours, strict=False):
        now += wait * HOUR
        of, record = settled(of, record, now=now)
        of = lived(of, act, now)
        of, record = settled(of, record, now=now)
        planned = plan(of, record, now=now)
        assert planned.actions == ()
        far = now + timedelta(days=400) if planned.wake_at is None else planned.wake_at
        assert far > now
        for before in (far - timedelta(seconds=1), now + (far - now) / 2):
            assert plan(of, record, now=before).actions == (), "something fell due unseen"
        if planned.wake_at is not None:
            assert plan(of, record, now=far).wake_at != far


def lived(of: Any, act: str, now: Any) -> Any:
    """Let people do one thing to a ticket."""
    moved = replace(of.stats, status_updated_at=now)
    match act:
        case "answer":
            return replace(
                of, messages=(*of.messages, message("Lo vemos", at=now, id=1000 + len(of.messages)))
            )
        case "wait" if of.status == 2:
            return replace(of, status=6, stats=moved)
        case "resume" if of.status == 6:
            return replace(of, status=2, stats=moved)
        case "lower":
            return replace(of, priority=1)
        case "raise":
            return replace(of, priority=4)
    return of
