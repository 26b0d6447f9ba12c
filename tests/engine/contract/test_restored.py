"""What does an old copy of Redis do, restored after the tickets went on without it?"""

from __future__ import annotations

from datetime import timedelta

from bot.store.connection import as_text
from tests.engine.contract.desk import answered, moment, said
from tests.world import World


def copy_of(world: World) -> dict[str, bytes]:
    return {as_text(name): world.redis.dump(name) or b"" for name in world.redis.keys("*")}


def restore(world: World, copy: dict[str, bytes]) -> None:
    world.redis.flushall()
    for name, value in copy.items():
        world.redis.restore(name, 0, value)


def test_nothing_is_said_twice_and_no_date_goes_back(world: World) -> None:
    ticket = answered(world)
    copy, first = copy_of(world), moment(world.ticket(ticket)["due_by"])
    for status in (6, 2):  # thirty hours of waiting, then on with it: the date moves
        world.as_agent(ticket, status=status)
        world.settle(ticket)
        world.clock.move(hours=30)
    world.as_agent(ticket, priority=2)  # a second note
    world.settle(ticket)
    before = world.end_state([ticket])
    assert moment(before[0]["due_by"]) > first + timedelta(hours=30)
    restore(world, copy)
    world.settle(ticket)
    assert world.end_state([ticket]) == before
    said(world, ticket, "¿Alguna novedad?")
    world.clock.move(hours=1)
    world.settle(ticket)
    after = world.end_state([ticket])
    assert after[0]["due_by"] == before[0]["due_by"]
    assert len(after[0]["messages"]) == len(before[0]["messages"]) + 1, "the client's own"


def waited(world: World, ticket: int, hours: float) -> None:
    """Let a ticket wait for the client, and a while after that."""
    for status in (6, 2):
        world.as_agent(ticket, status=status)
        world.settle(ticket)
        world.clock.move(hours=hours)
    world.settle(ticket)


def test_without_the_old_ledgers_dates_go_on_moving(world: World) -> None:
    ticket = answered(world)
    copy = copy_of(world)
    waited(world, ticket, 30)
    before = moment(world.ticket(ticket)["due_by"])
    restore(world, {name: value for name, value in copy.items() if ":ledger:" not in name})
    world.settle(ticket)
    waited(world, ticket, 10)
    assert moment(world.ticket(ticket)["due_by"]) - before == timedelta(hours=10)
