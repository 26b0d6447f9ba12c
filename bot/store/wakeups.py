"""Which ticket must be looked at, and when?

One sorted set, ticket to moment. Ringing never moves an alarm later. Taking a due ticket moves its moment
ahead as a lease whose score is the job's token: a dead worker's lease runs out and the ticket rings again,
and a job whose token is gone was overtaken and does nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from redis import Redis

from bot.domain.ticket import TicketKey
from bot.store.connection import NAMESPACE

ALARMS = f"{NAMESPACE}:wakeups"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Scores are whole microseconds: a double holds them exactly until the year 2255, so a score can be a token.
_TAKE = """
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
for i, member in ipairs(due) do
  redis.call('ZADD', KEYS[1], string.format('%.0f', ARGV[2] + i), member)
end
return due
"""
_BEGIN = """
if redis.call('ZSCORE', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
return 1
"""
_FINISH = """
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if score == ARGV[2] then
  if tonumber(score) <= tonumber(ARGV[4]) then return redis.call('ZADD', KEYS[1], ARGV[4], ARGV[1]) end
  if ARGV[3] == '' then return redis.call('ZREM', KEYS[1], ARGV[1]) end
  return redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
end
if ARGV[3] ~= '' then redis.call('ZADD', KEYS[1], 'LT', ARGV[3], ARGV[1]) end
return 0
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """Hold one due ticket with the token that its job must show."""

    key: TicketKey
    token: int


class Wakeups:
    """Keep the alarms of all tickets of all portals in one Redis sorted set."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._take = redis.register_script(_TAKE)
        self._begin = redis.register_script(_BEGIN)
        self._finish = redis.register_script(_FINISH)

    def ring(self, key: TicketKey, at: datetime) -> None:
        """Look at this ticket at `at` or earlier; one command, safe to repeat."""
        self._redis.zadd(ALARMS, {str(key): _micros(at)}, lt=True)

    def ring_all(self, keys: Iterable[TicketKey], at: datetime) -> int:
        """Ring many tickets at once and return how many had no alarm before."""
        members = {str(key): _micros(at) for key in keys}
        added = self._redis.zadd(ALARMS, members, lt=True) if members else 0
        return int(added or 0)

    def take_due(self, now: datetime, lease: timedelta, limit: int = 100) -> list[Taken]:
        """Take the tickets whose moment has come, longest due first, and lease each until now + lease."""
        until = _micros(now + lease)
        members = self._take(keys=[ALARMS], args=[_micros(now), until, limit])
        return [Taken(TicketKey.parse(m.decode()), until + place) for place, m in enumerate(members, start=1)]

    def begin(self, key: TicketKey, token: int, until: datetime) -> int | None:
        """Start a job: exchange its token for one that lasts `until`; None when the job was overtaken.

        Whatever rings from here on stays rung: `finish` sees that the score is no longer the token.
        """
        exchanged = _micros(until) + 1
        started = self._begin(keys=[ALARMS], args=[str(key), str(token), exchanged])
        return exchanged if started else None

    def finish(self, key: TicketKey, token: int, wake_at: datetime | None, now: datetime) -> None:
        """End a job: next look at `wake_at`, or earlier if the ticket was rung meanwhile.

        A job that outlived its lease is followed by another look, for a ring since then left no trace.
        """
        at = "" if wake_at is None else str(_micros(wake_at))
        self._finish(keys=[ALARMS], args=[str(key), str(token), at, _micros(now)])

    def postpone(self, key: TicketKey, at: datetime) -> None:
        """Look at a ticket whose attempt failed at `at`, whatever rang meanwhile."""
        self._redis.zadd(ALARMS, {str(key): _micros(at)})

    def at(self, key: TicketKey) -> datetime | None:
        """Return when this ticket is to be looked at next."""
        score = self._redis.zscore(ALARMS, str(key))
        return None if score is None else _EPOCH + timedelta(microseconds=int(score))

    def overdue(self, now: datetime) -> tuple[int, float]:
        """Return how many alarms are past due and the age of the oldest in seconds."""
        count = int(self._redis.zcount(ALARMS, "-inf", _micros(now)))
        oldest = self._redis.zrange(ALARMS, 0, 0, withscores=True)
        age = max(0.0, (_micros(now) - float(oldest[0][1])) / 1e6) if oldest else 0.0
        return count, age

    def forget(self, key: TicketKey) -> None:
        """Remove a ticket's alarm."""
        self._redis.zrem(ALARMS, str(key))


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)
