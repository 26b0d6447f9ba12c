"""How many queued jobs were not run, because they named another function or could not be read?"""

from __future__ import annotations

from redis import Redis

from bot.store.connection import NAMESPACE, as_text

_NAME = f"{NAMESPACE}:refused"


class RefusedJobs:
    """Count for all workers; whoever puts such a job into Redis can write to it."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def add(self) -> None:
        """Count one."""
        self._redis.incr(_NAME)

    def count(self) -> int:
        """Return how many there were since Redis was emptied last."""
        raw = self._redis.get(_NAME)
        return 0 if raw is None else int(as_text(raw))
