"""What the clock hands out, how much at a time, and to which queue."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from bot.domain.ticket import TicketKey
from bot.engine import clock
from bot.engine.clock import LENT_AT_MOST, QUEUED_AT_MOST, WORKERS, keep_ticking, tick
from bot.store.wakeups import ALARMS, Lane, Rank
from tests.world import PORTAL, World

LATER = timedelta(hours=50)


def key(ticket: int) -> TicketKey:
    return TicketKey(PORTAL, ticket)


@pytest.fixture(autouse=True)
def no_sweep(world: World) -> None:
    world.ctx.facts.take_turn(f"sweep:{PORTAL}", timedelta(hours=1))


def ring(world: World, numbers: range, deadline: timedelta | None = None) -> None:
    """Ring tickets; those with a deadline are known, the others are new."""
    keys = [key(number) for number in numbers]
    rank = Rank(world.clock.now + deadline) if deadline is not None else None
    world.ctx.wakeups.ring_all(keys, world.clock.now, dict.fromkeys(keys, rank) if rank else {})


def handed_out(world: World) -> list[int]:
    """Return the tickets queued so far, and let a worker take them all away."""
    tickets = [arguments[1] for _, arguments in world.queue.jobs]
    world.queue.jobs.clear()
    world.queue.lanes.clear()
    return tickets


@pytest.mark.parametrize("alive", [True, False], ids=["urgent worker", "no urgent worker"])
def test_each_line_has_its_queue_as_long_as_somebody_serves_it(world: World, alive: bool) -> None:
    if alive:
        world.ctx.heartbeats.beat(WORKERS[Lane.URGENT], world.clock.now)
    ring(world, range(1, 3))
    ring(world, range(3, 5), LATER)
    assert tick(world.ctx) == 4
    assert world.queue.lanes == [Lane.URGENT if alive else Lane.NORMAL] * 2 + [Lane.NORMAL] * 2
    assert handed_out(world) == [1, 2, 3, 4]


def test_tickets_once_decided_on_are_told_apart_by_their_level(world: World) -> None:
    world.ctx.heartbeats.beat(WORKERS[Lane.URGENT], world.clock.now)
    normal = world.open("Qwrtp", "Xyzzy vlorp zzz.")
    urgent = world.open("Caído", "El CRM está caído desde las 8.", email="otra@cliente.example")
    world.settle(normal, urgent)
    world.queue.lanes.clear()
    world.ring(normal, urgent)
    tick(world.ctx)
    assert world.queue.lanes == [Lane.URGENT, Lane.NORMAL]
    assert handed_out(world) == [urgent, normal]


def test_a_queue_is_filled_up_and_no_further(world: World) -> None:
    world.ctx.heartbeats.beat(WORKERS[Lane.URGENT], world.clock.now)
    ring(world, range(1, 101))
    ring(world, range(101, 201), LATER)
    for _ in range(3):
        tick(world.ctx)
    assert {lane: world.queue.length(lane) for lane in Lane} == dict.fromkeys(Lane, QUEUED_AT_MOST)


def test_normal_workers_with_nothing_to_do_help_with_what_is_urgent(world: World) -> None:
    world.ctx.heartbeats.beat(WORKERS[Lane.URGENT], world.clock.now)
    ring(world, range(1, 101))
    for _ in range(3):
        tick(world.ctx)
    handed = {lane: world.queue.length(lane) for lane in Lane}
    assert handed == {Lane.URGENT: QUEUED_AT_MOST, Lane.NORMAL: LENT_AT_MOST}
    assert len(set(handed_out(world))) == QUEUED_AT_MOST + LENT_AT_MOST, "no ticket was handed out twice"


def test_normal_tickets_come_before_help(world: World) -> None:
    world.ctx.heartbeats.beat(WORKERS[Lane.URGENT], world.clock.now)
    ring(world, range(1, 101))
    ring(world, range(101, 101 + LENT_AT_MOST), LATER)
    tick(world.ctx)
    assert [ticket for ticket in handed_out(world) if ticket > 100] == list(range(101, 101 + LENT_AT_MOST))


def test_what_presses_overtakes_a_backlog(world: World) -> None:
    ring(world, range(1, 201), LATER)
    tick(world.ctx)
    assert len(handed_out(world)) == QUEUED_AT_MOST
    world.clock.move(seconds=5)
    ring(world, range(900, 901), timedelta(hours=3))
    ring(world, range(901, 902), timedelta(minutes=9))
    tick(world.ctx)
    assert handed_out(world)[:2] == [901, 900]


def test_a_backlog_is_handed_out_whole_though_no_worker_is_fast(world: World) -> None:
    ring(world, range(1, 201), LATER)
    seen: set[int] = set()
    for _ in range(20):
        tick(world.ctx)
        seen |= set(handed_out(world))
        world.clock.move(seconds=1)
    assert seen == set(range(1, 201))


def test_a_dead_worker_leaves_no_heap_of_jobs(world: World) -> None:
    ring(world, range(1, 201), LATER)
    for _ in range(30):
        tick(world.ctx)
        world.clock.move(minutes=1)
    assert len(handed_out(world)) == QUEUED_AT_MOST


def work_for_one_lease(world: World) -> None:
    """Run as many jobs as a slow worker does: three attempts, or fifteen jobs that were overtaken."""
    spent = 0.0
    while world.queue.jobs and spent < 3:
        job = world.queue.take()
        _, ticket, token = job[1]
        spent += 1 if world.redis.zscore(ALARMS, f"{PORTAL}:{ticket}") == token else 0.2
        world.run(job)


def test_a_backlog_larger_than_a_lease_allows_is_still_worked_off(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were all of it queued at once, each turn would be overtaken by a newer one before it came."""
    monkeypatch.setattr(clock, "QUEUED_AT_MOST", 8)
    tickets = [world.open("Consulta", "Gracias.", email=f"c{n}@c{n}.example") for n in range(24)]
    world.ring(*tickets)
    for _ in range(12):
        tick(world.ctx)
        work_for_one_lease(world)
        world.clock.move(seconds=clock.DISPATCH_LEASE.total_seconds() + 1)
    assert [len(world.notes(ticket)) for ticket in tickets] == [1] * len(tickets)


class Stop(threading.Event):
    """Run the clock's loop without its pauses."""

    def wait(self, timeout: float | None = None) -> bool:
        return self.is_set()


def test_the_clock_outlasts_a_redis_that_is_away_and_takes_its_leave(world: World) -> None:
    stop, looks = Stop(), list[datetime]()

    def look(now: datetime) -> None:
        looks.append(now)
        if len(looks) == 1:
            raise RedisConnectionError
        if len(looks) == 3:
            assert [one.kind for one in world.ctx.processes.seen(world.clock.now)] == ["clock"]
            stop.set()

    ring(world, range(1, 3))
    keep_ticking(world.ctx, stop, look)
    assert handed_out(world) == [1, 2]
    assert len(looks) == 3
    assert world.ctx.processes.seen(world.clock.now) == []
