"""How does a process reach Redis, and how patient is it?"""

from __future__ import annotations

from redis import Redis
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

NAMESPACE = "semaforo"
# Saves each connection two requests and a search of the installed packages for redis-py's own version; every
# job, being forked, makes its connections anew.
UNSAID = None


def as_text(raw: bytes | str) -> str:
    """Return what Redis answered as text; RQ needs the client to answer in bytes."""
    return raw if isinstance(raw, str) else raw.decode()


def connect_impatient(url: str) -> Redis:
    """Connect for the web: a webhook must be answered within a second, with 503 if need be."""
    return _connect(url, 0.5)


def connect_briefly(url: str) -> Redis:
    """Connect for a command that a person waits for: say within three seconds that Redis does not answer."""
    return _connect(url, 0.9)


def _connect(url: str, timeout: float) -> Redis:
    return Redis.from_url(
        url,
        driver_info=UNSAID,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.1), 1),
        retry_on_error=[RedisConnectionError, RedisTimeoutError],
    )


def connect_patient(url: str) -> Redis:
    """Connect for worker and clock: outlast a restart of Redis of about two minutes.

    `Redis.from_url` gives no retries of its own (redis-py 8), and RQ's worker quits on the first error.
    """
    return Redis.from_url(
        url,
        driver_info=UNSAID,
        socket_connect_timeout=2,
        retry=Retry(ExponentialWithJitterBackoff(base=0.05, cap=1), 120),
        retry_on_error=[RedisConnectionError, RedisTimeoutError],
    )
