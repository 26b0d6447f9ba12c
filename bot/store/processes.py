"""Which processes of the service run, on which machine, and which rules does each hold?

Each writes itself down every few seconds; one that stopped doing so is forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from redis import Redis

from bot.store.connection import NAMESPACE, as_text
from bot.store.heartbeat import LATELY

PROCESSES = f"{NAMESPACE}:processes"
REPORT_EVERY = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Process:
    """Hold one process as it last reported itself; `name` is its machine and number; times in UTC."""

    kind: str
    name: str
    started_at: datetime
    seen_at: datetime
    rules_version: str
    version: str


class Processes:
    """Keep the last report of every process."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def report(self, process: Process) -> None:
        """Say that a process runs."""
        told = (process.started_at.isoformat(), process.seen_at.isoformat())
        text = json.dumps([*told, process.rules_version, process.version])
        self._redis.hset(PROCESSES, _field(process.kind, process.name), text)

    def leave(self, kind: str, name: str) -> None:
        """Say that a process ends."""
        self._redis.hdel(PROCESSES, _field(kind, name))

    def seen(self, now: datetime) -> list[Process]:
        """Return the processes seen lately, by kind and name; older reports are erased."""
        found = list(self._all())
        gone = [one for one in found if now - one.seen_at > LATELY]
        if gone:
            self._redis.hdel(PROCESSES, *(_field(one.kind, one.name) for one in gone))
        alive = [one for one in found if one not in gone]
        return sorted(alive, key=lambda one: (one.kind, one.name))

    def _all(self) -> Iterator[Process]:
        for field, raw in self._redis.hgetall(PROCESSES).items():
            kind, _, name = as_text(field).partition("|")
            started, seen, rules, version = json.loads(as_text(raw))
            moments = (datetime.fromisoformat(started), datetime.fromisoformat(seen))
            yield Process(kind, name, *moments, rules, version)


def _field(kind: str, name: str) -> str:
    return f"{kind}|{name}"
