"""Which tickets keep failing, and why?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from redis import Redis

from bot.domain.ticket import TicketKey
from bot.store.connection import NAMESPACE, as_text

FAILURES = f"{NAMESPACE}:failures"


@dataclass(frozen=True, slots=True)
class Failure:
    """Hold one ticket's run of failures; `reason` names a class and a status, never content."""

    key: TicketKey
    attempts: int
    reason: str
    first_at: datetime
    last_at: datetime


class Failures:
    """Keep tickets whose reconcile fails, until one succeeds."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def add(self, key: TicketKey, reason: str, now: datetime) -> Failure:
        """Count one more failure of a ticket and return the run."""
        earlier = self._read(self._redis.hget(FAILURES, str(key)), key)
        failure = Failure(
            key, earlier.attempts + 1 if earlier else 1, reason, earlier.first_at if earlier else now, now
        )
        data = {**asdict(failure), "first_at": failure.first_at.isoformat(), "last_at": now.isoformat()}
        del data["key"]
        self._redis.hset(FAILURES, str(key), json.dumps(data))
        return failure

    def clear(self, key: TicketKey) -> None:
        """Forget a ticket's failures."""
        self._redis.hdel(FAILURES, str(key))

    def all(self) -> Iterator[Failure]:
        """Yield every failing ticket."""
        for name, raw in self._redis.hscan_iter(FAILURES):
            failure = self._read(raw, TicketKey.parse(as_text(name)))
            if failure is not None:
                yield failure

    @staticmethod
    def _read(raw: bytes | str | None, key: TicketKey) -> Failure | None:
        if raw is None:
            return None
        data = json.loads(raw)
        first, last = (datetime.fromisoformat(data[name]) for name in ("first_at", "last_at"))
        return Failure(key, data["attempts"], data["reason"], first, last)
