"""Who may act on a ticket now?

A lease is short and renewed while its holder works, so a killed worker blocks its ticket for seconds only. A
holder that was frozen past the end of its lease finds that out before it sends anything.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from redis import Redis
from redis.exceptions import RedisError

from bot.domain.ticket import TicketKey
from bot.store.connection import NAMESPACE, as_text

_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
_RENEW = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
"""


class Lease:
    """Hold one ticket alone until released or lost."""

    def __init__(self, redis: Redis, key: TicketKey, duration: timedelta) -> None:
        self._redis, self._name, self._token = redis, f"{NAMESPACE}:lease:{key}", secrets.token_hex(8)
        self._millis = int(duration / timedelta(milliseconds=1))
        self._done = threading.Event()

    def take(self) -> bool:
        """Take the ticket unless another worker holds it."""
        return bool(self._redis.set(self._name, self._token, nx=True, px=self._millis))

    def is_held(self) -> bool:
        """Ask Redis whether the ticket is still ours."""
        holder = self._redis.get(self._name)
        return holder is not None and as_text(holder) == self._token

    def keep(self) -> None:
        """Renew the lease until released; runs in a thread of its own."""
        renew = self._redis.register_script(_RENEW)
        while not self._done.wait(self._millis / 4000):
            try:
                if not renew(keys=[self._name], args=[self._token, self._millis]):
                    return
            except RedisError:
                continue  # the lease may run out meanwhile; `is_held` will tell

    def release(self) -> None:
        """Give the ticket back."""
        self._done.set()
        self._redis.register_script(_RELEASE)(keys=[self._name], args=[self._token])


class Leases:
    """Lend tickets, each to one worker at a time."""

    def __init__(self, redis: Redis, duration: timedelta) -> None:
        self._redis = redis
        self.duration = duration

    @contextmanager
    def hold(self, key: TicketKey) -> Iterator[Lease | None]:
        """Hold a ticket for the length of a block; None when another worker holds it."""
        lease = Lease(self._redis, key, self.duration)
        if not lease.take():
            yield None
            return
        keeper = threading.Thread(target=lease.keep, name=f"lease {key}", daemon=True)
        keeper.start()
        try:
            yield lease
        finally:
            lease.release()
            keeper.join()
