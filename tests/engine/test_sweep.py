"""What a sweep finds, in which order, at what cost, and where it goes on after it was broken off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot import jobs
from bot.domain.ticket import TicketKey
from bot.engine import sweep
from bot.store.budget import Priority
from bot.store.rulebook import Rulebook
from tests.engine.limited import limit
from tests.policy.planner.desk import rules_folder
from tests.world import PORTAL, World

DOWN = {"subject": "Caído", "text": "El CRM está caído desde las 8."}


@pytest.fixture(scope="module")
def rulebook() -> Iterator[Rulebook]:
    with rules_folder() as folder:
        yield Rulebook(folder)


@pytest.fixture
def known(world: World) -> World:
    """Give a world that was swept before and whose companies need no reading."""
    jobs.sweep_portal(PORTAL)
    world.clock.move(minutes=5)
    return world


def open_many(world: World, count: int) -> list[int]:
    """Open tickets, one a second."""
    tickets = []
    for number in range(count):
        world.clock.move(seconds=1)
        tickets.append(world.open("Consulta", "Gracias.", email=f"u{number}@cliente.example", status=5))
    return tickets


def lists_read(world: World) -> int:
    """Return how many requests were made since the last time this was asked."""
    seen = world.control("GET", "requests")
    world.control("DELETE", "requests")
    return int(seen["reads"])


def rung(world: World, tickets: list[int]) -> int:
    return sum(world.ctx.wakeups.at(TicketKey(PORTAL, ticket)) is not None for ticket in tickets)


@pytest.mark.parametrize("hours", [0.1, 5, 24 * 9])
def test_after_an_outage_the_window_is_as_wide_as_the_outage(known: World, hours: float) -> None:
    ticket = known.open(**DOWN)
    known.clock.move(hours=hours)
    known.sweep()
    assert known.ticket(ticket)["priority"] == 4


def test_what_changed_just_before_the_last_sweep_is_looked_at_again(known: World) -> None:
    ticket = known.open(**DOWN)
    known.ctx.facts.keep_last_sweep(PORTAL, known.clock.now + sweep.OVERLAP - timedelta(seconds=1))
    known.sweep()
    assert known.ticket(ticket)["priority"] == 4


def test_unchanged_tickets_cost_one_request_a_hundred(known: World) -> None:
    tickets = open_many(known, 230)
    for ticket in tickets:
        seen = known.control("GET", f"tickets/{ticket}")["updated_at"]
        known.redis.hset(f"semaforo:ledger:{PORTAL}:{ticket}", "seen", f'"{seen.replace("Z", "+00:00")}"')
    lists_read(known)
    known.ctx.facts.keep_last_sweep(PORTAL, known.clock.now - timedelta(hours=1))
    jobs.sweep_portal(PORTAL)
    assert (rung(known, tickets), lists_read(known)) == (0, 3)


def test_a_sweep_that_is_broken_off_goes_on_where_it_was(known: World) -> None:
    tickets = open_many(known, 250)
    known.ctx.facts.keep_last_sweep(PORTAL, known.clock.now - timedelta(hours=1))
    known.control("PUT", "faults", {"rate_limit_ticket_list": 1})
    found = []
    for _ in range(4):
        known.clock.move(minutes=5)
        jobs.sweep_portal(PORTAL)
        found.append(rung(known, tickets))
    assert found[0] < 250
    assert found == sorted(found)
    assert found[-1] == 250


def test_under_a_queue_that_leaves_nothing_a_sweep_still_reads_one_page(known: World) -> None:
    tickets = open_many(known, 250)
    known.ctx.facts.keep_last_sweep(PORTAL, known.clock.now - timedelta(hours=1))
    asked: list[tuple[str, int]] = []

    def never(portal: str, calls: int) -> bool:
        asked.append((portal, calls))
        return False

    known.with_context(may_spend=never)
    found = []
    for _ in range(4):
        known.clock.move(minutes=5)
        jobs.sweep_portal(PORTAL)
        found.append(rung(known, tickets))
    assert (found[0], found[-1]) == (100, 250)
    assert set(asked) == {(PORTAL, 1)}


def test_a_page_in_any_case_waits_like_any_other_when_the_budget_is_spent(known: World) -> None:
    known.ctx.facts.keep_last_sweep(PORTAL, known.clock.now - timedelta(hours=1))
    ticket = known.open(**DOWN)
    limit(known)
    assert known.ctx.budget is not None
    taken = known.ctx.budget.reserve(PORTAL, Priority.NORMAL, 45, 45)
    assert isinstance(taken, str)
    lists_read(known)
    jobs.sweep_portal(PORTAL)
    assert (lists_read(known), rung(known, [ticket])) == (0, 0)
    known.ctx.budget.release(PORTAL, taken)
    taken = known.ctx.budget.reserve(PORTAL, Priority.NORMAL, 30, 30)
    assert not known.ctx.may_spend(PORTAL, 1), "nothing is left for background work"
    jobs.sweep_portal(PORTAL)
    assert (lists_read(known), rung(known, [ticket])) == (1, 1)


def test_once_an_hour_all_open_tickets_are_looked_through(known: World) -> None:
    missed = known.open(**DOWN)
    closed = known.open("Caído", "Está caído.", email="otra@cliente.example", status=5)
    known.clock.move(hours=3)
    known.ctx.facts.keep_last_sweep(PORTAL, known.clock.now)  # as if the list had not shown it in time
    known.sweep()
    assert known.ticket(missed)["priority"] != 4, "not before the hour"
    known.redis.delete(f"semaforo:turn:open:{PORTAL}")
    jobs.sweep_portal(PORTAL)
    assert (rung(known, [missed]), rung(known, [closed])) == (1, 0)
    known.settle()
    assert known.ticket(missed)["priority"] == 4
    assert known.ctx.facts.looked_through(PORTAL) is None


def test_the_look_through_all_goes_on_page_by_page(known: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "OPEN_PAGES", 1)
    open_many(known, 150)
    missed = known.open(**DOWN)
    known.clock.move(hours=3)
    known.redis.delete(f"semaforo:turn:open:{PORTAL}")
    for expected in (0, 1):  # the second page is the last
        known.ctx.facts.keep_last_sweep(PORTAL, known.clock.now + timedelta(hours=1))
        jobs.sweep_portal(PORTAL)
        assert rung(known, [missed]) == expected
        assert (known.ctx.facts.looked_through(PORTAL) is None) == bool(expected)


def test_after_a_loss_of_the_store_the_nearest_deadlines_go_first(world: World) -> None:
    tickets = [world.open("Caído", "Está caído.", email=f"u{number}@cliente.example") for number in range(6)]
    hours = dict(zip(tickets, (30, 4, 50, 9, 70, 2), strict=True))
    for ticket, hour in hours.items():
        due = world.clock.now + timedelta(hours=hour)
        moments = {"fr_due_by": due, "due_by": due + timedelta(days=9)}
        world.as_agent(ticket, **{name: at.strftime("%Y-%m-%dT%H:%M:%SZ") for name, at in moments.items()})
    world.redis.flushall()
    jobs.sweep_portal(PORTAL)
    first = [one.key.ticket_id for one in world.ctx.wakeups.take_due(world.clock.now, timedelta(seconds=30))]
    assert first == sorted(tickets, key=hours.__getitem__)
