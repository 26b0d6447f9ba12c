"""What breaks when? A seed says it all: the same seed gives the same schedule."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# One request in five fails, most of them in doubt: what is lost is often only the answer.
API_FAULTS: dict[str, Any] = {
    "error_500": 0.02,
    "html_502": 0.02,
    "drop_read": 0.04,
    "drop_before_write": 0.02,
    "late_effect": {"probability": 0.02, "seconds": 0.5},
    "error_500_after_write": 0.02,
    "drop_after_write": 0.04,
    "truncated_body": 0.02,
}
WEBHOOK_FAULTS = {"duplicate": 0.15, "lose": 0.30}
HARM = ("tree", "tree", "leader", "job")


@dataclass(frozen=True, slots=True)
class Storm:
    """Say how hard the wind blows; times in seconds."""

    seed: int
    tickets: int
    seconds: float
    workers: int = 2
    kill_every: float = 2.0
    store_outages: tuple[str, ...] = ("told to stop", "kill -9")
    down: float = 2.0
    wiped: bool = False
    drain: float = 30.0
    sweep: float = 4.0
    lease: float = 4.0
    settle: float = 2.0
    faults: dict[str, Any] = field(default_factory=lambda: dict(API_FAULTS))
    webhooks: dict[str, float] = field(default_factory=lambda: dict(WEBHOOK_FAULTS))


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """Hold one thing that happens `at` seconds after the start."""

    at: float
    what: str
    which: int = 0
    how: str = ""


def schedule(storm: Storm) -> tuple[Event, ...]:
    """Return everything that will happen, in order."""
    dice = random.Random(storm.seed)
    return tuple(sorted([*_openings(storm, dice), *_kills(storm, dice), *_outages(storm, dice)]))


def _openings(storm: Storm, dice: random.Random) -> Iterator[Event]:
    for number in range(storm.tickets):
        yield Event(dice.uniform(0, storm.seconds * 0.9), "open", number)


def _kills(storm: Storm, dice: random.Random) -> Iterator[Event]:
    at = storm.kill_every
    while storm.kill_every and at < storm.seconds:
        yield Event(at, "kill worker", dice.randrange(storm.workers), dice.choice(HARM))
        at += storm.kill_every
    for part in ("kill clock", "kill web"):
        yield Event(storm.seconds * dice.uniform(0.2, 0.9), part)


def _outages(storm: Storm, dice: random.Random) -> Iterator[Event]:
    share = storm.seconds / (len(storm.store_outages) + 1)
    for number, how in enumerate(storm.store_outages, start=1):
        at = share * (number + dice.uniform(-0.2, 0.2))
        yield Event(at, "stop store", how=how)
        yield Event(at + storm.down, "start store")
    if storm.wiped:
        yield Event(storm.seconds * dice.uniform(0.4, 0.6), "wipe store")
