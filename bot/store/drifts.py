"""On which tickets did Freshdesk's own SLA overwrite our dates lately?

One sorted set a portal, ticket to the moment it was last seen. Keys of tickets and times only.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from redis import Redis

from bot.domain.ticket import TicketKey
from bot.store.connection import NAMESPACE, as_text

DRIFTS = f"{NAMESPACE}:drift"
LATELY = timedelta(days=7)


class Drifts:
    """Keep the tickets of the last seven days."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def note(self, key: TicketKey, now: datetime) -> None:
        """Remember that a ticket's dates were found overwritten."""
        name = f"{DRIFTS}:{key.portal}"
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.zadd(name, {str(key): now.timestamp()})
            pipe.zremrangebyscore(name, "-inf", (now - LATELY).timestamp())
            pipe.expire(name, LATELY)
            pipe.execute()

    def lately(self, portal: str, now: datetime) -> list[TicketKey]:
        """Return a portal's tickets of the last seven days, the latest first."""
        since = (now - LATELY).timestamp()
        members = self._redis.zrevrangebyscore(f"{DRIFTS}:{portal}", "+inf", since)
        return [TicketKey.parse(as_text(member)) for member in members if isinstance(member, bytes | str)]

    def count(self, portal: str, now: datetime) -> int:
        """Return how many there are."""
        return int(self._redis.zcount(f"{DRIFTS}:{portal}", (now - LATELY).timestamp(), "+inf"))
