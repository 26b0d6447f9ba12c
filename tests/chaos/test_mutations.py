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
from tests.chaos.machine import Protocol, check_protocol
from tests.world import MONDAY, RETENTION

Patch = pytest.MonkeyPatch
Mutation = Callable[[Patch], dict[str, Any]]
Script = Callable[[Protocol], None]
# How many points a worker passes until it has read the ticket, or written down that it will send the note.
GATHERED, INTENT_WRITTEN, TO_THE_END = 1, 3, 20


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


@pytest.mark.parametrize("mutate", [no_settle])
def test_the_machine_notices(
    redis: Redis, plain_rules: Rulebook, monkeypatch: Patch, mutate: Mutation
) -> None:
    with pytest.raises(AssertionError, match="twice"):
        check_protocol(redis, plain_rules, examples=100, shrink=False, **mutate(monkeypatch))


def another_is_quicker(play: Protocol) -> None:
    """Two workers have read the ticket; the second sends first."""
    play.a_webhook_brings_a_worker(1, "fine", GATHERED, 1)
    play.a_webhook_brings_a_worker(1, "fine", TO_THE_END, 1)
    play.go_on(play.attempts[0], "fine", TO_THE_END)


def frozen_past_its_lease(play: Protocol) -> None:
    """A worker stands still after it has read the ticket, until its lease is over and another has sent."""
    play.a_webhook_brings_a_worker(1, "fine", GATHERED, 1)
    play.a_worker_freezes(0)
    play.healthy_workers_go_about_their_work(21)
    play.a_worker_thaws(0, "fine", TO_THE_END)


def sent_and_not_answered(play: Protocol) -> None:
    """A note appears only after the ticket was looked at again."""
    play.a_webhook_brings_a_worker(1, "late", TO_THE_END, 1)
    play.healthy_workers_go_about_their_work(16)
    play.time_passes(61)


def slow_late_and_killed(play: Protocol) -> None:
    """A worker sends long after its intent and is killed; the note appears later still."""
    play.a_webhook_brings_a_worker(1, "fine", INTENT_WRITTEN, 1)
    play.time_passes(56)
    play.go_on(play.attempts[0], "late", 1)
    if not play.attempts[0].over:
        play.attempts[0].kill()
    play.healthy_workers_go_about_their_work(21)
    play.time_passes(61)


def emptied_before_it_appears(play: Protocol) -> None:
    """A note is on its way when the store forgets that it was sent."""
    play.a_webhook_brings_a_worker(1, "late", TO_THE_END, 1)
    play.the_store_is_emptied_and_a_sweep_rings_all()
    play.healthy_workers_go_about_their_work(3)
    play.time_passes(61)


@pytest.mark.parametrize(
    ("mutate", "script"),
    [
        (no_intent, sent_and_not_answered),
        (no_lease, another_is_quicker),
        (no_look_before_sending, frozen_past_its_lease),
        (no_hurry, slow_late_and_killed),
        (no_birth, emptied_before_it_appears),
    ],
)
def test_what_goes_well_goes_wrong_without_its_safeguard(
    redis: Redis, plain_rules: Rulebook, monkeypatch: Patch, mutate: Mutation, script: Script
) -> None:
    machine: Any = type("Machine", (Protocol,), {"redis": redis, "rulebook": plain_rules})
    sound = machine()
    script(sound)
    sound.teardown()
    mutate(monkeypatch)
    broken = machine()
    script(broken)
    with pytest.raises(AssertionError, match="twice"):
        broken.nothing_is_there_twice()
