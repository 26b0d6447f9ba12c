"""Which tickets keep failing, why, and how many attempts were begun?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from redis import Redis

from bot.domain.ticket import TicketKey
from bot.store.connection import NAMESPACE, as_text
from bot.store.versions import known

FAILURES = f"{NAMESPACE}:failures"
ATTEMPTS = f"{NAMESPACE}:attempts"


@dataclass(frozen=True, slots=True)
class Failure:
    """Hold one ticket's run of failures; `reason` names a class and a status, never content.

    A ticket in quarantine is not tried any more until a person asks for it.
    """

    key: TicketKey
    attempts: int
    reason: str
    first_at: datetime
    last_at: datetime
    quarantined: bool = False


class Failures:
    """Keep tickets whose reconcile fails, until one succeeds."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def begin_attempt(self, key: TicketKey) -> int:
        """Count an attempt before its work and return how many were begun since the last success."""
        return int(self._redis.hincrby(ATTEMPTS, str(key), 1))

    def attempts(self, key: TicketKey) -> int:
        """Return how many attempts count against a ticket since its last success."""
        return int(self._redis.hget(ATTEMPTS, str(key)) or 0)

    def uncount(self, key: TicketKey) -> None:
        """Take back the present attempt: its end says nothing about the ticket."""
        if self._redis.hincrby(ATTEMPTS, str(key), -1) <= 0:
            self._redis.hdel(ATTEMPTS, str(key))

    def add(self, key: TicketKey, reason: str, now: datetime) -> Failure:
        """Count one more failure of a ticket and return the run."""
        return self._keep(key, reason, now, quarantined=False)

    def quarantine(self, key: TicketKey, reason: str, now: datetime) -> Failure:
        """Keep that a ticket is not to be tried any more."""
        return self._keep(key, reason, now, quarantined=True)

    def read(self, key: TicketKey) -> Failure | None:
        """Return a ticket's run of failures, or None."""
        return self._read(self._redis.hget(FAILURES, str(key)), key)

    def clear(self, key: TicketKey) -> None:
        """Forget a ticket's failures and attempts."""
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.hdel(FAILURES, str(key))
            pipe.hdel(ATTEMPTS, str(key))
            pipe.execute()

    def all(self) -> Iterator[Failure]:
        """Yield every failing ticket."""
        for name, raw in self._redis.hscan_iter(FAILURES):
            failure = self._read(raw, TicketKey.parse(as_text(name)))
            if failure is not None:
                yield failure

    def _keep(self, key: TicketKey, reason: str, now: datetime, *, quarantined: bool) -> Failure:
        earlier = self.read(key)
        failures = max(earlier.attempts + 1 if earlier else 1, self.attempts(key) if quarantined else 0)
        first_at = earlier.first_at if earlier else now
        data = asdict(Failure(key, failures, reason, first_at, now, quarantined))
        del data["key"]
        self._redis.hset(FAILURES, str(key), json.dumps(data, default=datetime.isoformat))
        return Failure(key, failures, reason, first_at, now, quarantined)

    @staticmethod
    def _read(raw: bytes | str | None, key: TicketKey) -> Failure | None:
        if raw is None:
            return None
        data = json.loads(raw)
        moments = {name: datetime.fromisoformat(data[name]) for name in ("first_at", "last_at")}
        return Failure(key, **(known(Failure, data) | moments))
