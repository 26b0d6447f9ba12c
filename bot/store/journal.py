"""Why is a ticket as it is? The last decision about each, for people to read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from redis import Redis

from bot.domain.ticket import TicketKey
from bot.store.connection import NAMESPACE, as_text

INDEX = f"{NAMESPACE}:journal"


class Journal:
    """Keep one entry a ticket, in `explain`'s JSON shape, until `retention` after it was last written."""

    def __init__(self, redis: Redis, retention: timedelta) -> None:
        self._redis = redis
        self._retention = retention

    def record(self, key: TicketKey, entry: dict[str, Any], now: datetime) -> None:
        """Write a ticket's entry, replacing the one before."""
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.set(_name(key), json.dumps(entry, ensure_ascii=False), ex=self._retention)
            pipe.zadd(INDEX, {str(key): now.timestamp()})
            pipe.zremrangebyscore(INDEX, "-inf", (now - self._retention).timestamp())
            pipe.expire(INDEX, self._retention)
            pipe.execute()

    def read(self, key: TicketKey) -> dict[str, Any] | None:
        """Return a ticket's entry, or None."""
        raw = self._redis.get(_name(key))
        return None if raw is None else json.loads(raw)

    def tickets(self) -> list[TicketKey]:
        """Return every ticket that has an entry, in the order in which they were written."""
        members = self._redis.zrange(INDEX, 0, -1)
        return [TicketKey.parse(as_text(member)) for member in members if isinstance(member, bytes | str)]

    def latest(self, count: int, start: int = 0) -> Iterator[dict[str, Any]]:
        """Yield the entries written last, newest first."""
        members = self._redis.zrevrange(INDEX, start, start + count - 1)
        names = [f"{INDEX}:{as_text(member)}" for member in members if isinstance(member, bytes | str)]
        for raw in self._redis.mget(names) if names else ():
            if raw is not None:
                yield json.loads(raw)

    def forget(self, key: TicketKey) -> None:
        """Erase a ticket's entry."""
        self._redis.delete(_name(key))
        self._redis.zrem(INDEX, str(key))


def _name(key: TicketKey) -> str:
    return f"{INDEX}:{key}"
