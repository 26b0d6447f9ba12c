"""What people changed stays changed when the store is emptied, as far as the ticket itself tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.store.rulebook import Rulebook
from tests.policy.planner.desk import LUCIA, rules_folder
from tests.world import World

DOWN = {"subject": "Caído", "text": "El CRM está caído desde las 8."}
NO_RULE = {"subject": "Qwrtp", "text": "Xyzzy vlorp zzz."}


@pytest.fixture(scope="module")
def rulebook() -> Iterator[Rulebook]:
    with rules_folder() as folder:
        yield Rulebook(folder)


def text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def look_thrice(world: World, ticket: int) -> dict[str, Any]:
    """Empty the store, look three times over some minutes, and return the ticket."""
    world.redis.flushall()
    for _ in range(3):
        world.clock.move(minutes=1)
        world.settle(ticket)
    return world.ticket(ticket)


@pytest.mark.parametrize("name", ["fr_due_by", "due_by"])
@pytest.mark.parametrize("hours", [-3, 5, 24 * 20], ids=["earlier", "later", "much later"])
def test_a_persons_date_stays(world: World, name: str, hours: int) -> None:
    ticket = world.open(**DOWN)
    world.settle(ticket)
    before = world.ticket(ticket)
    chosen = text(datetime.fromisoformat(before[name]) + timedelta(hours=hours))
    others = {"fr_due_by": before["fr_due_by"], "due_by": before["due_by"]}
    if name == "fr_due_by" and hours > 24 * 7:  # Freshdesk wants the resolution after the response
        others["due_by"] = text(datetime.fromisoformat(chosen) + timedelta(days=1))
    world.as_agent(ticket, **(others | {name: chosen}))
    after = look_thrice(world, ticket)
    assert {field: after[field] for field in others} == others | {name: chosen}
    assert (len(world.notes(ticket)), len(world.replies(ticket))) == (1, 1)


def test_a_persons_far_resolution_date_stays_after_the_answer(world: World) -> None:
    ticket = world.open(**DOWN)
    world.settle(ticket)
    world.clock.move(hours=2)
    answer = {"as": "agent", "text": "Ya lo estamos viendo.", "agent_id": LUCIA}
    world.control("POST", f"tickets/{ticket}/reply", answer)
    world.settle(ticket)
    chosen = text(world.clock.now + timedelta(days=40))
    world.as_agent(ticket, due_by=chosen)
    assert look_thrice(world, ticket)["due_by"] == chosen


@pytest.mark.parametrize("answered", [False, True])
def test_a_level_that_a_person_raised_meanwhile_still_moves_the_dates(world: World, answered: bool) -> None:
    ticket = world.open(**NO_RULE)
    world.settle(ticket)
    if answered:
        answer = {"as": "agent", "text": "Ya lo estamos viendo.", "agent_id": LUCIA}
        world.control("POST", f"tickets/{ticket}/reply", answer)
        world.settle(ticket)
    before = world.ticket(ticket)
    world.as_agent(ticket, priority=3)
    after = look_thrice(world, ticket)
    assert answered or after["fr_due_by"] < before["fr_due_by"]
    assert after["due_by"] < before["due_by"]


def test_the_bots_own_dates_go_on_following_the_policy(world: World) -> None:
    ticket = world.open(**DOWN)
    world.settle(ticket)
    look_thrice(world, ticket)
    limit = world.ticket(ticket)["fr_due_by"]
    world.as_agent(ticket, priority=1)
    world.settle(ticket)
    assert world.ticket(ticket)["fr_due_by"] > limit


def test_topics_that_a_person_took_off_stay_off(world: World) -> None:
    ticket = world.open(**NO_RULE, tags=["vip"])
    world.settle(ticket)
    assert set(world.ticket(ticket)["tags"]) == {"vip", "sin-regla", "sla-normal"}
    world.as_agent(ticket, tags=["vip", "sla-normal"])
    assert set(look_thrice(world, ticket)["tags"]) == {"vip", "sla-normal"}


def test_the_tag_of_the_level_comes_back(world: World) -> None:
    ticket = world.open(**NO_RULE)
    world.settle(ticket)
    world.as_agent(ticket, tags=["vip"])
    assert set(look_thrice(world, ticket)["tags"]) == {"vip", "sla-normal"}
