"""Who did what on the ops pages, when, and on which ticket or version?

One bounded stream, newest first when read. Names of people who operate the service, of actions, tickets and
versions only: no text of a ticket, nobody who wrote one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from redis import Redis

from bot.store.connection import NAMESPACE, as_text

AUDIT = f"{NAMESPACE}:audit"
MOST_ENTRIES = 10_000
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Hold one act of a person; `target` is a ticket (`acelera:7`), a version or empty; `at` in UTC."""

    at: datetime
    user: str
    action: str
    target: str = ""


class Audit:
    """Keep what people did, until `retention` is over or too much followed."""

    def __init__(self, redis: Redis, retention: timedelta) -> None:
        self._redis = redis
        self._retention = retention

    def record(self, user: str, action: str, target: str, now: datetime) -> None:
        """Write one act down; raises RedisError, so that what cannot be written down is not done."""
        entry = {"at": now.isoformat(), "user": user, "action": action, "target": target}
        oldest = int((now - self._retention).timestamp() * 1000)
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.xadd(AUDIT, {name: value[:_LONGEST] for name, value in entry.items()}, maxlen=MOST_ENTRIES)
            pipe.xtrim(AUDIT, minid=oldest, approximate=False)
            pipe.expire(AUDIT, self._retention)
            pipe.execute()

    def latest(self, count: int = 50) -> Iterator[AuditEntry]:
        """Yield the acts written last, newest first."""
        for _, raw in self._redis.xrevrange(AUDIT, count=count) or ():
            fields = {as_text(name): as_text(value) for name, value in (raw or {}).items()}
            at = datetime.fromisoformat(fields["at"])
            yield AuditEntry(at, fields["user"], fields["action"], fields["target"])
