"""What was done already: round trips and reply slots."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from bot.domain.level import Level
from bot.domain.record import Decision, Effect, EffectState, Record, StatusSeen, Written
from bot.domain.ticket import TicketKey
from bot.store.ledger import Ledger

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
KEY, OTHER = TicketKey("acelera", 7), TicketKey("mda", 7)
DAY = timedelta(days=1)


@pytest.fixture
def ledger(redis: Redis) -> Ledger:
    return Ledger(redis, timedelta(days=90))


def test_nothing_is_known_of_a_ticket_never_seen(ledger: Ledger) -> None:
    assert ledger.read(KEY) == Record()
    assert ledger.read(KEY).is_empty
    assert ledger.seen([KEY, OTHER]) == [None, None]


moments = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
words = st.text(max_size=12)
names = st.text("abcdefghijklmnopqrstuvwxyz:+-0123456789", min_size=1, max_size=30)
values = st.one_of(st.none(), st.integers(), words, st.lists(words, max_size=3).map(tuple))
many = st.lists(words, max_size=3).map(tuple)
effects = st.builds(Effect, st.sampled_from(EffectState), moments, st.integers(1, 99))
memories = st.builds(Written, values, values, st.booleans(), st.booleans(), st.booleans(), st.integers(0, 9))
decisions = st.builds(Decision, st.sampled_from(Level), st.none() | words, many, many, many, many, words)
statuses = st.lists(st.builds(StatusSeen, st.integers(2, 99), moments, st.booleans()), max_size=4).map(tuple)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    done=st.dictionaries(names, effects, max_size=3),
    written=st.dictionaries(names, memories, max_size=3),
    decision=decisions,
    history=statuses,
    seen=moments,
)
def test_all_that_is_kept_comes_back_as_it_was(
    ledger: Ledger,
    done: dict[str, Effect],
    written: dict[str, Written],
    decision: Decision,
    history: tuple[StatusSeen, ...],
    seen: datetime,
) -> None:
    ledger.forget(KEY)
    ledger.keep(KEY, decision, history, seen, done, written)
    assert ledger.read(KEY) == Record(done, written, decision, history)
    assert ledger.seen([OTHER, KEY]) == [None, seen]
    assert ledger.read(OTHER).is_empty


def test_an_effect_from_intent_to_done(ledger: Ledger) -> None:
    ledger.open_effect(KEY, "acuse", NOW, 1)
    assert ledger.read(KEY).open_effects() == {"acuse": Effect(EffectState.OPEN, NOW, 1)}
    ledger.settle_effect(KEY, "acuse", NOW + DAY, 2)
    assert ledger.read(KEY).effects == {"acuse": Effect(EffectState.DONE, NOW + DAY, 2)}
    assert ledger.read(KEY).open_effects() == {}


def test_an_effect_that_surely_did_not_happen_is_withdrawn_alone(ledger: Ledger) -> None:
    for effect in ("acuse", "nivel:0:URGENTE"):
        ledger.open_effect(KEY, effect, NOW, 1)
    ledger.withdraw_effect(KEY, "acuse", NOW, 1)
    ledger.withdraw_effect(KEY, "acuse", NOW, 1)
    assert set(ledger.read(KEY).effects) == {"nivel:0:URGENTE"}


@pytest.mark.parametrize("since", ["opened", "done"])
def test_what_another_worker_wrote_since_is_not_withdrawn(ledger: Ledger, since: str) -> None:
    ledger.open_effect(KEY, "acuse", NOW, 1)
    write = ledger.open_effect if since == "opened" else ledger.settle_effect
    write(KEY, "acuse", NOW + DAY, 2)
    before = ledger.read(KEY).effects
    ledger.withdraw_effect(KEY, "acuse", NOW, 1)
    assert ledger.read(KEY).effects == before


def test_keeping_a_decision_leaves_effects_and_fields_alone(ledger: Ledger) -> None:
    ledger.open_effect(KEY, "acuse", NOW, 1)
    ledger.write_fields(KEY, {"priority": Written(1, 4)})
    ledger.write_fields(KEY, {})
    decision = Decision(Level.NORMAL, None, (), (), (), (), "v")
    ledger.keep(KEY, decision, (), NOW, {}, {"tags": Written(None, ("a",), sure=True)})
    record = ledger.read(KEY)
    assert set(record.effects) == {"acuse"}
    assert record.written == {"priority": Written(1, 4), "tags": Written(None, ("a",), sure=True)}


def test_a_ticket_forgotten_is_forgotten_whole(redis: Redis, ledger: Ledger) -> None:
    ledger.open_effect(KEY, "acuse", NOW, 1)
    ledger.forget(KEY)
    assert redis.keys("*") == []


def test_memory_ends_with_retention_after_the_last_look(redis: Redis) -> None:
    brief = Ledger(redis, timedelta(seconds=100))
    brief.open_effect(KEY, "acuse", NOW, 1)
    redis.expire("semaforo:ledger:acelera:7", 5)
    brief.settle_effect(KEY, "acuse", NOW, 1)
    assert 95 <= int(redis.ttl("semaforo:ledger:acelera:7")) <= 100
