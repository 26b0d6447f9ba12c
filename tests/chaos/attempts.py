"""Attempts at tickets that stand still at every dangerous point until they are told to go on, or killed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from redis import Redis

from bot.domain.ticket import TicketKey
from bot.store.leases import Lease, Leases

PATIENCE = 30


class Killed(BaseException):
    """Stand for kill -9: nothing below the job catches it."""


class Attempt(threading.Thread):
    """Run one job up to the next point, one step at a time."""

    def __init__(self, job: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._job = job
        self._go, self._rests = threading.Semaphore(0), threading.Semaphore(0)
        self.lease: Lease | None = None
        self.renewed_at: datetime | None = None
        self.frozen = self.killed = self.over = False
        self.start()

    def run(self) -> None:
        """Be the thread's whole life."""
        try:
            self._stand()
            self._job()
        except Killed:
            pass
        finally:
            self.over = True
            self._rests.release()

    def step(self) -> None:
        """Go on to the next point, or to the end."""
        self._go.release()
        assert self._rests.acquire(timeout=PATIENCE), "an attempt hangs"

    def kill(self) -> None:
        """End here and now; the lease stays where it is until it runs out."""
        self.killed = True
        self.step()

    def reach(self) -> None:
        """Stand still at a point; called by the attempt itself."""
        self._rests.release()
        self._stand()

    def _stand(self) -> None:
        self._go.acquire()
        if self.killed:
            raise Killed


def pause(_name: str) -> None:
    """Stand still here when an attempt is running; anything else passes."""
    current = threading.current_thread()
    if isinstance(current, Attempt):
        current.reach()


class MortalLeases(Leases):
    """Lend tickets to attempts, and leave the lease of a killed one to run out."""

    @contextmanager
    def hold(self, key: TicketKey) -> Iterator[Lease | None]:
        """Hold a ticket for the length of a block."""
        with super().hold(key) as lease:
            current = threading.current_thread()
            if isinstance(current, Attempt) and lease is not None:
                current.lease = lease
                setattr(lease, "release", lambda: _release(current, lease))  # noqa: B010
            yield lease


def _release(attempt: Attempt, lease: Lease) -> None:
    if attempt.killed:
        lease._done.set()
    else:
        Lease.release(lease)


def run_out(redis: Redis, lease: Lease) -> None:
    """Let a lease that nobody renews come to its end."""
    if redis.get(lease._name) == lease._token.encode():
        redis.delete(lease._name)
