"""Caps on automatic replies: all of them or none, each effect once, none kept for ever."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis

from bot.store.reply_slots import Cap, ReplySlots

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ONE = Cap("requester:1", DAY, 2)
PORTAL_CAP = Cap("portal", timedelta(hours=1), 5)


@pytest.fixture
def slots(redis: Redis) -> ReplySlots:
    return ReplySlots(redis)


def taken(slots: ReplySlots, effects: list[str], now: datetime = NOW, *caps: Cap) -> list[bool]:
    return [slots.take("acelera", effect, caps or (ONE,), now) is None for effect in effects]


def test_up_to_the_cap_and_one_effect_counts_once(slots: ReplySlots) -> None:
    assert taken(slots, ["7:acuse", "7:acuse", "8:acuse", "9:acuse", "7:acuse", "8:acuse"]) == [
        True, True, True, False, True, True,
    ]  # fmt: skip


def test_slots_come_back_when_the_window_has_passed(slots: ReplySlots) -> None:
    assert taken(slots, ["1", "2", "3"]) == [True, True, False]
    assert taken(slots, ["3"], NOW + DAY - timedelta(seconds=1)) == [False]
    assert taken(slots, ["3", "4", "5"], NOW + DAY) == [True, True, False]


def test_slots_of_others_do_not_count(slots: ReplySlots) -> None:
    two = Cap("requester:2", DAY, 2)
    assert taken(slots, ["1", "2"]) == taken(slots, ["3", "4"], NOW, two) == [True, True]
    assert slots.take("mda", "1", [ONE], NOW) is None


def test_a_cap_of_none_silences(slots: ReplySlots) -> None:
    assert slots.take("acelera", "1", [Cap("portal", DAY, 0)], NOW) == Cap("portal", DAY, 0)


@pytest.mark.parametrize("full_first", [True, False])
def test_a_reply_that_one_cap_refuses_uses_up_no_other(slots: ReplySlots, full_first: bool) -> None:
    """Else a portal at its hour's end would silence requesters for a day."""
    full = Cap("portal", DAY, 0)
    caps = (full, ONE) if full_first else (ONE, full)
    for effect in ("1", "2", "3"):
        assert slots.take("acelera", effect, caps, NOW) is full
    assert taken(slots, ["4", "5", "6"]) == [True, True, False]


def test_of_many_replies_at_once_no_more_than_the_cap_pass(slots: ReplySlots) -> None:
    with ThreadPoolExecutor(8) as pool:
        jobs = [
            pool.submit(slots.take, "acelera", str(n), (Cap(f"requester:{n}", DAY, 1), PORTAL_CAP), NOW)
            for n in range(40)
        ]
    assert sum(job.result() is None for job in jobs) == 5


def test_slots_are_not_kept_for_ever(redis: Redis, slots: ReplySlots) -> None:
    taken(slots, ["1"], NOW, ONE, PORTAL_CAP)
    for name in redis.keys("*"):
        assert 0 < int(redis.ttl(name)) <= DAY.total_seconds()


def test_when_a_slot_was_taken_can_be_asked(slots: ReplySlots) -> None:
    taken(slots, ["1"])
    taken(slots, ["2"], NOW + timedelta(hours=2))
    assert slots.times("acelera", ONE, NOW + timedelta(hours=3)) == {"1": NOW, "2": NOW + timedelta(hours=2)}
    assert list(slots.times("acelera", ONE, NOW + DAY)) == ["2"]
