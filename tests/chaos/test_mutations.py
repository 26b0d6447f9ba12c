"""Would we notice? Each safeguard is taken away in turn, and the checker named must find what that breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from redis import Redis

from bot.domain.ticket import TicketKey
from bot.engine import executor
from bot.store.facts import Facts
from bot.store.leases import Lease, Leases
from bot.store.ledger import Ledger
from bot.store.rulebook import Rulebook
from tests.chaos.machine import check_protocol
from tests.world import MONDAY, RETENTION

Patch = pytest.MonkeyPatch


class FreeForAll(Lease):
    """Be held by everybody."""

    def is_held(self) -> bool:
        return True


@contextmanager
def lend_to_all(leases: Leases, key: TicketKey) -> Iterator[Lease]:
    yield FreeForAll(leases._redis, key, leases.duration)


def no_lease(patch: Patch) -> dict[str, Any]:
    patch.setattr(Leases, "hold", lend_to_all)
    return {}


def no_settle(_: Patch) -> dict[str, Any]:
    return {"settle": timedelta(0)}


def no_intent(patch: Patch) -> dict[str, Any]:
    patch.setattr(Ledger, "open_effect", lambda *_: None)
    return {}


def no_look_before_sending(patch: Patch) -> dict[str, Any]:
    patch.setattr(Lease, "is_held", lambda _: True)
    return {}


def no_hurry(patch: Patch) -> dict[str, Any]:
    patch.setattr(executor, "BRISK", RETENTION)
    return {}


def no_birth(patch: Patch) -> dict[str, Any]:
    patch.setattr(Facts, "born", lambda *_: MONDAY - RETENTION)
    return {}


@pytest.mark.parametrize(
    "mutate", [no_lease, no_settle, no_intent, no_look_before_sending, no_hurry, no_birth]
)
def test_the_machine_notices(
    redis: Redis, plain_rules: Rulebook, monkeypatch: Patch, mutate: Callable[[Patch], dict[str, Any]]
) -> None:
    with pytest.raises(AssertionError, match="twice"):
        check_protocol(redis, plain_rules, examples=300, shrink=False, **mutate(monkeypatch))
