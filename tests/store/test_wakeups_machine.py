"""Whatever clocks, workers and webhooks do in whatever order: no ring is ever lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from redis import Redis

from bot.domain.ticket import TicketKey
from bot.store.wakeups import Wakeups

KEYS = [TicketKey("acelera", 1), TicketKey("acelera", 2), TicketKey("mda", 1)]
START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
LEASE, ATTEMPT = timedelta(seconds=30), timedelta(seconds=120)
keys = st.sampled_from(KEYS)
picks = st.integers(0, 10_000)


class Alarms(RuleBasedStateMachine):
    """Play webhooks, clocks and workers that may die, and remember who must still be looked at.

    `unseen` holds, for each ticket rung, by when a look must begin: the ring's moment at first, the end of
    a lease once a clock or worker has taken it over.
    """

    redis: Redis

    def __init__(self) -> None:
        super().__init__()
        self.redis.flushall()
        self.wakeups = Wakeups(self.redis)
        self.now = START
        self.unseen: dict[TicketKey, datetime] = {}
        self.queued: list[tuple[TicketKey, int]] = []
        self.running: list[tuple[TicketKey, int, bool]] = []

    @rule(key=keys, delay=st.integers(0, 5))
    def ring(self, key: TicketKey, delay: int) -> None:
        moment = self.now + timedelta(seconds=delay)
        self.wakeups.ring(key, moment)
        self.unseen[key] = min(moment, self.unseen.get(key, moment))
        # A look that began before this ring does not count for it.
        self.running = [(k, token, known and k != key) for k, token, known in self.running]

    @rule(seconds=st.sampled_from([0, 1, 5, 31, 121]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def clock_ticks(self) -> None:
        for taken in self.wakeups.take_due(self.now, LEASE):
            self.queued.append((taken.key, taken.token))
            if taken.key in self.unseen:
                self.unseen[taken.key] = max(self.unseen[taken.key], self.now) + LEASE + timedelta(seconds=1)

    @precondition(lambda self: self.queued)
    @rule(pick=picks, lost=st.booleans())
    def worker_begins(self, pick: int, lost: bool) -> None:
        key, token = self.queued.pop(pick % len(self.queued))
        if lost:
            return
        self.now += timedelta(microseconds=1)  # round trips to Redis lie between two beginnings
        current = self.wakeups.begin(key, token, self.now + ATTEMPT)
        if current is not None:
            self.running.append((key, current, True))
            if key in self.unseen:
                self.unseen[key] = self.now + ATTEMPT + timedelta(seconds=1)

    @precondition(lambda self: self.running)
    @rule(pick=picks, ending=st.sampled_from(["finish", "finish later", "postpone", "die"]))
    def worker_ends(self, pick: int, ending: str) -> None:
        key, token, is_fresh = self.running.pop(pick % len(self.running))
        later = self.now + timedelta(seconds=600)
        if ending == "die":
            return
        if ending == "postpone":
            self.wakeups.postpone(key, self.now + timedelta(seconds=10))
            if key in self.unseen:
                self.unseen[key] = self.now + timedelta(seconds=10)
            return
        self.wakeups.finish(key, token, later if ending == "finish later" else None, self.now)
        if is_fresh:
            self.unseen.pop(key, None)

    @invariant()
    def every_ring_still_has_its_alarm(self) -> None:
        for key, deadline in self.unseen.items():
            alarm = self.wakeups.at(key)
            assert alarm is not None, f"{key} was rung and is forgotten"
            assert alarm <= max(deadline, self.now + ATTEMPT + timedelta(seconds=1)), f"{key} rings too late"

    @invariant()
    def nothing_is_in_line_twice(self) -> None:
        assert int(self.redis.zcard("semaforo:wakeups")) <= len(KEYS)

    def teardown(self) -> None:
        """Let healthy clocks and workers finish: every ticket rung is looked at, and calm returns."""
        looked: set[TicketKey] = set()
        for _ in range(3):
            self.now += timedelta(seconds=700)
            for taken in self.wakeups.take_due(self.now, LEASE):
                token = self.wakeups.begin(taken.key, taken.token, self.now + ATTEMPT)
                assert token is not None
                looked.add(taken.key)
                self.wakeups.finish(taken.key, token, None, self.now)
        assert self.unseen.keys() <= looked
        assert int(self.redis.zcard("semaforo:wakeups")) == 0


@pytest.mark.parametrize("deepest", [40])
def test_no_ring_is_ever_lost(redis: Redis, deepest: int) -> None:
    machine: Any = type("Machine", (Alarms,), {"redis": redis})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=deepest,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
