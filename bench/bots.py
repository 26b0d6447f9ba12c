"""Which bots drain the backlog: ours, and two that people write?"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse
from urllib3.util.retry import Retry

from bench.desk import API_KEY, PORTAL
from bot.engine.gate import AccountGate
from bot.freshdesk.client import FreshdeskClient
from bot.freshdesk.wrapped import Library, Repeats
from bot.store.breaker import Breaker
from bot.store.budget import Budget

ONCE = Repeats(attempts=1)


@dataclass(frozen=True, slots=True)
class Bot:
    """Hold one bot; without the budget nothing is reckoned beforehand."""

    name: str
    title: str
    has_budget: bool = False


BUDGET = Bot("budget", "ours", has_budget=True)
NAIVE = Bot("naive", "naive: tries again on 429")
LIBRARY = Bot("library", "python-freshdesk with urllib3 Retry")


class FastRetry(Retry):
    """Sleep as long as the answer says, on a clock that runs faster."""

    scale = 1.0

    def sleep_for_retry(self, response: BaseHTTPResponse) -> bool:
        """Sleep for the time named in the answer."""
        seconds = self.get_retry_after(response)
        time.sleep((seconds or 1.0) / self.scale)
        return True


class RetryingClient(FreshdeskClient):
    """Let urllib3 repeat what was refused, as its manual shows."""

    retries: Retry

    @property
    def _library(self) -> Library:
        """Return this thread's library, its session told to repeat."""
        library = super()._library
        session: Any = library._session
        if session.get_adapter("http://").max_retries is not self.retries:
            session.mount("http://", HTTPAdapter(max_retries=self.retries))
        return library


def client_of(
    bot: Bot, url: str, budget: Budget | None, breaker: Breaker | None, scale: float
) -> FreshdeskClient:
    """Return a bot's way to the account."""
    if budget is not None and breaker is not None:
        gate = AccountGate(PORTAL, "print", budget, breaker)
        return FreshdeskClient(PORTAL, url, API_KEY, gate=gate, repeats=ONCE)
    if bot is NAIVE:
        return FreshdeskClient(PORTAL, url, API_KEY, repeats=ONCE)
    client = RetryingClient(PORTAL, url, API_KEY, repeats=ONCE)
    client.retries = fast_retry(scale)
    return client


def fast_retry(scale: float) -> Retry:
    """Return urllib3's Retry for any method on 429, ten times, minding Retry-After."""
    kind = type("ScaledRetry", (FastRetry,), {"scale": scale})
    retry: Retry = kind(total=10, status_forcelist=[429], allowed_methods=None)
    return retry
