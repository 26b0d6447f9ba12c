"""When tickets are to be looked at: ringing, taking, jobs that finish, and those that never do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from redis import Redis

from bot.domain.ticket import TicketKey
from bot.store.wakeups import ALARMS, Taken, Wakeups

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
KEY = TicketKey("acelera", 7)
OTHER = TicketKey("mda", 7)
LEASE, LONG = timedelta(seconds=30), timedelta(seconds=120)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def wakeups(redis: Redis) -> Wakeups:
    return Wakeups(redis)


@pytest.mark.parametrize(
    ("rings", "moment"),
    [
        pytest.param([5], 5, id="one"),
        pytest.param([5, 9], 5, id="later does not move it"),
        pytest.param([9, 5], 5, id="earlier does"),
        pytest.param([5, 5], 5, id="the same"),
        pytest.param([9, -5, 20], -5, id="past due"),
        pytest.param([0.000001, 0.000002], 0.000001, id="to the microsecond"),
    ],
)
def test_ringing_never_moves_an_alarm_later(wakeups: Wakeups, rings: list[float], moment: float) -> None:
    for ring in rings:
        wakeups.ring(KEY, at(ring))
    assert wakeups.at(KEY) == at(moment)


def test_ring_all_counts_the_new_ones_and_moves_none_later(wakeups: Wakeups) -> None:
    wakeups.ring(KEY, at(-9))
    assert wakeups.ring_all([KEY, OTHER], at(5)) == 1
    assert (wakeups.at(KEY), wakeups.at(OTHER)) == (at(-9), at(5))
    assert wakeups.ring_all([], NOW) == 0


def test_taking_in_order_up_to_a_limit(wakeups: Wakeups) -> None:
    for number in range(1, 8):
        wakeups.ring(TicketKey("acelera", number), at(-number))
    wakeups.ring(OTHER, at(1))
    first = wakeups.take_due(NOW, LEASE, 3)
    assert [taken.key.ticket_id for taken in first] == [7, 6, 5], "longest due first"
    assert [taken.key.ticket_id for taken in wakeups.take_due(NOW, LEASE)] == [4, 3, 2, 1]
    assert wakeups.take_due(NOW, LEASE) == []
    assert len({taken.token for taken in first}) == 3


def test_a_ticket_is_due_at_its_very_moment(wakeups: Wakeups) -> None:
    wakeups.ring(KEY, at(1))
    assert wakeups.take_due(at(0.999999), LEASE) == []
    assert [taken.key for taken in wakeups.take_due(at(1), LEASE)] == [KEY]


def test_the_same_number_of_two_portals_is_two_tickets(wakeups: Wakeups) -> None:
    wakeups.ring(KEY, NOW)
    wakeups.ring(OTHER, NOW)
    assert {taken.key for taken in wakeups.take_due(NOW, LEASE)} == {KEY, OTHER}


def take(wakeups: Wakeups, now: datetime = NOW) -> Taken:
    (taken,) = wakeups.take_due(now, LEASE)
    return taken


@pytest.fixture
def taken(wakeups: Wakeups) -> Taken:
    wakeups.ring(KEY, NOW)
    return take(wakeups)


def test_a_job_that_never_begins_rings_again(wakeups: Wakeups, taken: Taken) -> None:
    assert wakeups.take_due(at(29), LEASE) == []
    assert take(wakeups, at(31)).token != taken.token


def test_a_worker_that_dies_rings_again_when_its_lease_ends(wakeups: Wakeups, taken: Taken) -> None:
    assert wakeups.begin(KEY, taken.token, at(120)) is not None
    assert wakeups.take_due(at(119), LEASE) == []
    assert take(wakeups, at(121)).key == KEY


@pytest.mark.parametrize("wake_at", [None, 500.0, 3.0, -5.0])
def test_a_job_that_finishes_sets_the_next_look(
    wakeups: Wakeups, taken: Taken, wake_at: float | None
) -> None:
    token = wakeups.begin(KEY, taken.token, at(120))
    assert token is not None
    wakeups.finish(KEY, token, None if wake_at is None else at(wake_at), at(1))
    assert wakeups.at(KEY) == (None if wake_at is None else at(wake_at))


RINGS: list[Any] = [
    pytest.param(None, None, None, id="none, nothing more to do"),
    pytest.param(None, 500.0, 500.0, id="none, next look"),
    pytest.param(5.0, None, 5.0, id="one, nothing more to do"),
    pytest.param(5.0, 500.0, 5.0, id="one, before the next look"),
    pytest.param(9.0, 7.0, 7.0, id="one, after the next look"),
]


@pytest.mark.parametrize(("ring", "wake_at", "moment"), RINGS)
def test_a_ring_while_a_job_runs_is_kept(
    wakeups: Wakeups, taken: Taken, ring: float | None, wake_at: float | None, moment: float | None
) -> None:
    token = wakeups.begin(KEY, taken.token, at(120))
    assert token is not None
    if ring is not None:
        wakeups.ring(KEY, at(ring))
    wakeups.finish(KEY, token, None if wake_at is None else at(wake_at), at(1))
    assert wakeups.at(KEY) == (None if moment is None else at(moment))


def test_a_ring_between_take_and_begin_overtakes_the_job(wakeups: Wakeups, taken: Taken) -> None:
    wakeups.ring(KEY, at(1))
    assert wakeups.begin(KEY, taken.token, at(120)) is None
    assert take(wakeups, at(1)).key == KEY


STALE: list[Any] = [
    pytest.param(0, id="nonsense"),
    pytest.param(-1, id="negative"),
    pytest.param(2**53, id="too large"),
]


@pytest.mark.parametrize("token", STALE)
def test_a_token_that_is_not_the_tickets_begins_nothing(wakeups: Wakeups, taken: Taken, token: int) -> None:
    assert wakeups.begin(KEY, token, at(120)) is None
    assert wakeups.begin(OTHER, taken.token, at(120)) is None
    assert wakeups.begin(KEY, taken.token, at(120)) is not None


def test_a_token_begins_once(wakeups: Wakeups, taken: Taken) -> None:
    assert wakeups.begin(KEY, taken.token, at(120)) is not None
    assert wakeups.begin(KEY, taken.token, at(120)) is None


def test_a_worker_come_back_from_the_dead_cannot_undo_its_successor(wakeups: Wakeups, taken: Taken) -> None:
    late = wakeups.begin(KEY, taken.token, at(120))
    successor = wakeups.begin(KEY, take(wakeups, at(121)).token, at(240))
    assert late is not None
    assert successor is not None
    wakeups.finish(KEY, late, None, at(1))
    assert wakeups.at(KEY) is not None, "the successor's lease stands"
    wakeups.finish(KEY, successor, at(900), at(1))
    wakeups.finish(KEY, late, at(2000), at(1))
    assert wakeups.at(KEY) == at(900)


@pytest.mark.parametrize("wake_at", [None, 500.0])
def test_a_job_that_outlives_its_lease_is_followed_by_another_look(
    wakeups: Wakeups, taken: Taken, wake_at: float | None
) -> None:
    token = wakeups.begin(KEY, taken.token, at(120))
    assert token is not None
    wakeups.ring(KEY, at(121))
    wakeups.finish(KEY, token, None if wake_at is None else at(wake_at), at(122))
    assert wakeups.at(KEY) == at(122)


def test_a_failed_attempt_waits_even_if_it_was_rung_meanwhile(wakeups: Wakeups, taken: Taken) -> None:
    wakeups.begin(KEY, taken.token, at(120))
    wakeups.ring(KEY, at(1))
    wakeups.postpone(KEY, at(10))
    assert wakeups.at(KEY) == at(10)
    wakeups.ring(KEY, at(2))
    assert wakeups.at(KEY) == at(2), "news brings a failing ticket forward"


def test_forgetting(wakeups: Wakeups) -> None:
    wakeups.ring(KEY, NOW)
    wakeups.forget(KEY)
    wakeups.forget(KEY)
    assert wakeups.at(KEY) is None


def test_how_far_behind(wakeups: Wakeups) -> None:
    assert wakeups.overdue(NOW) == (0, 0.0)
    wakeups.ring(KEY, at(-90))
    wakeups.ring(OTHER, at(10))
    assert wakeups.overdue(NOW) == (1, 90.0)
    assert wakeups.overdue(at(-100)) == (0, 0.0)


@pytest.mark.parametrize(
    "moment", ["2026-11-23T15:00:00.123457", "2038-01-19T03:14:08", "2254-12-31T23:59:59.999999"]
)
def test_scores_are_exact_for_as_long_as_anybody_cares(redis: Redis, wakeups: Wakeups, moment: str) -> None:
    when = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    wakeups.ring(KEY, when)
    assert wakeups.at(KEY) == when
    taken = take(wakeups, when)
    assert float(redis.zscore(ALARMS, str(KEY)) or 0) == taken.token
    assert wakeups.begin(KEY, taken.token, when + LONG) is not None


def test_clocks_that_run_at_once_take_each_ticket_once(redis: Redis, wakeups: Wakeups) -> None:
    keys = [TicketKey("acelera", number) for number in range(1, 401)]
    wakeups.ring_all(keys, NOW)
    start = Barrier(8)

    def clock() -> list[Taken]:
        start.wait()
        return [taken for _ in range(10) for taken in Wakeups(redis).take_due(NOW, LEASE, 7)]

    with ThreadPoolExecutor(8) as pool:
        taken = [one for each in [pool.submit(clock) for _ in range(8)] for one in each.result()]
    assert sorted(one.key for one in taken) == keys


def test_jobs_that_run_at_once_begin_once(redis: Redis, wakeups: Wakeups) -> None:
    for number in range(1, 31):
        key = TicketKey("acelera", number)
        wakeups.ring(key, NOW)
        token = take(wakeups).token
        start = Barrier(4)

        def begin(key: TicketKey = key, token: int = token, start: Barrier = start) -> int | None:
            start.wait()
            return Wakeups(redis).begin(key, token, at(120))

        with ThreadPoolExecutor(4) as pool:
            begun = [job.result() for job in [pool.submit(begin) for _ in range(4)]]
        assert len([one for one in begun if one is not None]) == 1
