"""Which ops sessions are open, and who must wait before trying again?

What all web workers must agree on: sessions, one-time links, failed log-ins. Tokens are kept as their SHA-256
only, everything runs out by itself, and after Redis was emptied people simply log in again.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from redis import Redis

from bot.store.connection import NAMESPACE

IDLE_LIMIT = timedelta(hours=8)
LINK_LIFE = timedelta(hours=1)
# Workers that start together, and people who reload, share one printed link.
LINK_PAUSE = timedelta(seconds=15)
FAILURES_LIFE = timedelta(minutes=15)
LONGEST_DELAY_SECONDS = 60

_PREFIX = f"{NAMESPACE}:ops"


class Access:
    """Keep sessions, links and delays; every method is one or two commands and may raise RedisError."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def signing_key(self) -> bytes:
        """Return the random key that signs the cookies of all workers, making it when there is none."""
        name = f"{_PREFIX}:signing-key"
        key = self._redis.get(name)
        if key is None:
            self._redis.set(name, secrets.token_bytes(32), nx=True)  # of several workers one wins
            key = self._redis.get(name)
        assert isinstance(key, bytes), "the key was set above and never runs out"
        return key

    def open_session(self) -> str:
        """Start a session and return its token."""
        token = secrets.token_urlsafe(32)
        self._redis.set(_hashed("session", token), 1, ex=IDLE_LIMIT)
        return token

    def is_open(self, token: str) -> bool:
        """Tell whether a session holds, and start its idle limit anew."""
        return bool(self._redis.expire(_hashed("session", token), IDLE_LIMIT))

    def close_session(self, token: str) -> None:
        """End a session at once, wherever its cookie may be."""
        self._redis.delete(_hashed("session", token))

    def offer_link(self) -> str | None:
        """Return a token for a one-time link; None when one was offered a moment ago."""
        if not self._redis.set(f"{_PREFIX}:link-offered", 1, nx=True, ex=LINK_PAUSE):
            return None
        token = secrets.token_urlsafe(32)
        self._redis.set(_hashed("link", token), 1, ex=LINK_LIFE)
        return token

    def use_link(self, token: str) -> bool:
        """Tell whether a link's token holds, and spend it: of two callers only one gets True."""
        return bool(self._redis.delete(_hashed("link", token)))

    def delay(self, address: str) -> int:
        """Return for how many seconds an address may not try again, 0 when it may."""
        return max(0, int(self._redis.ttl(f"{_PREFIX}:delay:{address}")))

    def count_failure(self, address: str) -> None:
        """Make an address wait: 2 s after its first failure, doubling with each."""
        name = f"{_PREFIX}:failures:{address}"
        failures = int(self._redis.incr(name))
        self._redis.expire(name, FAILURES_LIFE)
        seconds = min(2 ** min(failures, 10), LONGEST_DELAY_SECONDS)
        self._redis.set(f"{_PREFIX}:delay:{address}", 1, ex=seconds)

    def clear_failures(self, address: str) -> None:
        """Forget the failures of an address that got in."""
        self._redis.delete(f"{_PREFIX}:failures:{address}", f"{_PREFIX}:delay:{address}")


def _hashed(kind: str, token: str) -> str:
    return f"{_PREFIX}:{kind}:{hashlib.sha256(token.encode('utf-8', 'replace')).hexdigest()}"
