"""May this request still be answered within the account's budget?"""

from __future__ import annotations

import math
from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime

from bot.simulator.endpoints import LimitClass
from bot.simulator.switches import Limits, Switches


@dataclass(frozen=True, slots=True)
class Verdict:
    """The budget after a request; `retry_after` (seconds) is set only when it was refused."""

    total: int | None
    remaining: int
    retry_after: int | None


@dataclass(frozen=True, slots=True)
class _Hit:
    at: float
    cost: int
    limit: LimitClass | None


class RateLimiter:
    """Counts what the account spent in the current window, fixed or sliding."""

    def __init__(self) -> None:
        self._hits: deque[_Hit] = deque()
        self._used = 0
        self._calls: Counter[LimitClass | None] = Counter()

    def spend(
        self, now: datetime, cost: int, limit: LimitClass | None, limits: Limits, switches: Switches
    ) -> Verdict:
        """Take a request's cost from the budget, or refuse it and take nothing."""
        at, period = now.timestamp(), 60.0 if switches.rate_window == "minute" else 3600.0
        fixed = switches.rate_window_kind == "fixed"
        start = at - at % period if fixed else at - period
        self._forget_before(start)
        if _over(self._used + cost, limits.total) or self._over_class(limit, limits):
            opened = start if fixed or not self._hits else self._hits[0].at
            return Verdict(limits.total, self._left(limits), max(1, math.ceil(opened + period - at)))
        self._hits.append(_Hit(at, cost, limit))
        self._used += cost
        self._calls[limit] += 1
        return Verdict(limits.total, self._left(limits), None)

    def _forget_before(self, start: float) -> None:
        while self._hits and self._hits[0].at < start:
            hit = self._hits.popleft()
            self._used -= hit.cost
            self._calls[hit.limit] -= 1

    def _over_class(self, limit: LimitClass | None, limits: Limits) -> bool:
        # Sub-limits count calls, whatever their includes cost.
        return limit is not None and _over(self._calls[limit] + 1, getattr(limits, limit))

    def _left(self, limits: Limits) -> int:
        return 0 if limits.total is None else max(0, limits.total - self._used)


def _over(wanted: int, allowed: int | None) -> bool:
    return allowed is not None and wanted > allowed
