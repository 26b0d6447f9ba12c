"""May another request be made to an account now, and if not, when?

One budget an account, shared by all processes and machines through Redis and its clock. How large it is, the
account's own answers tell.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from redis import Redis

from bot.store.budget_script import LOOK, RESERVE, SETTLE, SPEND
from bot.store.connection import NAMESPACE

SHARE = 0.6
# An attempt ends well within this; what a killed one had reserved comes back then.
GRANT_LIFE = timedelta(seconds=120)
HOLD_UNTOLD = 60.0  # seconds to wait after a 429 that does not say
HOLD_LONGEST = 3600.0  # legacy accounts count by the hour


class Priority(IntEnum):
    """Say whose turn it is: background work leaves half, normal work a reserve, by hand is only counted."""

    BACKGROUND = 0
    NORMAL = 1
    URGENT = 2
    BY_HAND = 3


@dataclass(frozen=True, slots=True)
class Said:
    """Hold what an answer told of the account's limit; `refused` for 429, `retry_after` in seconds."""

    total: float | None = None
    remaining: float | None = None
    used: float | None = None
    retry_after: float | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Spent:
    """Hold a request's tokens until its answer settles how many; `at` is a second of Redis's clock."""

    endpoint: str
    cost: int
    at: int


@dataclass(frozen=True, slots=True)
class BudgetState:
    """Hold tokens a minute, `total` 0 while untold; `held` in seconds; `refused` counts 429s.

    `spare` is what background work may spend now.
    """

    total: int
    allowed: int
    used: int
    others: int
    held: float
    refused: int
    spare: int

    @property
    def left(self) -> int:
        """Return how many tokens urgent work could spend now."""
        return max(0, self.allowed - self.used)


class Budget:
    """Keep every account's tokens; `share` of the account's limit is ours, the rest is for people.

    `now` replaces Redis's own clock in tests.
    """

    def __init__(
        self, redis: Redis, share: float = SHARE, *, now: Callable[[], datetime] | None = None
    ) -> None:
        self._share, self._now = share, now
        self._redis = redis
        self._reserve = redis.register_script(RESERVE)
        self._spend = redis.register_script(SPEND)
        self._settle = redis.register_script(SETTLE)
        self._look = redis.register_script(LOOK)

    def reserve(self, portal: str, priority: Priority, first: int, whole: int) -> str | timedelta:
        """Set tokens aside for a ticket and return the grant's name, or how long to wait.

        `first` must fit below the priority's ceiling; the rest of `whole` may come out of the reserve.
        """
        grant = secrets.token_hex(6)
        wait = self._set_aside(portal, priority, grant, first, whole)
        return grant if wait is None else wait

    def extend(self, portal: str, priority: Priority, grant: str, more: int) -> timedelta | None:
        """Add to a grant, out of the reserve if need be; return how long to wait when it cannot be."""
        return self._set_aside(portal, priority, grant, more, more)

    def _set_aside(
        self, portal: str, priority: Priority, grant: str, first: int, whole: int
    ) -> timedelta | None:
        life = int(GRANT_LIFE.total_seconds())
        granted, wait = self._run(self._reserve, portal, int(priority), grant, first, whole, life)
        return None if granted else timedelta(milliseconds=wait)

    def spend(
        self, portal: str, priority: Priority, endpoint: str, cost: int, grant: str = ""
    ) -> Spent | timedelta:
        """Take a request's tokens, from a grant first; return how long to wait when there are none."""
        granted, number = self._run(self._spend, portal, int(priority), grant, endpoint, cost)
        return Spent(endpoint, cost, number) if granted else timedelta(milliseconds=number)

    def settle(self, portal: str, spent: Spent, said: Said | None) -> None:
        """Learn from an answer; None when none came. A 429 holds back every process."""
        told = said or Said()
        used = None if told.used is None else math.ceil(told.used)
        figures = (used, told.total, told.remaining, _hold(told) if told.refused else None)
        texts = ("" if figure is None else figure for figure in figures)
        self._run(self._settle, portal, spent.endpoint, spent.cost, spent.at, *texts)

    def release(self, portal: str, grant: str) -> None:
        """Give back what a ticket did not need."""
        self._redis.hdel(_name(portal), f"grant/{grant}")

    def state(self, portal: str) -> BudgetState:
        """Return how an account's budget stands."""
        total, allowed, used, others, held, refused, spare = self._run(self._look, portal)
        return BudgetState(total, allowed, used, others, held / 1000, refused, spare)

    def can_spare(self, portal: str, calls: int) -> bool:
        """Tell whether background work may make so many calls now; nothing is set aside for them."""
        return self.state(portal).spare >= calls

    def _run(self, script: Callable[..., object], portal: str, *args: object) -> list[int]:
        now = "" if self._now is None else repr(self._now().timestamp())
        found = script(keys=[_name(portal)], args=[now, self._share, *args])
        return found if isinstance(found, list) else []


def _hold(said: Said) -> float:
    seconds = HOLD_UNTOLD if said.retry_after is None else said.retry_after
    return min(max(seconds, 1.0), HOLD_LONGEST)


def _name(portal: str) -> str:
    return f"{NAMESPACE}:budget:{portal}"
