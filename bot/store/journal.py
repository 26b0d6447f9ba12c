"""Why is a ticket as it is? The last decision about each, what led there, and which tickets are open."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from redis import Redis

from bot.domain.ticket import TicketKey
from bot.store.connection import NAMESPACE, as_text
from bot.store.journal_rows import OpenTicket, open_ticket, row_text

INDEX = f"{NAMESPACE}:journal"
OPEN = f"{NAMESPACE}:journal:open"
ROWS = f"{NAMESPACE}:journal:row"
PAST = f"{NAMESPACE}:journal:past"
MOST_PAST = 40  # a ticket that is looked at for ever must not grow for ever
# What a change of makes a look worth remembering; the rest of an entry follows from these, or from the hour.
_TELLING = ("level", "decided_by", "state", "status", "waits_for", "agent_id", "rules_version")
_TOLD = (*_TELLING, "actions", "reasons", "updated_at")


class Journal:
    """Keep one entry a ticket, in `explain`'s JSON shape, until `retention` after it was last written.

    Beside it a row while the ticket is open, for the board, and the looks that changed something.
    """

    def __init__(self, redis: Redis, retention: timedelta) -> None:
        self._redis = redis
        self._retention = retention

    def record(self, key: TicketKey, entry: dict[str, Any], now: datetime) -> None:
        """Write a ticket's entry, replacing the one before."""
        changed = _is_telling(self.read(key), entry)
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.set(_name(key), json.dumps(entry, ensure_ascii=False), ex=self._retention)
            pipe.zadd(INDEX, {str(key): now.timestamp()})
            pipe.zremrangebyscore(INDEX, "-inf", (now - self._retention).timestamp())
            pipe.expire(INDEX, self._retention)
            if entry.get("state") == "closed":
                _leave_board(pipe, key)
            else:
                pipe.set(f"{ROWS}:{key}", row_text(entry), ex=self._retention)
                pipe.zadd(OPEN, {str(key): now.timestamp()})
                pipe.zremrangebyscore(OPEN, "-inf", (now - self._retention).timestamp())
                pipe.expire(OPEN, self._retention)
            if changed:
                told = {name: entry[name] for name in _TOLD if name in entry}
                pipe.lpush(f"{PAST}:{key}", json.dumps(told, ensure_ascii=False))
                pipe.ltrim(f"{PAST}:{key}", 0, MOST_PAST - 1)
            pipe.expire(f"{PAST}:{key}", self._retention)
            pipe.execute()

    def read(self, key: TicketKey) -> dict[str, Any] | None:
        """Return a ticket's entry, or None."""
        raw = self._redis.get(_name(key))
        return None if raw is None else json.loads(raw)

    def past(self, key: TicketKey) -> list[dict[str, Any]]:
        """Return the looks at a ticket that changed something, newest first: parts of their entries."""
        return [json.loads(raw) for raw in self._redis.lrange(f"{PAST}:{key}", 0, -1)]

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

    def open_tickets(self) -> Iterator[OpenTicket]:
        """Yield every open ticket; two commands, however many there are."""
        members = self._redis.zrange(OPEN, 0, -1)
        names = [as_text(member) for member in members if isinstance(member, bytes | str)]
        raws = self._redis.mget([f"{ROWS}:{name}" for name in names]) if names else ()
        for name, raw in zip(names, raws, strict=True):
            if raw is not None:
                yield open_ticket(TicketKey.parse(name), raw)

    def leave_board(self, key: TicketKey) -> None:
        """Take a ticket that is gone off the board; its entry stays until it runs out."""
        with self._redis.pipeline(transaction=True) as pipe:
            _leave_board(pipe, key)
            pipe.execute()

    def forget(self, key: TicketKey) -> None:
        """Erase a ticket's entry."""
        self._redis.delete(_name(key), f"{PAST}:{key}")
        self._redis.zrem(INDEX, str(key))
        self.leave_board(key)


def _is_telling(before: Mapping[str, Any] | None, entry: Mapping[str, Any]) -> bool:
    """Tell whether a look found or did something new."""
    if before is None or entry.get("actions"):
        return True
    return any(before.get(name) != entry.get(name) for name in _TELLING)


def _leave_board(pipe: Redis, key: TicketKey) -> None:
    pipe.delete(f"{ROWS}:{key}")
    pipe.zrem(OPEN, str(key))


def _name(key: TicketKey) -> str:
    return f"{INDEX}:{key}"
