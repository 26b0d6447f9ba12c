"""Corrections in the store: one a ticket, for as long as everything else, and gone when forgotten."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from redis import Redis

from bot.domain.level import Level
from bot.domain.ticket import TicketKey
from bot.policy.corrections import Correction
from bot.store.corrections import INDEX, Corrections

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
RETENTION = timedelta(days=90)
KEY, OTHER = TicketKey("acelera", 7), TicketKey("mda", 7)
ONE = Correction(KEY, "urg-caido", ("caído", "caen"), Level.URGENTE, Level.NORMAL, "v1", NOW)


def test_a_correction_comes_back_as_it_was(redis: Redis) -> None:
    store = Corrections(redis, RETENTION)
    store.keep(ONE)
    store.keep(replace(ONE, key=OTHER, rule=None, words=()))
    assert store.read(KEY) == ONE
    assert store.read(OTHER) == replace(ONE, key=OTHER, rule=None, words=())
    assert store.read(TicketKey("acelera", 8)) is None


def test_keeping_twice_is_keeping_once(redis: Redis) -> None:
    store = Corrections(redis, RETENTION)
    store.keep(ONE)
    store.keep(replace(ONE, after=Level.PREFERENTE))
    assert store.since(NOW) == [replace(ONE, after=Level.PREFERENTE)]


def test_corrections_since_a_moment_oldest_first(redis: Redis) -> None:
    store = Corrections(redis, RETENTION)
    made = [
        replace(ONE, key=TicketKey("acelera", number), at=NOW - timedelta(hours=number))
        for number in range(1, 5)
    ]
    for one in made:
        store.keep(one)
    assert store.since(NOW - timedelta(hours=3)) == [made[2], made[1], made[0]]
    assert store.since(NOW) == []


def test_corrections_run_out_with_retention(redis: Redis) -> None:
    store = Corrections(redis, RETENTION)
    store.keep(ONE)
    assert 0 < int(redis.ttl(f"{INDEX}:{KEY}")) <= RETENTION.total_seconds()
    assert 0 < int(redis.ttl(INDEX)) <= RETENTION.total_seconds()
    store.keep(replace(ONE, key=OTHER, at=NOW + RETENTION + timedelta(seconds=1)))
    assert int(redis.zcard(INDEX)) == 1


def test_an_entry_that_ran_out_before_the_index_is_passed_over(redis: Redis) -> None:
    store = Corrections(redis, RETENTION)
    store.keep(ONE)
    redis.delete(f"{INDEX}:{KEY}")
    assert store.since(NOW) == []


def test_a_forgotten_correction_leaves_nothing(redis: Redis) -> None:
    store = Corrections(redis, RETENTION)
    store.keep(ONE)
    store.forget(KEY)
    store.forget(KEY)
    assert redis.keys("*") == []


def test_levels_rule_matched_words_and_moment_are_all_that_is_stored(redis: Redis) -> None:
    Corrections(redis, RETENTION).keep(ONE)
    stored = redis.get(f"{INDEX}:{KEY}")
    assert isinstance(stored, bytes)
    assert set(json.loads(stored)) == {"rule", "words", "before", "after", "rules_version", "at"}
