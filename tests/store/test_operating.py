"""What do the stores behind the system page remember: acts of people, processes, the server itself?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from redis import Redis

from bot.store import audit as audit_module
from bot.store.audit import AUDIT, Audit, AuditEntry
from bot.store.heartbeat import LATELY
from bot.store.processes import PROCESSES, Process, Processes
from bot.store.server import StoreServer, server_state
from tests.world import MONDAY

KEPT = timedelta(days=90)
WEB = Process("web", "mesa/7", MONDAY, MONDAY, "4f2a", "1.0")


def test_acts_come_back_newest_first(redis: Redis) -> None:
    audit = Audit(redis, KEPT)
    audit.record("ana", "detener", "", MONDAY)
    audit.record("luis", "recalcular", "acelera:7", MONDAY + timedelta(minutes=1))
    assert list(audit.latest()) == [
        AuditEntry(MONDAY + timedelta(minutes=1), "luis", "recalcular", "acelera:7"),
        AuditEntry(MONDAY, "ana", "detener", ""),
    ]
    assert [entry.user for entry in audit.latest(1)] == ["luis"]


def test_acts_go_when_their_time_is_over(redis: Redis) -> None:
    audit, now = Audit(redis, KEPT), MONDAY
    redis.xadd(AUDIT, {"at": now.isoformat(), "user": "ana", "action": "detener", "target": ""}, id="1-1")
    audit.record("luis", "reanudar", "", now)
    assert [entry.user for entry in audit.latest()] == ["luis"]
    assert 0 < redis.ttl(AUDIT) <= KEPT.total_seconds()


def test_the_audit_is_bounded(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    audit = Audit(redis, KEPT)
    monkeypatch.setattr(audit_module, "MOST_ENTRIES", 100)
    for _ in range(400):
        audit.record("ana" * 500, "x" * 500, "y" * 500, MONDAY)
    assert redis.xlen(AUDIT) <= 200, "Redis trims in whole nodes"
    assert len(next(audit.latest()).user) == 120


def test_a_process_is_seen_until_it_leaves_or_falls_silent(redis: Redis) -> None:
    processes = Processes(redis)
    silent = replace(WEB, kind="worker", name="mesa/8")
    later = replace(WEB, seen_at=MONDAY + LATELY)
    for one in (silent, WEB, later, replace(later, kind="clock")):
        processes.report(one)
    now = MONDAY + LATELY + timedelta(seconds=1)
    assert processes.seen(now) == [replace(later, kind="clock"), later]
    assert redis.hlen(PROCESSES) == 2, "the silent one is erased"
    processes.leave("web", "mesa/7")
    assert [one.kind for one in processes.seen(now)] == ["clock"]


def test_the_server_tells_how_it_stands(redis: Redis) -> None:
    state = StoreServer(redis).state()
    assert state.memory > 0
    assert state.version[0].isdigit()
    assert (state.aof, state.evicts) == (
        bool(redis.info("persistence")["aof_enabled"]),
        redis.config_get("maxmemory-policy")["maxmemory-policy"] != "noeviction",
    )


def test_a_server_that_tells_nothing_is_not_taken_for_sound() -> None:
    state = server_state({})
    assert (state.aof, state.aof_good, state.evicts, state.version) == (False, False, True, "?")
