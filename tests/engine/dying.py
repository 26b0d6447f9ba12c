"""How does a worker die in a test, and what does it leave behind?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.engine import executor
from tests.world import World


class Killed(BaseException):
    """Stand for kill -9: nothing below the job catches it."""


@contextmanager
def dying_at(point: str) -> Iterator[None]:
    """Let whoever works meanwhile die at one of the executor's points; it must come to that."""

    def die(name: str) -> None:
        if name == point:
            raise Killed(name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(executor, "crash_point", die)
        try:
            yield
        except Killed:
            return
    raise AssertionError(f"nobody came to {point}")


def expire_leases(world: World) -> None:
    """Let the time pass for which a dead worker keeps its tickets."""
    for name in world.redis.scan_iter("semaforo:lease:*"):
        world.redis.delete(name)
