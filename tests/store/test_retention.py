"""What stays of a closed ticket, for how long, and that in the end there is nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from redis import Redis

from bot.domain.ticket import TicketKey
from bot.store.corrections import Corrections
from bot.store.journal import Journal
from bot.store.ledger import Ledger
from bot.store.outcomes import Outcomes
from bot.store.rulebook import Rulebook
from tests.policy.planner.desk import rules_folder
from tests.store.everything import everything
from tests.world import OUTCOME_RETENTION, PORTAL, RETENTION, World

DOWN = {"subject": "Caído", "text": "El CRM está caído desde las 8."}
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def rulebook() -> Iterator[Rulebook]:
    with rules_folder() as folder:
        yield Rulebook(folder)


def kinds_about(redis: Redis, ticket: int) -> set[str]:
    """Return what kinds of keys name a ticket, or hold its key or number."""
    key = str(TicketKey(PORTAL, ticket))
    return {
        name.split(":")[1]
        for name, texts in everything(redis).items()
        if name.endswith(f":{key}") or key in texts or any(text.startswith(f"{ticket}:") for text in texts)
    }


def pass_time(world: World, length: timedelta) -> None:
    """Move the test's clock, and bring every key's end nearer as much."""
    world.clock.now += length
    for name in world.redis.keys("*"):
        left = timedelta(milliseconds=world.redis.pttl(name))
        if left > timedelta():
            world.redis.pexpire(name, max(left - length, timedelta()))


@pytest.fixture
def closed(world: World) -> int:
    """Give a ticket that was answered, corrected, failed once and is closed."""
    ticket = world.open(**DOWN, company="Norte SAC")
    world.settle(ticket)
    world.as_agent(ticket, priority=1)
    world.control("PUT", "faults", {"error_500": 1.0})
    world.settle(ticket)
    world.control("PUT", "faults", {})
    world.as_agent(ticket, status=5)
    world.settle(ticket)
    return ticket


def test_a_closed_ticket_goes_in_two_steps_and_leaves_nothing(world: World, closed: int) -> None:
    kept = {"ledger", "journal", "corrections", "outcome"}
    assert kinds_about(world.redis, closed) == {*kept, "replies"}
    pass_time(world, DAY)
    assert kinds_about(world.redis, closed) == kept
    pass_time(world, RETENTION - DAY - timedelta(minutes=1))
    assert kinds_about(world.redis, closed) == kept
    pass_time(world, timedelta(minutes=2))
    other = world.open(**DOWN)
    world.settle(other)  # an index is cut when it is written to
    assert kinds_about(world.redis, closed) == {"outcome"}
    pass_time(world, OUTCOME_RETENTION - RETENTION)
    assert kinds_about(world.redis, closed) == set()
    assert "outcome" in kinds_about(world.redis, other)


def test_on_a_desk_without_new_tickets_even_the_indexes_go(world: World, closed: int) -> None:
    pass_time(world, OUTCOME_RETENTION + timedelta(minutes=1))
    lasting = {name for name in everything(world.redis) if str(closed) in name.split(":")}
    assert lasting == set()
    indexes = {"semaforo:journal", "semaforo:journal:open", "semaforo:corrections"}
    assert indexes.isdisjoint(everything(world.redis))


def test_every_key_of_a_closed_ticket_has_an_end(world: World, closed: int) -> None:
    ends = {name: world.redis.ttl(name) for name in everything(world.redis) if name.endswith(f":{closed}")}
    assert len(ends) == 5
    for name, seconds in ends.items():
        most = OUTCOME_RETENTION if "outcome" in name else RETENTION
        assert 0 < seconds <= most.total_seconds(), name


def test_the_store_itself_lets_go(world: World) -> None:
    """As above without any help: a retention of one second, and a wait."""
    second = timedelta(seconds=1)
    stores: dict[str, Any] = {
        "ledger": Ledger(world.redis, second),
        "journal": Journal(world.redis, second),
        "corrections": Corrections(world.redis, second),
        "outcomes": Outcomes(world.redis, second),
    }
    world.with_context(**stores)
    ticket = world.open(**DOWN)
    world.settle(ticket)
    world.as_agent(ticket, status=5)
    world.settle(ticket)
    assert kinds_about(world.redis, ticket) > {"replies"}
    deadline = time.monotonic() + 20
    while kinds_about(world.redis, ticket) != {"replies"} and time.monotonic() < deadline:
        time.sleep(0.1)
    assert kinds_about(world.redis, ticket) == {"replies"}, "which lasts a day"


def test_a_look_prolongs_what_is_kept(world: World, closed: int) -> None:
    pass_time(world, RETENTION - DAY)
    world.as_agent(closed, status=2)
    world.settle(closed)
    pass_time(world, 2 * DAY)
    assert kinds_about(world.redis, closed) >= {"ledger", "journal", "outcome"}


def test_a_failure_of_a_portal_no_longer_served_is_dropped(world: World) -> None:
    gone = TicketKey("mda", 7)
    world.ctx.failures.add(gone, "TemporaryError 500", world.clock.now)
    world.ctx.wakeups.ring(gone, world.clock.now)
    world.settle()
    assert list(world.ctx.failures.all()) == []
