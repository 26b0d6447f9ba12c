"""Is what another version of the program wrote understood, while both run and after going back?"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis import Redis

from bot.domain.level import Level
from bot.domain.record import Decision, Effect, EffectState, Record, StatusSeen, Written
from bot.domain.ticket import TicketKey
from bot.store.failures import FAILURES, Failures
from bot.store.ledger import Ledger
from tests.world import World

KEY = TicketKey("acelera", 7)
NAME = f"semaforo:ledger:{KEY}"
AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
ISO = AT.isoformat()
DECISION = {
    "level": "URGENTE", "decided_by": "urg-caido", "rules": ["urg-caido"], "words": ["caído"], "flags": [],
    "tags": ["tema-caida"], "rules_version": "4f2a9c1b7d3e",
}  # fmt: skip
# As version 0.1.0 wrote it.
FIRST: dict[str, Any] = {
    "e:nivel:0:URGENTE": {"state": "done", "at": ISO, "attempts": 1},
    "e:acuse": {"state": "open", "at": ISO, "attempts": 2},
    "w:priority": {
        "before": 1, "value": 4, "sure": True, "refused": False, "people": False, "rewrites": 0
    },
    "w:tags": {"before": [], "value": ["sla-urgente"]},
    "m:suspended": ISO,
    "decision": DECISION,
    "statuses": [{"status": 2, "at": ISO, "exact": True}],
    "seen": ISO,
}  # fmt: skip
MEANT = Record(
    effects={"nivel:0:URGENTE": Effect(EffectState.DONE, AT), "acuse": Effect(EffectState.OPEN, AT, 2)},
    written={"priority": Written(1, 4, sure=True), "tags": Written((), ("sla-urgente",))},
    decision=Decision(
        Level.URGENTE, "urg-caido", ("urg-caido",), ("caído",), (), ("tema-caida",), "4f2a9c1b7d3e"
    ),
    statuses=(StatusSeen(2, AT, exact=True),),
    moments={"suspended": AT},
)


def later(value: Any) -> Any:
    """Return an entry as a later version might write it: with more in it."""
    if isinstance(value, dict):
        return {name: later(part) for name, part in value.items()} | {"later": ["x"]}
    return [later(part) for part in value] if isinstance(value, list) else value


def read(redis: Redis, entries: dict[str, Any]) -> Record:
    redis.hset(NAME, mapping={name: json.dumps(value) for name, value in entries.items()})
    return Ledger(redis, timedelta(days=90)).read(KEY)


def test_the_first_version_is_understood(redis: Redis) -> None:
    assert read(redis, FIRST) == MEANT


def test_a_later_version_is_understood_as_far_as_it_is_known(redis: Redis) -> None:
    assert read(redis, later(FIRST) | {"x:another": {"kind": 1}, "another": 7}) == MEANT


@pytest.mark.parametrize(
    ("name", "entry", "meant"),
    [
        ("e:acuse", {"state": "postponed", "at": ISO, "attempts": 1}, Effect(EffectState.OPEN, AT)),
        ("decision", DECISION | {"level": "CRITICO"}, None),
    ],
    ids=["state: looked up before it is sent", "level: decided again"],
)
def test_what_cannot_be_known_is_taken_the_safe_way(
    redis: Redis, name: str, entry: Any, meant: object
) -> None:
    record = read(redis, FIRST | {name: entry})
    assert (record.decision if name == "decision" else record.effects["acuse"]) == meant


def test_failures_of_a_later_version(redis: Redis) -> None:
    kept = Failures(redis).add(KEY, "ServerError 500", AT)
    redis.hset(FAILURES, str(KEY), json.dumps(later(json.loads(redis.hget(FAILURES, str(KEY)) or ""))))
    assert list(Failures(redis).all()) == [kept]


def test_a_ticket_that_two_versions_work_on_gets_one_note_and_one_reply(world: World) -> None:
    ticket = world.open("Caído", "El CRM está caído desde las 8.")
    world.settle(ticket)
    before = world.end_state([ticket])
    name = f"semaforo:ledger:acelera:{ticket}"
    for field, raw in world.redis.hgetall(name).items():
        world.redis.hset(name, field, json.dumps(later(json.loads(raw))))
    world.clock.move(minutes=5)
    world.settle(ticket)
    assert world.end_state([ticket]) == before
    assert list(world.ctx.failures.all()) == []
