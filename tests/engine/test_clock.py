"""Does the clock hand out due tickets so that all of them come to their turn?"""

from __future__ import annotations

import pytest

from bot.engine import clock
from tests.world import PORTAL, World


def quiet_tickets(world: World, count: int) -> list[int]:
    return [world.open("Consulta", "Gracias.", email=f"c{n}@c{n}.example") for n in range(count)]


def test_a_backlog_larger_than_a_lease_allows_is_still_worked_off(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were all of it queued at once, each turn would be overtaken by a newer one before it came."""
    monkeypatch.setattr(clock, "QUEUE_LENGTH", 8)
    world.ctx.facts.take_turn(f"sweep:{PORTAL}", world.ctx.sweep_every)
    tickets = quiet_tickets(world, 24)
    world.ring(*tickets)
    for _ in range(30):
        clock.tick(world.ctx)
        for _ in range(3):  # as many jobs as the worker manages in one lease
            if world.queue.jobs:
                job, *world.queue.jobs = world.queue.jobs
                world.run(job)
        world.clock.move(seconds=clock.DISPATCH_LEASE.total_seconds() + 1)
    assert [len(world.notes(ticket)) for ticket in tickets] == [1] * len(tickets)


def test_no_more_is_queued_than_there_is_room_for(world: World) -> None:
    world.ring(*range(1, 3 * clock.QUEUE_LENGTH))
    for _ in range(3):
        clock.tick(world.ctx)
    assert sum(name == "reconcile" for name, _ in world.queue.jobs) == clock.QUEUE_LENGTH
