"""Is an account worth asking now, or is it down, or does it refuse our key?

One breaker an account, shared by all processes. While it is open a few probes a minute go through, and the
first that is answered closes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from redis import Redis

from bot.store.connection import NAMESPACE, as_text

Why = Literal["down", "key"]
FAILURES = 6  # in a row; two attempts of three calls
PROBE_EVERY = timedelta(seconds=21)  # no window of a minute holds more than three
KEY_PROBE_EVERY = timedelta(minutes=10)  # trying on with a dead key can lock the agent out

_NOW = """
local key, now = KEYS[1], tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) + tonumber(time[2]) / 1000000
end
local why = redis.call('HGET', key, 'why')
local function open(as, wait)
  redis.call('HSET', key, 'why', as, 'since', now, 'next', now + wait)
  redis.call('PERSIST', key)
  return math.ceil(wait * 1000)
end
local function remaining() return math.ceil((redis.call('HGET', key, 'next') - now) * 1000) end
"""
# ARGV: now, key's print, by hand, seconds between probes down, and of a refused key
_ENTER = (
    _NOW
    + """
if not why then return 0 end
if why == 'key' and redis.call('HGET', key, 'print') ~= ARGV[2] then
  redis.call('DEL', key)
  return 0
end
if ARGV[3] == '1' then return 0 end
local wait = remaining()
if wait > 0 then return wait end
redis.call('HSET', key, 'next', now + (why == 'key' and ARGV[5] or ARGV[4]))
return 0
"""
)
# ARGV: now, failures that open, seconds between probes
_FAILED = (
    _NOW
    + """
local failures = redis.call('HINCRBY', key, 'failures', 1)
if why then return math.max(1, remaining()) end
redis.call('EXPIRE', key, 600)
if failures < tonumber(ARGV[2]) then return 0 end
return open('down', tonumber(ARGV[3]))
"""
)
# ARGV: now, key's print, seconds between probes
_REFUSED = (
    _NOW
    + """
local again = why == 'key' and 1 or 0
redis.call('HSET', key, 'print', ARGV[2])
if again == 0 then open('key', tonumber(ARGV[3])) end
return {again, math.max(1, remaining())}
"""
)


@dataclass(frozen=True, slots=True)
class BreakerState:
    """Hold why an account is left alone and since when; `why` is None while it is not."""

    why: Why | None
    since: float | None = None


class Breaker:
    """Keep every account's breaker; `now` replaces Redis's own clock in tests."""

    def __init__(self, redis: Redis, *, now: Callable[[], datetime] | None = None) -> None:
        self._redis, self._now = redis, now
        self._enter = redis.register_script(_ENTER)
        self._failed = redis.register_script(_FAILED)
        self._refused = redis.register_script(_REFUSED)

    def enter(self, portal: str, key_print: str, *, by_hand: bool = False) -> timedelta | None:
        """Let a request through, or say how long to wait; a key other than the refused one closes it."""
        probes = (PROBE_EVERY.total_seconds(), KEY_PROBE_EVERY.total_seconds())
        wait = self._enter(keys=[_name(portal)], args=[self._moment(), key_print, int(by_hand), *probes])
        return timedelta(milliseconds=int(wait)) if wait else None

    def failed(self, portal: str) -> timedelta | None:
        """Count a request without an answer or with 5xx; return how long to wait if it is open now."""
        arguments = (self._moment(), FAILURES, PROBE_EVERY.total_seconds())
        wait = self._failed(keys=[_name(portal)], args=arguments)
        return timedelta(milliseconds=int(wait)) if wait else None

    def answered(self, portal: str) -> bool:
        """Close it after an answer; return whether it was open."""
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.hget(_name(portal), "why")
            pipe.delete(_name(portal))
            return pipe.execute()[0] is not None

    def refused_key(self, portal: str, key_print: str) -> timedelta | None:
        """Stop asking after a 401; return how long to wait if the key was refused before."""
        arguments = (self._moment(), key_print, KEY_PROBE_EVERY.total_seconds())
        again, wait = self._refused(keys=[_name(portal)], args=arguments)
        return timedelta(milliseconds=int(wait)) if again else None

    def state(self, portal: str) -> BreakerState:
        """Return whether and why an account is left alone; `since` in seconds of the epoch."""
        why, since = self._redis.hmget(_name(portal), "why", "since")
        if why is None or since is None:
            return BreakerState(None)
        return BreakerState("key" if as_text(why) == "key" else "down", float(as_text(since)))

    def _moment(self) -> str:
        return "" if self._now is None else repr(self._now().timestamp())


def _name(portal: str) -> str:
    return f"{NAMESPACE}:breaker:{portal}"
