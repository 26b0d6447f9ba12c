"""May this request go out now? Asked before each one, in every process, of one budget and one breaker.

Nothing waits here: what may not go out now is `Held`, and its ticket is put back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from redis.exceptions import RedisError

from bot.freshdesk.answers import RateHeaders
from bot.freshdesk.errors import FreshdeskError, Held, RateLimited, Unauthorized
from bot.freshdesk.gate import Call, Leave
from bot.store.breaker import Breaker
from bot.store.budget import Budget, Priority, Said, Spent
from bot.telemetry import log

NO_LIMIT = 1_000_000.0


@dataclass(slots=True)
class Turn:
    """Hold for whom requests are made just now: how pressing, and on which grant of the budget."""

    priority: Priority = Priority.NORMAL
    grant: str = ""
    left: int = 0


_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)


def current_turn() -> Turn:
    """Return the turn of the work at hand."""
    return _turn.get() or Turn()


@contextmanager
def taking(turn: Turn) -> Iterator[Turn]:
    """Make the requests of a block in a turn."""
    token = _turn.set(turn)
    try:
        yield turn
    finally:
        _turn.reset(token)


class AccountGate:
    """Let one account's requests through as its budget and its breaker allow.

    A stand-in that tells no limit has none; of a real account that told none the smallest is assumed.
    """

    def __init__(
        self, portal: str, key_print: str, budget: Budget, breaker: Breaker, *, stand_in: bool = False
    ) -> None:
        self._portal, self._key_print, self._stand_in = portal, key_print, stand_in
        self._budget, self._breaker = budget, breaker

    def enter(self, call: Call) -> Leave:
        """Let a request through, or raise `Held` with the time to wait."""
        turn = current_turn()
        by_hand = turn.priority is Priority.BY_HAND
        wait = self._breaker.enter(self._portal, self._key_print, by_hand=by_hand)
        if wait is not None:
            raise _held(f"{self._portal} is left alone for now", wait)
        spent = self._budget.spend(self._portal, turn.priority, call.endpoint, call.cost, turn.grant)
        if isinstance(spent, timedelta):
            raise _held(f"the budget of {self._portal} is spent", spent)
        turn.left = max(0, turn.left - call.cost)
        return partial(self._leave, spent)

    def _leave(self, spent: Spent, headers: RateHeaders | None, error: FreshdeskError | None) -> None:
        """Learn from the outcome; a failure of an account that is known to be down is `Held` instead."""
        try:
            self._budget.settle(self._portal, spent, self._said(headers, error))
            wait = self._judge(error)
        except RedisError as lost:  # the request has taken effect: what came of it must not be hidden
            log.warning("budget not told", portal=self._portal, error=type(lost).__name__)
            return
        if error is not None and wait is not None:
            held = _held(f"{self._portal} is left alone for now", wait)
            held.sure_no_effect = error.sure_no_effect
            raise held from None

    def _said(self, headers: RateHeaders | None, error: FreshdeskError | None) -> Said | None:
        if headers is None:
            return None
        total = NO_LIMIT if self._stand_in and error is None and headers.total is None else headers.total
        refused = isinstance(error, RateLimited)
        return Said(total, headers.remaining, headers.used, headers.retry_after, refused)

    def _judge(self, error: FreshdeskError | None) -> timedelta | None:
        """Return how long to wait when the breaker is open after this outcome."""
        if isinstance(error, Unauthorized):
            log.error("api key refused, nothing is sent", portal=self._portal)
            return self._breaker.refused_key(self._portal, self._key_print)
        if error is not None and _is_outage(error):
            wait = self._breaker.failed(self._portal)
            if wait is not None:
                log.error("account down", portal=self._portal, seconds=wait.total_seconds())
            return wait
        if self._breaker.answered(self._portal):
            log.info("account answers again", portal=self._portal)
        return None


def _is_outage(error: FreshdeskError) -> bool:
    """Tell an account that is down from one that answered something unwelcome."""
    return error.status is None or error.status >= 500 or error.status == 408


def _held(reason: str, wait: timedelta) -> Held:
    return Held(reason, retry_after=wait.total_seconds())
