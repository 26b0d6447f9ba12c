"""Outcomes in the store: they come back as they were, and nothing but ids, levels and times is in them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis

from bot.domain.level import Level
from bot.domain.plan import TimeSpent
from bot.domain.ticket import TicketKey
from bot.policy.report_outcome import Promise, TicketOutcome
from bot.policy.sla import ClockState
from bot.store.outcomes import Outcomes

NOW = datetime(2026, 11, 23, 15, 0, 0, 123456, tzinfo=UTC)
ONE = TicketOutcome(
    key=TicketKey("acelera", 7),
    level=Level.URGENTE,
    created_at=NOW,
    looked_at=NOW + timedelta(hours=3),
    response=Promise(ClockState.MET, NOW + timedelta(hours=24)),
    resolution=Promise(ClockState.PAUSED, NOW + timedelta(days=7)),
    spent=TimeSpent(timedelta(hours=1), {"cliente": timedelta(minutes=90)}, "cliente", None, False),
    escalations=2,
    company_id=9,
    requester_id=501,
)
NEW = replace(ONE, resolution=None, company_id=None, requester_id=None, counts=False)
CLOSED = replace(ONE, spent=TimeSpent(timedelta(hours=1), {}, None, NOW + timedelta(days=1)))


@pytest.mark.parametrize("outcome", [ONE, NEW, CLOSED], ids=["answered", "new", "closed"])
def test_an_outcome_comes_back_as_it_was(redis: Redis, outcome: TicketOutcome) -> None:
    store = Outcomes(redis, timedelta(days=180))
    store.keep(outcome)
    assert (store.read(outcome.key), list(store.all())) == (outcome, [outcome])


def test_the_last_one_counts(redis: Redis) -> None:
    store = Outcomes(redis, timedelta(days=180))
    store.keep(ONE)
    store.keep(replace(ONE, level=Level.NORMAL))
    store.keep(replace(ONE, key=TicketKey("mda", 7)))
    assert sorted((str(one.key), one.level) for one in store.all()) == [
        ("acelera:7", Level.NORMAL), ("mda:7", Level.URGENTE),
    ]  # fmt: skip


def test_more_than_a_page_is_read_whole(redis: Redis) -> None:
    store = Outcomes(redis, timedelta(days=180))
    for number in range(1, 4501):
        store.keep(replace(ONE, key=TicketKey("acelera", number)))
    assert sorted(one.key.ticket_id for one in store.all()) == list(range(1, 4501))


def test_a_forgotten_outcome_leaves_nothing(redis: Redis) -> None:
    store = Outcomes(redis, timedelta(days=180))
    store.keep(ONE)
    store.forget(ONE.key)
    assert (store.read(ONE.key), redis.keys("*")) == (None, [])


def test_the_only_words_are_our_own(redis: Redis) -> None:
    Outcomes(redis, timedelta(days=180)).keep(ONE)
    raw = redis.get("semaforo:outcome:acelera:7")
    assert raw is not None
    words = {value for value in json.loads(raw).values() if isinstance(value, str)}
    assert words == {"URGENTE", "cliente"}
