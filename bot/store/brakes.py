"""May anything be written to Freshdesk now, and which tickets wait until it may?

Two brakes. The stop is a person's: one key in Redis, for every machine at once, and a file, for one machine
and for a Redis that was emptied. The fuse blows by itself when a portal had too many writes in an hour.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from redis import Redis

from bot.domain.ticket import TicketKey
from bot.store.connection import NAMESPACE, as_text

HOUR = timedelta(hours=1)
_STOP = f"{NAMESPACE}:stop"
HELD = f"{NAMESPACE}:held"

# Count one write in the portal's hour, which begins with its first write; the answer is the count, and
# whether it is this very write that blew the fuse. Times are the caller's: clocks of machines differ by less
# than what an hour's cap can tell.
_COUNT = """
local now, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local start = tonumber(redis.call('HGET', KEYS[1], 'start') or '-inf')
if now - start >= 3600 then redis.call('DEL', KEYS[1]) redis.call('HSET', KEYS[1], 'start', ARGV[1]) end
local count = redis.call('HINCRBY', KEYS[1], 'count', 1)
redis.call('EXPIRE', KEYS[1], 7200)
if count > most and redis.call('HSETNX', KEYS[1], 'blown', ARGV[1]) == 1 then return 1 end
return 0
"""


@dataclass(frozen=True, slots=True)
class Stop:
    """Hold that a person stopped all writing; `by_file` when the file on this machine says so."""

    since: datetime | None
    by_file: bool


@dataclass(frozen=True, slots=True)
class Fuse:
    """Hold one portal's writes of the present hour, and since when its fuse is blown."""

    portal: str
    writes: int
    ends_at: datetime
    blown_at: datetime | None


class Brakes:
    """Keep both brakes and the tickets they hold back."""

    def __init__(self, redis: Redis, stop_file: Path | None = None, writes_per_hour: int = 5000) -> None:
        self._redis = redis
        self._file = stop_file
        self.writes_per_hour = writes_per_hour
        self._count = redis.register_script(_COUNT)

    def stop(self, now: datetime) -> None:
        """Stop all writing, everywhere, until `resume`."""
        self._redis.set(_STOP, json.dumps({"since": now.isoformat()}), nx=True)
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.touch()

    def resume(self, portals: Iterable[str]) -> None:
        """Lift the stop and put new fuses in."""
        self._redis.delete(_STOP, *(_fuse(portal) for portal in portals))
        if self._file is not None:
            self._file.unlink(missing_ok=True)

    def stopped(self) -> Stop | None:
        """Return the stop, if there is one."""
        by_file = self._file is not None and self._file.exists()
        raw = self._redis.get(_STOP)
        if raw is None:
            return Stop(None, by_file=True) if by_file else None
        return Stop(datetime.fromisoformat(json.loads(raw)["since"]), by_file)

    def count_write(self, portal: str, now: datetime) -> bool:
        """Count one write and tell whether it is the one that blows the portal's fuse."""
        return bool(self._count(keys=[_fuse(portal)], args=[now.timestamp(), self.writes_per_hour]))

    def fuse(self, portal: str, now: datetime) -> Fuse:
        """Return how a portal's fuse stands; a blown one holds until its hour is over."""
        raw = {as_text(name): float(value) for name, value in self._redis.hgetall(_fuse(portal)).items()}
        start = datetime.fromtimestamp(raw.get("start", now.timestamp()), tz=now.tzinfo)
        if not raw or now - start >= HOUR:
            return Fuse(portal, 0, now + HOUR, None)
        blown = datetime.fromtimestamp(raw["blown"], tz=now.tzinfo) if "blown" in raw else None
        return Fuse(portal, int(raw.get("count", 0)), start + HOUR, blown)

    def hold(self, key: TicketKey) -> None:
        """Remember that something of this ticket waits for a brake to be lifted."""
        self._redis.sadd(HELD, str(key))

    def held(self) -> set[TicketKey]:
        """Return the tickets that wait."""
        return {TicketKey.parse(as_text(name)) for name in self._redis.smembers(HELD)}

    def let_go(self, keys: Iterable[TicketKey]) -> None:
        """Forget that tickets wait, once they are rung."""
        if names := [str(key) for key in keys]:
            self._redis.srem(HELD, *names)


def _fuse(portal: str) -> str:
    return f"{NAMESPACE}:fuse:{portal}"
