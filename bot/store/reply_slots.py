"""How many automatic replies has each requester, company, domain and portal had lately?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from redis import Redis

from bot.store.connection import NAMESPACE, as_text

# All caps or none: a reply that one of them refuses uses up no slot of the others. Returns 0 when the reply
# may go, else which cap is full. ARGV: now, effect, then start and length of the window and the cap, by key.
_TAKE = """
for i, key in ipairs(KEYS) do
  redis.call('ZREMRANGEBYSCORE', key, '-inf', ARGV[3 * i])
  local taken = redis.call('ZSCORE', key, ARGV[2])
  if not taken and redis.call('ZCARD', key) >= tonumber(ARGV[3 * i + 2]) then return i end
end
for i, key in ipairs(KEYS) do
  redis.call('ZADD', key, 'NX', ARGV[1], ARGV[2])
  redis.call('EXPIRE', key, ARGV[3 * i + 1])
end
return 0
"""


@dataclass(frozen=True, slots=True)
class Cap:
    """Hold how many replies of one scope may go out in a stretch of time; a scope is ids or hashes only."""

    scope: str
    window: timedelta
    most: int


class ReplySlots:
    """Count replies against caps; one effect counts once, however often it is tried."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._take = redis.register_script(_TAKE)

    def take(self, portal: str, effect: str, caps: Sequence[Cap], now: datetime) -> Cap | None:
        """Count a reply against all its caps at once, or against none; return the one that is full."""
        arguments: list[str | float | int] = [now.timestamp(), effect]
        for cap in caps:
            start, seconds = (now - cap.window).timestamp(), int(cap.window.total_seconds())
            arguments += [start, seconds, cap.most]
        full = int(self._take(keys=[_name(portal, cap.scope) for cap in caps], args=arguments))
        return caps[full - 1] if full else None

    def times(self, portal: str, cap: Cap, now: datetime) -> dict[str, datetime]:
        """Return the effects that hold a slot now, and since when."""
        since = f"({(now - cap.window).timestamp()}"
        found: Any = self._redis.zrangebyscore(_name(portal, cap.scope), since, "+inf", withscores=True)
        return {as_text(effect): datetime.fromtimestamp(at, tz=UTC) for effect, at in found}


def _name(portal: str, scope: str) -> str:
    return f"{NAMESPACE}:replies:{portal}:{scope}"
