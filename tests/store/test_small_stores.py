"""Journal, facts, failures and heartbeats."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from redis import Redis

from bot.domain.ticket import Company, TicketKey
from bot.store.facts import AGENT_LIFE, COMPANY_LIFE, Facts
from bot.store.failures import Failure, Failures
from bot.store.heartbeat import LATELY, Heartbeats
from bot.store.journal import INDEX, Journal

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
KEY, OTHER = TicketKey("acelera", 7), TicketKey("mda", 7)
RETENTION = timedelta(days=90)


def keys(count: int) -> list[TicketKey]:
    return [TicketKey("acelera", number) for number in range(1, count + 1)]


def test_the_journal_keeps_the_last_entry_of_each_ticket(redis: Redis) -> None:
    journal = Journal(redis, RETENTION)
    journal.record(KEY, {"level": "URGENTE", "words": ["caído", "🔴"]}, NOW)
    journal.record(OTHER, {"level": "NORMAL"}, NOW)
    journal.record(KEY, {"level": "NORMAL"}, NOW)
    assert (journal.read(KEY), journal.read(OTHER)) == ({"level": "NORMAL"}, {"level": "NORMAL"})
    assert journal.read(TicketKey("acelera", 8)) is None


def test_the_journal_lists_newest_first_in_pages(redis: Redis) -> None:
    journal = Journal(redis, RETENTION)
    for minutes, key in enumerate(keys(5)):
        journal.record(key, {"n": key.ticket_id}, NOW + timedelta(minutes=minutes))
    journal.record(keys(5)[0], {"n": 1}, NOW + timedelta(hours=1))
    assert [entry["n"] for entry in journal.latest(3)] == [1, 5, 4]
    assert [entry["n"] for entry in journal.latest(3, start=3)] == [3, 2]
    assert list(journal.latest(3, start=99)) == []


def test_the_journal_skips_entries_that_ran_out(redis: Redis) -> None:
    journal = Journal(redis, RETENTION)
    for key in keys(2):
        journal.record(key, {"n": key.ticket_id}, NOW)
    redis.delete(f"{INDEX}:{keys(1)[0]}")
    assert [entry["n"] for entry in journal.latest(10)] == [2]


def test_the_journals_index_ends_with_retention(redis: Redis) -> None:
    journal = Journal(redis, RETENTION)
    journal.record(KEY, {}, NOW)
    journal.record(OTHER, {}, NOW + RETENTION + timedelta(seconds=1))
    assert int(redis.zcard(INDEX)) == 1
    assert 0 < int(redis.ttl(f"{INDEX}:{KEY}")) <= RETENTION.total_seconds()


def test_the_journal_forgets(redis: Redis) -> None:
    journal = Journal(redis, RETENTION)
    journal.record(KEY, {"level": "URGENTE"}, NOW)
    journal.forget(KEY)
    assert redis.keys("*") == []


@pytest.mark.parametrize("overdue", [True, False, None])
@pytest.mark.parametrize("due", [date(2026, 12, 1), None])
def test_a_companys_marks_come_back_as_they_were(
    redis: Redis, overdue: bool | None, due: date | None
) -> None:
    facts, company = Facts(redis), Company(9, overdue, due)
    assert facts.keep_companies("acelera", [company, Company(10)]) == 2
    assert facts.company("acelera", 9) == company
    assert facts.company("mda", 9) is None
    assert 0 < int(redis.ttl("semaforo:company:acelera:9")) <= COMPANY_LIFE.total_seconds()


def test_no_companies_is_no_trouble(redis: Redis) -> None:
    assert Facts(redis).keep_companies("acelera", []) == 0


def test_the_bots_agent_is_kept_for_a_day(redis: Redis) -> None:
    facts = Facts(redis)
    assert facts.bot_agent("acelera") is None
    facts.keep_bot_agent("acelera", 103000000001)
    assert (facts.bot_agent("acelera"), facts.bot_agent("mda")) == (103000000001, None)
    assert 0 < int(redis.ttl("semaforo:bot:acelera")) <= AGENT_LIFE.total_seconds()


def test_a_turn_is_taken_once_a_period(redis: Redis) -> None:
    facts, period = Facts(redis), timedelta(minutes=5)
    assert [facts.take_turn("sweep:acelera", period) for _ in range(3)] == [True, False, False]
    assert facts.take_turn("sweep:mda", period)
    redis.delete("semaforo:turn:sweep:acelera")
    assert facts.take_turn("sweep:acelera", period)


def test_the_last_sweep(redis: Redis) -> None:
    facts = Facts(redis)
    assert facts.last_sweep("acelera") is None
    facts.keep_last_sweep("acelera", NOW)
    assert (facts.last_sweep("acelera"), facts.last_sweep("mda")) == (NOW, None)


def test_failures_count_up_until_one_succeeds(redis: Redis) -> None:
    failures, later = Failures(redis), NOW + timedelta(hours=1)
    assert failures.add(KEY, "TemporaryError 500", NOW) == Failure(KEY, 1, "TemporaryError 500", NOW, NOW)
    assert failures.add(KEY, "TemporaryError 502", later) == Failure(KEY, 2, "TemporaryError 502", NOW, later)
    failures.add(OTHER, "ValueError", NOW)
    assert {failure.key: failure.attempts for failure in failures.all()} == {KEY: 2, OTHER: 1}
    failures.clear(KEY)
    failures.clear(KEY)
    assert [failure.key for failure in failures.all()] == [OTHER]
    assert failures.add(KEY, "again", later).attempts == 1


def test_heartbeats_are_of_lately(redis: Redis) -> None:
    hearts = Heartbeats(redis)
    assert hearts.seen("clock") is None
    hearts.beat("clock", NOW)
    assert (hearts.seen("clock"), hearts.seen("worker")) == (NOW, None)
    assert 0 < int(redis.ttl("semaforo:alive:clock")) <= LATELY.total_seconds()


def test_the_board_holds_what_is_open(redis: Redis) -> None:
    journal = Journal(redis, RETENTION)
    due = {"response": {"state": "running", "limit": "2026-07-31T10:00:00-05:00"}}
    journal.record(KEY, {"level": "URGENTE", "due": due, "state": "running", "agent_id": 5}, NOW)
    journal.record(OTHER, {"level": "NORMAL", "state": "running"}, NOW)
    first, _ = journal.open_tickets()
    assert (first.key, first.level, first.agent) == (KEY, "URGENTE", 5)
    assert first.response.limit == datetime(2026, 7, 31, 15, tzinfo=UTC).timestamp()
    journal.record(KEY, {"state": "closed"}, NOW)
    journal.leave_board(OTHER)
    assert list(journal.open_tickets()) == []
    assert journal.read(OTHER) == {"level": "NORMAL", "state": "running"}, "only the board forgets it"


def test_a_row_that_ran_out_leaves_the_board(redis: Redis) -> None:
    journal = Journal(redis, RETENTION)
    journal.record(KEY, {"state": "running"}, NOW)
    journal.record(OTHER, {"state": "running"}, NOW + RETENTION + timedelta(days=1))
    assert [one.key for one in journal.open_tickets()] == [OTHER]


def test_the_past_keeps_the_looks_that_changed_something(redis: Redis) -> None:
    journal = Journal(redis, RETENTION)
    looks: list[dict[str, object]] = [
        {"level": "NORMAL", "actions": [{"kind": "add_note"}], "updated_at": "1"},
        {"level": "NORMAL", "actions": [], "updated_at": "2"},
        {"level": "URGENTE", "actions": [], "updated_at": "3", "words": ["caído"]},
    ]
    for look in looks:
        journal.record(KEY, look, NOW)
    assert [one["updated_at"] for one in journal.past(KEY)] == ["3", "1"]
    assert "words" not in journal.past(KEY)[0]
    for number in range(200):
        journal.record(KEY, {"level": str(number)}, NOW)
    assert len(journal.past(KEY)) == 40
    journal.forget(KEY)
    assert journal.past(KEY) == []
