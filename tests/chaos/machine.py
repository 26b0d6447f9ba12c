"""Every order of workers, deaths, pauses and faults that Hypothesis can think of, against the real ledger."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from redis import Redis

from bot import jobs
from bot.domain.ticket import TicketKey
from bot.engine import clock
from bot.engine.context import Context
from bot.policy.marks import REFERENCE
from bot.store.corrections import Corrections
from bot.store.facts import Facts
from bot.store.failures import Failures
from bot.store.heartbeat import Heartbeats
from bot.store.journal import Journal
from bot.store.ledger import Ledger
from bot.store.rulebook import Rulebook
from bot.store.wakeups import Wakeups
from tests.chaos.attempts import Attempt, MortalLeases, pause, run_out
from tests.chaos.desk import MemoryDesk
from tests.policy.planner import desk as plain
from tests.world import MONDAY, PORTAL, RETENTION, SETTLE, MovableClock, SyncQueue

LEASE = timedelta(seconds=20)
TICKETS = (1, 2)
STEPS = 40
picks = st.integers(0, 1000)
fates = st.sampled_from(["fine", "fine", "unanswered", "late", "late", "lost", "limited"])


class Protocol(RuleBasedStateMachine):
    """Play clock, workers, webhooks, Freshdesk and bad luck around two tickets, one older than the store."""

    redis: Redis
    rulebook: Rulebook
    settle: timedelta = SETTLE

    def __init__(self) -> None:
        super().__init__()
        self.redis.flushall()
        self.time, self.queue = MovableClock(), SyncQueue()
        self.desk = MemoryDesk(self.time, pause)
        for number, age in zip(TICKETS, (0, 3600), strict=True):
            created = MONDAY - timedelta(seconds=age)
            whole = plain.ticket(body=plain.NORMAL, created_at=created, updated_at=created)
            self.desk.tickets[number] = replace(whole, key=TicketKey(PORTAL, number))
        self.attempts: list[Attempt] = []
        self.ctx = self.parts()
        self.ctx.facts.born(MONDAY - timedelta(days=1))
        jobs.use(self.ctx)

    def parts(self) -> Context:
        """Return what the engine works with."""
        redis = self.redis
        return Context(
            freshdesk={PORTAL: self.desk},  # type: ignore[dict-item]
            wakeups=Wakeups(redis),
            ledger=Ledger(redis, RETENTION),
            leases=MortalLeases(redis, LEASE),
            journal=Journal(redis, RETENTION),
            corrections=Corrections(redis, RETENTION),
            facts=Facts(redis),
            failures=Failures(redis),
            heartbeats=Heartbeats(redis),
            rulebook=self.rulebook,
            queue=self.queue,
            now=self.time,
            writes_allowed=lambda portal: True,
            settle=self.settle,
        )

    @rule(ticket=st.sampled_from(TICKETS))
    def a_webhook_comes(self, ticket: int) -> None:
        self.ctx.wakeups.ring(TicketKey(PORTAL, ticket), self.time.now)
        self.give_work()

    @rule()
    def give_work(self) -> None:
        self.ctx.facts.take_turn(f"sweep:{PORTAL}", self.ctx.sweep_every)
        clock.tick(self.ctx)

    @precondition(lambda self: self.queue.jobs)
    @rule(pick=picks, lost=st.sampled_from([False, False, False, True]))
    def a_worker_begins(self, pick: int, lost: bool) -> None:
        _, arguments = self.queue.jobs.pop(pick % len(self.queue.jobs))
        if not lost:
            self.attempts.append(Attempt(lambda: jobs.reconcile_ticket(*arguments)))
            self.go_on(self.attempts[-1], "fine")

    @precondition(lambda self: self.awake())
    @rule(pick=picks, fate=fates, steps=st.integers(1, 4))
    def a_worker_goes_on(self, pick: int, fate: str, steps: int) -> None:
        attempt = self.awake()[pick % len(self.awake())]
        for _ in range(steps):
            if not attempt.over:
                self.go_on(attempt, fate)

    @precondition(lambda self: self.awake())
    @rule(pick=picks)
    def a_worker_is_killed(self, pick: int) -> None:
        self.awake()[pick % len(self.awake())].kill()

    @precondition(lambda self: self.awake())
    @rule(pick=picks)
    def a_worker_freezes(self, pick: int) -> None:
        self.awake()[pick % len(self.awake())].frozen = True

    @precondition(lambda self: any(a.frozen and not a.over for a in self.attempts))
    @rule(pick=picks, fate=fates)
    def a_worker_thaws(self, pick: int, fate: str) -> None:
        frozen = [a for a in self.attempts if a.frozen and not a.over]
        attempt = frozen[pick % len(frozen)]
        attempt.frozen = False
        self.go_on(attempt, fate)

    @rule(seconds=st.sampled_from([1, 3, 16, 21, 56, 61]))
    def time_passes(self, seconds: int) -> None:
        self.time.move(seconds=seconds)
        for attempt in self.attempts:
            self.renew(attempt, self.time.now)
        self.desk.let_appear()

    @rule()
    def the_store_is_emptied(self) -> None:
        self.redis.flushall()
        self.queue.jobs.clear()

    @rule()
    def a_sweep_rings_all(self) -> None:
        jobs.sweep_portal(PORTAL)

    def awake(self) -> list[Attempt]:
        """Return the attempts that can go on."""
        return [a for a in self.attempts if not a.over and not a.frozen]

    def go_on(self, attempt: Attempt, fate: str) -> None:
        """Let an attempt do what lies before its next point, and meet a fate there."""
        self.desk.fate = fate
        attempt.step()
        self.desk.fate = "fine"
        attempt.renewed_at = attempt.renewed_at or self.time.now

    def renew(self, attempt: Attempt, now: datetime) -> None:
        """Renew the lease of an attempt that is well; one that is dead or frozen runs out."""
        if not attempt.over and not attempt.frozen:
            attempt.renewed_at = now
        elif attempt.lease is not None and attempt.renewed_at is not None:
            if now >= attempt.renewed_at + LEASE:
                run_out(self.redis, attempt.lease)

    @invariant()
    def nothing_is_there_twice(self) -> None:
        for number, ticket in self.desk.tickets.items():
            marks = Counter(REFERENCE.findall(message.text)[-1] for message in ticket.messages)
            twice = [mark for mark, times in marks.items() if times > 1]
            assert not twice, f"ticket {number} has an effect twice"

    def teardown(self) -> None:
        """Let the wind fall: every ticket then gets all that it must have, once."""
        for attempt in self.attempts:
            if not attempt.over:
                attempt.kill()
            attempt.join()
            if attempt.lease is not None:
                run_out(self.redis, attempt.lease)
        for _ in range(10):
            self.time.move(seconds=121)
            self.desk.let_appear()
            jobs.sweep_portal(PORTAL)
            clock.tick(self.ctx)
            self.run_all()
        self.nothing_is_there_twice()
        for number, ticket in self.desk.tickets.items():
            kinds = sorted(message.private for message in ticket.messages)
            assert kinds == [False, True], f"ticket {number} lacks an effect"
            assert "sla-normal" in ticket.tags

    def run_all(self) -> None:
        """Run what waits, one job after another."""
        while self.queue.jobs:
            name, arguments = self.queue.jobs.pop(0)
            if name == "reconcile":
                jobs.reconcile_ticket(*arguments)


def check_protocol(
    redis: Redis, rulebook: Rulebook, examples: int, *, shrink: bool = True, **changes: Any
) -> None:
    """Play examples, the same every time; AssertionError for one that ends badly."""
    machine: Any = type("Machine", (Protocol,), {"redis": redis, "rulebook": rulebook} | changes)
    phases = set(Phase) - (set() if shrink else {Phase.shrink, Phase.explain})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            database=None,
            phases=phases,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
