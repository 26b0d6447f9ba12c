"""Who is asked before each request to an account, and told what became of it?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bot.freshdesk.answers import Endpoint, RateHeaders, endpoint_of
from bot.freshdesk.errors import FreshdeskError

# Told once, when the request is over: the limit's headers if an answer came, the error if it is one.
# May raise another error in the place of that one.
Leave = Callable[[RateHeaders | None, FreshdeskError | None], None]


@dataclass(frozen=True, slots=True)
class Call:
    """Hold what one request takes from the account's limit."""

    endpoint: Endpoint
    cost: int


class Gate(Protocol):
    """Let requests through one by one."""

    def enter(self, call: Call) -> Leave:
        """Let a request through, or raise `Held`."""
        ...


def call_of(verb: str, path: str, include: str = "") -> Call:
    """Reckon a request's cost: each `include` adds one, in a list of tickets two."""
    endpoint, included = endpoint_of(verb, path), len([name for name in include.split(",") if name])
    return Call(endpoint, 1 + included * (2 if endpoint == "ticket_list" else 1))
