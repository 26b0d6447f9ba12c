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
from bot.hooks import Hooks
from bot.policy.marks import REFERENCE
from bot.store.audit import Audit
from bot.store.brakes import Brakes
from bot.store.corrections import Corrections
from bot.store.digests import Digests
from bot.store.drifts import Drifts
from bot.store.facts import Facts
from bot.store.failures import Failures
from bot.store.heartbeat import Heartbeats
from bot.store.journal import Journal
from bot.store.ledger import Ledger
from bot.store.outcomes import Outcomes
from bot.store.processes import Processes
from bot.store.refused_jobs import RefusedJobs
from bot.store.reply_slots import ReplySlots
from bot.store.rulebook import Rulebook
from bot.store.server import StoreServer
from bot.store.traces import Traces
from bot.store.wakeups import Wakeups
from tests.chaos.attempts import Attempt, MortalLeases, pause, run_out
from tests.chaos.desk import MemoryDesk
from tests.policy.planner import desk as plain
from tests.world import MONDAY, PORTAL, RETENTION, SETTLE, MovableClock, SyncQueue

LEASE = timedelta(seconds=20)
NEVER_ASIDE = 10_000  # quarantine waits for a person, who has no part in this play
TICKETS = (1, 2, 3)
STEPS = 25
picks = st.integers(0, 1000)
waits = st.sampled_from([1, 3, 16, 21, 56, 61])
# Where an attempt stands: at 3 it has written its intent down, at 4 its note awaits an answer.
steps = st.sampled_from([1, 2, 2, 3, 3, 4, 4, 7, 20])
fates = st.sampled_from(["fine", "fine", "unanswered", "late", "late", "late", "limited"])


class Protocol(RuleBasedStateMachine):
    """Play clock, workers, webhooks, Freshdesk and bad luck around tickets, one older than the store."""

    redis: Redis
    rulebook: Rulebook
    settle: timedelta = SETTLE

    def __init__(self) -> None:
        super().__init__()
        self.redis.flushall()
        self.time, self.queue = MovableClock(), SyncQueue()
        self.desk = MemoryDesk(self.time, pause)
        for number, age in zip(TICKETS, (0, 0, 3600), strict=True):
            created = MONDAY - timedelta(seconds=age)
            whole = plain.ticket(body=plain.NORMAL, created_at=created, updated_at=created)
            self.desk.tickets[number] = replace(whole, key=TicketKey(PORTAL, number))
        self.attempts: list[Attempt] = []
        self.wiped = 0
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
            outcomes=Outcomes(redis, RETENTION),
            corrections=Corrections(redis, RETENTION),
            facts=Facts(redis),
            failures=Failures(redis),
            heartbeats=Heartbeats(redis),
            brakes=Brakes(redis),
            rulebook=self.rulebook,
            traces=Traces(redis),
            queue=self.queue,
            now=self.time,
            writes_allowed=lambda portal: True,
            reply_slots=ReplySlots(redis),
            hooks=Hooks({}),
            digests=Digests(redis),
            audit=Audit(redis, RETENTION),
            processes=Processes(redis),
            server=StoreServer(redis),
            refused_jobs=RefusedJobs(redis),
            drifts=Drifts(redis),
            settle=self.settle,
            most_attempts=NEVER_ASIDE,
        )

    def give_work(self) -> None:
        """Let the clock tick, without a sweep of its own."""
        self.ctx.facts.take_turn(f"sweep:{PORTAL}", self.ctx.sweep_every)
        clock.tick(self.ctx)

    @rule(ticket=st.sampled_from(TICKETS), fate=fates, steps=steps, lost=st.integers(0, 9))
    def a_webhook_brings_a_worker(self, ticket: int, fate: str, steps: int, lost: int) -> None:
        self.ctx.wakeups.ring(TicketKey(PORTAL, ticket), self.time.now)
        self.give_work()
        _, arguments = self.queue.take(-1)
        if lost:  # one in ten workers dies before it begins
            self.attempts.append(Attempt(lambda: jobs.reconcile_ticket(*arguments)))
            self.go_on(self.attempts[-1], fate, steps)

    @precondition(lambda self: self.awake())
    @rule(pick=picks, fate=fates, steps=steps)
    def a_worker_goes_on(self, pick: int, fate: str, steps: int) -> None:
        self.go_on(self.awake()[pick % len(self.awake())], fate, steps)

    @precondition(lambda self: self.awake())
    @rule(pick=picks)
    def a_worker_is_killed(self, pick: int) -> None:
        self.awake()[pick % len(self.awake())].kill()

    @precondition(lambda self: self.awake())
    @rule(pick=picks)
    def a_worker_freezes(self, pick: int) -> None:
        self.awake()[pick % len(self.awake())].frozen = True

    @precondition(lambda self: any(a.frozen and not a.over for a in self.attempts))
    @rule(pick=picks, fate=fates, steps=steps)
    def a_worker_thaws(self, pick: int, fate: str, steps: int) -> None:
        frozen = [a for a in self.attempts if a.frozen and not a.over]
        attempt = frozen[pick % len(frozen)]
        attempt.frozen = False
        self.go_on(attempt, fate, steps)

    @rule(seconds=waits)
    def healthy_workers_go_about_their_work(self, seconds: int) -> None:
        self.time_passes(seconds)
        for ticket in TICKETS:
            self.ctx.wakeups.ring(TicketKey(PORTAL, ticket), self.time.now)
        self.give_work()
        self.run_all()

    @rule(seconds=waits)
    def time_passes(self, seconds: int) -> None:
        self.time.move(seconds=seconds)
        for attempt in self.attempts:
            self.renew(attempt, self.time.now)
        self.desk.let_appear()

    @precondition(lambda self: self.wiped < 2)
    @rule()
    def the_store_is_emptied_and_a_sweep_rings_all(self) -> None:
        self.wiped += 1
        self.redis.flushall()
        self.queue.jobs.clear()
        self.queue.lanes.clear()
        jobs.sweep_portal(PORTAL)

    def awake(self) -> list[Attempt]:
        """Return the attempts that can go on."""
        return [a for a in self.attempts if not a.over and not a.frozen]

    def go_on(self, attempt: Attempt, fate: str, steps: int) -> None:
        """Let an attempt pass so many points, and meet a fate at each."""
        self.desk.fate = fate
        for _ in range(steps):
            if not attempt.over:
                attempt.step()
        self.desk.fate = "fine"
        attempt.renewed_at = attempt.renewed_at or self.time.now

    def renew(self, attempt: Attempt, now: datetime) -> None:
        """Renew the lease of an attempt that is well; one that is dead or frozen runs out."""
        if not attempt.over and not attempt.frozen:
            attempt.renewed_at = now
        elif attempt.lease is not None and now >= (attempt.renewed_at or now) + LEASE:
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
        for _ in range(5):
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
            name, arguments = self.queue.take()
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
