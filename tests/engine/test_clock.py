"""Does the clock hand out due tickets so that all of them come to their turn?"""

from __future__ import annotations

import pytest

from bot.engine import clock
from bot.store.wakeups import ALARMS
from tests.world import PORTAL, World


def quiet_tickets(world: World, count: int) -> list[int]:
    return [world.open("Consulta", "Gracias.", email=f"c{n}@c{n}.example") for n in range(count)]


def work_for_one_lease(world: World) -> None:
    """Run as many jobs as a slow worker does: three attempts, or fifteen jobs that were overtaken."""
    spent = 0.0
    while world.queue.jobs and spent < 3:
        job, *world.queue.jobs = world.queue.jobs
        _, ticket, token = job[1]
        spent += 1 if world.redis.zscore(ALARMS, f"{PORTAL}:{ticket}") == token else 0.2
        world.run(job)


def test_a_backlog_larger_than_a_lease_allows_is_still_worked_off(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were all of it queued at once, each turn would be overtaken by a newer one before it came."""
    monkeypatch.setattr(clock, "QUEUE_LENGTH", 8)
    world.ctx.facts.take_turn(f"sweep:{PORTAL}", world.ctx.sweep_every)
    tickets = quiet_tickets(world, 24)
    world.ring(*tickets)
    for _ in range(12):
        clock.tick(world.ctx)
        work_for_one_lease(world)
        world.clock.move(seconds=clock.DISPATCH_LEASE.total_seconds() + 1)
    assert [len(world.notes(ticket)) for ticket in tickets] == [1] * len(tickets)


def test_no_more_is_queued_than_there_is_room_for(world: World) -> None:
    world.ring(*range(1, 3 * clock.QUEUE_LENGTH))
    for _ in range(3):
        clock.tick(world.ctx)
    assert sum(name == "reconcile" for name, _ in world.queue.jobs) == clock.QUEUE_LENGTH
