"""Which processes have been seen lately?"""

from __future__ import annotations

from datetime import datetime, timedelta

from redis import Redis

from bot.store.connection import NAMESPACE, as_text

LATELY = timedelta(seconds=90)


class Heartbeats:
    """Keep the last moment each kind of process (`clock`, `worker`) was alive."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def beat(self, kind: str, now: datetime) -> None:
        """Say that a process of this kind is alive."""
        self._redis.set(_name(kind), now.isoformat(), ex=LATELY)

    def seen(self, kind: str) -> datetime | None:
        """Return when a process of this kind was last alive; None when not lately."""
        raw = self._redis.get(_name(kind))
        return None if raw is None else datetime.fromisoformat(as_text(raw))


def _name(kind: str) -> str:
    return f"{NAMESPACE}:alive:{kind}"
