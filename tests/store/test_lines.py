"""Whose turn comes first when many tickets are due at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis

from bot.domain.ticket import TicketKey
from bot.store.wakeups import RANKS, Lane, Rank, Wakeups

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
LEASE = timedelta(hours=1)
NEAR = timedelta(minutes=30)


def key(number: int) -> TicketKey:
    return TicketKey("acelera", number)


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.fixture
def wakeups(redis: Redis) -> Wakeups:
    return Wakeups(redis, NEAR)


def decided(wakeups: Wakeups, number: int, rank: Rank, rung: datetime = NOW) -> None:
    """Bring a ticket to where a worker has decided on it and something rings it again."""
    wakeups.ring(key(number), NOW - timedelta(days=1))
    (taken,) = wakeups.take_due(NOW - timedelta(days=1), LEASE)
    token = wakeups.begin(taken.key, taken.token, NOW - timedelta(hours=23))
    assert token is not None
    wakeups.finish(taken.key, token, at(99 * 24 * 60), NOW - timedelta(hours=23, minutes=30), rank)
    wakeups.ring(key(number), rung)


def taken(wakeups: Wakeups, lane: Lane | None = None, now: datetime = NOW, limit: int = 100) -> list[int]:
    return [one.key.ticket_id for one in wakeups.take_due(now, LEASE, limit, lane)]


def test_the_nearest_deadline_goes_first_whoever_rang_first(wakeups: Wakeups) -> None:
    for number, hours in enumerate((90, 2, 50, 1, 9), start=1):
        decided(wakeups, number, Rank(at(60 * hours)), rung=NOW - timedelta(seconds=99 - number))
    assert taken(wakeups, limit=2) == [4, 2]
    assert taken(wakeups) == [5, 3, 1]


LANES = [
    pytest.param(None, Lane.URGENT, id="never decided"),
    pytest.param(Rank(at(600), at(600), urgent=True), Lane.URGENT, id="URGENTE"),
    pytest.param(Rank(at(29)), Lane.URGENT, id="deadline near"),
    pytest.param(Rank(at(-9)), Lane.URGENT, id="deadline past"),
    pytest.param(Rank(at(31)), Lane.NORMAL, id="deadline not near"),
    pytest.param(Rank(at(600), at(29)), Lane.URGENT, id="next step near"),
    pytest.param(Rank(at(600), at(31)), Lane.NORMAL, id="next step not near"),
    pytest.param(Rank(), Lane.NORMAL, id="nothing falls due"),
]


@pytest.mark.parametrize(("rank", "lane"), LANES)
def test_what_presses_is_in_the_urgent_line(wakeups: Wakeups, rank: Rank | None, lane: Lane) -> None:
    if rank is None:
        wakeups.ring(key(7), NOW)
    else:
        decided(wakeups, 7, rank)
    assert {each: taken(wakeups, each) for each in Lane} == {each: [7] * (each is lane) for each in Lane}


def test_a_new_ticket_goes_before_an_urgent_one_that_has_time(wakeups: Wakeups) -> None:
    decided(wakeups, 1, Rank(at(600), urgent=True))
    decided(wakeups, 2, Rank(at(10), urgent=True))
    wakeups.ring(key(3), NOW)
    assert taken(wakeups, Lane.URGENT) == [2, 3, 1]


def test_a_ticket_without_a_deadline_waits_behind_and_not_for_ever(wakeups: Wakeups) -> None:
    decided(wakeups, 1, Rank())
    for number in range(2, 7):  # more pressing ones keep coming
        decided(wakeups, number, Rank(at(5 * number + 24)), rung=at(5 * number - 10))
    first = {minutes: taken(wakeups, Lane.NORMAL, at(minutes), limit=1) for minutes in (0, 5, 10)}
    assert first == {0: [2], 5: [3], 10: [4]}
    assert taken(wakeups, Lane.URGENT, at(14)) == []
    assert taken(wakeups, Lane.URGENT, at(15), limit=1) == [1], "its patience is over"


def test_waiting_in_line_makes_a_ticket_urgent(wakeups: Wakeups) -> None:
    decided(wakeups, 1, Rank(at(45)))
    assert taken(wakeups, Lane.URGENT) == []
    assert taken(wakeups, Lane.URGENT, at(14)) == []
    assert taken(wakeups, Lane.URGENT, at(15)) == [1]


def test_one_that_stands_in_line_is_known_to_be_due(wakeups: Wakeups) -> None:
    decided(wakeups, 1, Rank(), rung=at(-3))
    wakeups.ring(key(2), at(-1))
    assert taken(wakeups, limit=0) == []
    assert (wakeups.at(key(1)), wakeups.overdue(NOW)) == (at(-3), (2, 180.0))
    wakeups.ring(key(1), at(5))
    wakeups.ring(key(1), NOW)
    assert wakeups.at(key(1)) == at(-3), "rung already"
    assert sorted(taken(wakeups)) == [1, 2]
    assert wakeups.overdue(NOW) == (0, 0.0)


@pytest.mark.parametrize("how", ["postpone", "forget"])
def test_leaving_the_line(wakeups: Wakeups, how: str) -> None:
    wakeups.ring(key(1), NOW)
    taken(wakeups, limit=0)
    if how == "postpone":
        wakeups.postpone(key(1), at(10))
    else:
        wakeups.forget(key(1))
    assert taken(wakeups) == []
    assert wakeups.at(key(1)) == (at(10) if how == "postpone" else None)


def test_a_job_that_ends_leaves_a_ticket_rung_meanwhile_in_line(wakeups: Wakeups) -> None:
    wakeups.ring(key(1), NOW)
    (one,) = wakeups.take_due(NOW, LEASE)
    token = wakeups.begin(one.key, one.token, at(2))
    assert token is not None
    wakeups.ring(key(1), at(0.1))
    assert taken(wakeups, now=at(0.1), limit=0) == []
    wakeups.finish(key(1), token, at(60), at(0.2), Rank(at(60)))
    assert taken(wakeups, now=at(0.2)) == [1]


def test_guesses_order_what_nobody_decided_on_and_replace_no_knowledge(wakeups: Wakeups) -> None:
    decided(wakeups, 1, Rank(at(50)), rung=at(60 * 24))
    guesses = {key(1): Rank(at(900)), key(2): Rank(at(300), urgent=True), key(3): Rank(at(200), urgent=True)}
    wakeups.ring_all(guesses, NOW, guesses)
    assert taken(wakeups, Lane.URGENT) == [3, 2]
    assert taken(wakeups, Lane.NORMAL) == [1]


@pytest.mark.parametrize(
    ("deadline", "lane"), [(at(29), Lane.URGENT), (at(31), Lane.NORMAL)], ids=["near", "not near"]
)
def test_ranks_written_in_decimal_microseconds_still_hold(
    redis: Redis, wakeups: Wakeups, deadline: datetime, lane: Lane
) -> None:
    decided(wakeups, 1, Rank())
    redis.hset(RANKS, str(key(1)), f"0 {int(deadline.timestamp() * 1e6)} 0")
    assert taken(wakeups, lane) == [1]


def test_nothing_is_left_of_tickets_at_rest(redis: Redis, wakeups: Wakeups) -> None:
    for number in range(1, 4):
        wakeups.ring(key(number), NOW)
    for one in wakeups.take_due(NOW, LEASE):
        token = wakeups.begin(one.key, one.token, at(2))
        assert token is not None
        wakeups.finish(one.key, token, at(9), at(1), Rank(at(9)))
    for one in wakeups.take_due(at(9), LEASE):
        token = wakeups.begin(one.key, one.token, at(12))
        assert token is not None
        wakeups.finish(one.key, token, None, at(10), Rank())
    assert redis.keys("*") == []


def test_a_backlog_larger_than_one_step_is_in_order_after_some(wakeups: Wakeups) -> None:
    keys = [key(number) for number in range(1, 2501)]
    ranks = {one: Rank(at(10_000 - one.ticket_id)) for one in keys}
    wakeups.ring_all(keys, NOW, ranks)
    for _ in range(3):
        taken(wakeups, limit=0)
    assert taken(wakeups, Lane.NORMAL, limit=3) == [2500, 2499, 2498]
