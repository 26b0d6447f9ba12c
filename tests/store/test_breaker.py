"""The shared breaker: few probes while an account is down, none in vain while the key is refused."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from redis import Redis

from bot.store.breaker import FAILURES, Breaker
from tests.world import MONDAY, MovableClock

PORTAL, KEY = "acelera", "0123abcd"


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def breaker(redis: Redis, clock: MovableClock) -> Breaker:
    return Breaker(redis, now=clock)


def fail(breaker: Breaker, times: int = FAILURES) -> timedelta | None:
    return [breaker.failed(PORTAL) for _ in range(times)][-1]


def probes(breaker: Breaker, clock: MovableClock, seconds: float) -> list[datetime]:
    """Ask every half second and return when a request was let through."""
    let = []
    for _ in range(int(seconds * 2)):
        clock.move(seconds=0.5)
        if breaker.enter(PORTAL, KEY) is None:
            let.append(clock.now)
    return let


def test_failures_in_a_row_open_it(breaker: Breaker) -> None:
    assert fail(breaker, FAILURES - 1) is None
    assert breaker.enter(PORTAL, KEY) is None
    assert breaker.failed(PORTAL) == timedelta(seconds=21)
    assert breaker.state(PORTAL).why == "down"
    assert breaker.state(PORTAL).since == MONDAY.timestamp()
    assert breaker.enter(PORTAL, KEY) == timedelta(seconds=21)
    assert breaker.enter("mda", KEY) is None, "another account"


def test_an_answer_between_starts_the_count_anew(breaker: Breaker) -> None:
    fail(breaker, FAILURES - 1)
    assert not breaker.answered(PORTAL)
    assert fail(breaker, FAILURES - 1) is None


def test_no_more_than_three_probes_a_minute(breaker: Breaker, clock: MovableClock) -> None:
    fail(breaker)
    let = probes(breaker, clock, 600)
    assert len(let) >= 28, "and it is not forgotten"
    assert all(later - first > timedelta(seconds=60) for first, later in zip(let, let[3:], strict=False))


def test_a_failed_probe_leaves_it_open_and_an_answer_closes_it(breaker: Breaker, clock: MovableClock) -> None:
    fail(breaker)
    clock.move(seconds=21)
    assert breaker.enter(PORTAL, KEY) is None
    assert breaker.failed(PORTAL) == timedelta(seconds=21)
    clock.move(seconds=21)
    assert breaker.enter(PORTAL, KEY) is None
    assert breaker.answered(PORTAL)
    assert breaker.enter(PORTAL, KEY) is None
    assert breaker.state(PORTAL).why is None


def test_one_401_stops_everything(breaker: Breaker, clock: MovableClock) -> None:
    assert breaker.refused_key(PORTAL, KEY) is None
    assert breaker.state(PORTAL).why == "key"
    assert breaker.enter(PORTAL, KEY) == timedelta(minutes=10)
    assert len(probes(breaker, clock, 3600)) == 6
    assert breaker.refused_key(PORTAL, KEY) is not None


def test_failures_do_not_make_a_refused_key_an_outage(breaker: Breaker) -> None:
    breaker.refused_key(PORTAL, KEY)
    fail(breaker)
    assert breaker.state(PORTAL).why == "key"


def test_another_key_goes_through_at_once(breaker: Breaker) -> None:
    breaker.refused_key(PORTAL, KEY)
    assert breaker.enter(PORTAL, "ffff0000") is None
    assert breaker.state(PORTAL).why is None


def test_by_hand_goes_through_and_uses_up_no_probe(breaker: Breaker, clock: MovableClock) -> None:
    fail(breaker)
    assert breaker.enter(PORTAL, KEY, by_hand=True) is None
    clock.move(seconds=21)
    assert breaker.enter(PORTAL, KEY) is None


def test_it_runs_on_the_clock_of_redis(redis: Redis) -> None:
    breaker = Breaker(redis)
    fail(breaker)
    wait = breaker.enter(PORTAL, KEY)
    assert wait is not None
    assert timedelta() < wait <= timedelta(seconds=21)
