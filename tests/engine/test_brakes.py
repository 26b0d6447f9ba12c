"""The stop and the fuse: nothing leaves while a brake is on, and everything leaves once when it is off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.ticket import TicketKey
from bot.engine import brakes, clock, executor
from bot.engine.brakes import brake_state
from bot.store.brakes import Brakes
from bot.store.rulebook import Rulebook
from tests.policy.planner.desk import rules_folder
from tests.world import PORTAL, World

DOWN = {"subject": "Caído", "text": "El CRM está caído desde las 8."}


@pytest.fixture(scope="module")
def rulebook() -> Iterator[Rulebook]:
    with rules_folder() as folder:
        yield Rulebook(folder)


def with_brakes(world: World, stop_file: Path | None = None, writes_per_hour: int = 5000) -> None:
    world.with_context(brakes=Brakes(world.redis, stop_file, writes_per_hour))


def writes(world: World) -> int:
    return int(world.control("GET", "requests")["writes"])


def tick(world: World) -> None:
    """Let the clock tick as if its last release were long ago, and run what it queues."""
    world.redis.delete("semaforo:turn:release")
    clock.tick(world.ctx)
    world.run_jobs()
    world.settle()


def assert_whole(world: World, *tickets: int) -> None:
    for ticket in tickets:
        assert (len(world.notes(ticket)), len(world.replies(ticket))) == (1, 1)
        assert world.ticket(ticket)["priority"] == 4


@pytest.mark.parametrize("how", ["command", "file"])
def test_while_stopped_nothing_is_written_and_after_it_everything_once(
    world: World, tmp_path: Path, how: str
) -> None:
    file = tmp_path / "STOP"
    with_brakes(world, file)
    if how == "command":
        world.ctx.brakes.stop(world.clock.now)
    file.touch()
    rung, lost = world.open(**DOWN), world.open(**DOWN)
    for _ in range(2):
        world.settle(rung)
        world.sweep()
        tick(world)
    assert writes(world) == 0
    assert brake_state(world.ctx).held == 2
    entry = world.ctx.journal.read(TicketKey(PORTAL, lost))
    assert entry is not None
    assert "escritura detenida por una persona: lo que falta se hará al reanudar" in entry["reasons"]
    if how == "command":
        assert brakes.resume(world.ctx) == 2
    file.unlink(missing_ok=True)
    for _ in range(2):
        tick(world)
    assert_whole(world, rung, lost)
    assert brake_state(world.ctx).held == 0
    assert list(world.ctx.failures.all()) == []


def test_the_file_holds_when_redis_was_emptied(world: World, tmp_path: Path) -> None:
    with_brakes(world, tmp_path / "var" / "STOP")
    world.ctx.brakes.stop(world.clock.now)
    world.redis.flushall()
    ticket = world.open(**DOWN)
    world.sweep()
    assert writes(world) == 0
    brakes.resume(world.ctx)
    world.settle(ticket)
    assert_whole(world, ticket)


@pytest.mark.parametrize("point", ["before_fields", "after_fields", "before_addnote", "settled_addnote"])
def test_a_stop_in_the_middle_of_a_ticket_holds_the_next_write(
    world: World, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = world.open(**DOWN)

    def stop_here(name: str) -> None:
        if name == point:
            world.ctx.brakes.stop(world.clock.now)

    with monkeypatch.context() as patch:
        patch.setattr(executor, "crash_point", stop_here)
        world.settle(ticket)
    done = {"before_fields": 1, "after_fields": 1, "before_addnote": 2, "settled_addnote": 2}[point]
    assert writes(world) == done, "what was on its way and nothing after"
    brakes.resume(world.ctx)
    world.settle()
    assert_whole(world, ticket)


def test_a_stop_does_not_stop_the_clocks(world: World) -> None:
    ticket = world.open(**DOWN)
    world.settle(ticket)
    world.ctx.brakes.stop(world.clock.now)
    for hours in (18, 6, 24):
        world.clock.move(hours=hours)
        world.settle(ticket)
    assert len(world.notes(ticket)) == 1
    brakes.resume(world.ctx)
    world.settle()
    assert "sla-incumplido" in world.ticket(ticket)["tags"]
    assert len(world.notes(ticket)) == 2, "one warning for all that passed meanwhile"


def test_the_fuse_holds_notes_and_replies_until_the_hour_is_over(world: World) -> None:
    with_brakes(world, writes_per_hour=4)
    tickets = [world.open("Caído", "Está caído.", email=f"u{n}@cliente.example") for n in range(4)]
    for _ in range(3):
        world.settle(*tickets)
        tick(world)
    assert sum(len(world.notes(t)) + len(world.replies(t)) for t in tickets) == 2
    assert all(world.ticket(ticket)["priority"] == 4 for ticket in tickets), "fields go on"
    (fuse,) = brake_state(world.ctx).blown
    assert (fuse.portal, fuse.blown_at) == (PORTAL, world.clock.now)
    with_brakes(world, writes_per_hour=100)
    world.clock.move(minutes=59)
    tick(world)
    assert sum(len(world.notes(t)) + len(world.replies(t)) for t in tickets) == 2
    world.clock.move(minutes=1)
    tick(world)
    assert_whole(world, *tickets)


def test_a_person_puts_a_new_fuse_in(world: World) -> None:
    with_brakes(world, writes_per_hour=1)
    ticket = world.open(**DOWN)
    world.settle(ticket)
    assert world.notes(ticket) == []
    with_brakes(world)
    assert brakes.resume(world.ctx) == 1
    world.settle()
    assert_whole(world, ticket)


def test_one_portals_fuse_is_not_anothers(world: World) -> None:
    with_brakes(world, writes_per_hour=2)
    for _ in range(9):
        world.ctx.brakes.count_write("mda", world.clock.now)
    assert world.ctx.brakes.fuse("mda", world.clock.now).blown_at is not None
    assert world.ctx.brakes.fuse(PORTAL, world.clock.now).blown_at is None
