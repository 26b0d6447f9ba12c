"""How long does a piece of work take on a machine that others use too?

Others can only slow a run down, never speed it up: the best of many short batches is nearest to the truth.
"""

from __future__ import annotations

import time
from collections.abc import Callable

_BATCH_SECONDS = 0.0002  # short enough to be run without interruption, long enough for the clock


def best_seconds(work: Callable[[], object], seconds: float) -> float:
    """Return the seconds of one call, as the best of all batches that fit into `seconds`."""
    times = _batch(work)
    best, ends = float("inf"), time.perf_counter() + seconds
    while True:
        best = min(best, _mean(work, times))
        if time.perf_counter() > ends:
            return best


def best_micros(work: Callable[[], object], seconds: float) -> float:
    """Return the microseconds of one call, as the best of many batches."""
    return best_seconds(work, seconds) * 1e6


def _batch(work: Callable[[], object]) -> int:
    work()
    return max(1, int(_BATCH_SECONDS / _mean(work, 1)))


def _mean(work: Callable[[], object], times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - start) / times
