"""A small account: does the bot keep within its limit, and does every ticket come to rest all the same?"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import jobs
from bot.domain.actions import AddNote, Notify
from bot.domain.ticket import TicketKey
from bot.engine import clock
from bot.engine.reconcile import decide, gather
from bot.engine.spending import cover
from bot.freshdesk.errors import Held
from bot.simulator.switches import Limits
from bot.store.budget import Priority
from bot.store.rulebook import Rulebook
from bot.store.wakeups import Wakeups
from tests.policy.planner.desk import rules_folder
from tests.world import PORTAL, World

from .limited import calls_for, limit, live, requests_seen, run_due, statuses, worst_minute

DOWN = {"subject": "Caído", "text": "El CRM está caído desde las 8."}
PLAIN = {"subject": "Consulta", "text": "¿Cómo cambio mi foto?"}


@pytest.fixture(scope="module")
def rulebook() -> Iterator[Rulebook]:
    with rules_folder() as folder:
        yield Rulebook(folder)


def key(ticket: int) -> TicketKey:
    return TicketKey(PORTAL, ticket)


def many(world: World, count: int, **text: str) -> list[int]:
    return [world.open(**(text or PLAIN), email=f"cliente{n}@cliente.example") for n in range(count)]


def others_use(world: World, count: int) -> None:
    """Let another integration make requests with the same account."""
    for _ in range(count):
        world.http.get(f"{world.server.url}/api/v2/agents/me", auth=("sim-key", "X"), timeout=5)


def at_rest(world: World, tickets: list[int]) -> bool:
    """Tell whether every ticket has its note and its reply, once each."""
    return all(len(world.notes(t)) == 1 and len(world.replies(t)) == 1 for t in tickets)


@pytest.mark.parametrize("window", ["fixed", "sliding"])
def test_a_backlog_keeps_within_the_limit(world: World, window: str) -> None:
    world.control("PUT", "switches", {"rate_window_kind": window})
    world.control("PUT", "faults", {"rate_limit_per_minute": 50})
    limit(world)
    tickets = many(world, 40)
    world.ring(*tickets)
    live(world, 540)
    assert at_rest(world, tickets)
    assert worst_minute(requests_seen(world)) <= 50
    assert statuses(world)[429] == 0
    assert not list(world.ctx.failures.all())
    busy = [r for r in requests_seen(world) if r.at < requests_seen(world)[0].at + timedelta(minutes=6)]
    assert sum(r.cost for r in busy) >= 0.95 * 40 * 6, "what normal work may have is used"


def test_a_ticket_that_cannot_be_paid_is_not_begun(world: World) -> None:
    world.control("PUT", "faults", {"rate_limit_per_minute": 50})
    limit(world, 0.6)
    tickets = many(world, 12)
    world.ring(*tickets)
    while run_due(world, 4):
        pass
    done = [ticket for ticket in tickets if world.notes(ticket)]
    untouched = [ticket for ticket in tickets if not calls_for(world, ticket)]
    assert len(done) == 3, "of twenty tokens for normal work"
    assert at_rest(world, done)
    assert len(done) + len(untouched) == len(tickets)


def test_work_put_back_is_no_failure_and_has_a_moment(world: World) -> None:
    world.control("PUT", "faults", {"rate_limit_per_minute": 50})
    limit(world, 0.6)
    tickets = many(world, 8)
    world.ring(*tickets)
    while run_due(world, 4):
        pass
    waiting = [ticket for ticket in tickets if not world.notes(ticket)]
    moments = [world.ctx.wakeups.at(key(ticket)) for ticket in waiting]
    assert len(waiting) == 5
    assert all(at is not None and at > world.clock.now + timedelta(seconds=50) for at in moments)
    assert not list(world.ctx.failures.all())


def test_an_urgent_ticket_does_not_wait_behind_others(world: World) -> None:
    world.control("PUT", "faults", {"rate_limit_per_minute": 50})
    limit(world)
    urgent = world.open(**DOWN)
    world.settle(urgent)
    world.clock.move(minutes=2)
    backlog = many(world, 30)
    world.ring(*backlog)
    live(world, 90)
    assert any(not world.notes(ticket) for ticket in backlog)
    world.as_agent(urgent, priority=1)
    world.control("DELETE", "requests")
    world.ring(urgent)
    run_due(world, 20)
    assert calls_for(world, urgent) >= 3, "read, written and noted at once"
    assert len(world.notes(urgent)) == 2


def test_a_429_puts_everybody_back(world: World) -> None:
    world.control("PUT", "faults", {"rate_limit_per_minute": 50})
    limit(world)
    tickets = many(world, 6)
    others_use(world, 50)
    world.ring(*tickets)
    run_due(world, 20)
    assert statuses(world)[429] == 1, "the rest knew of it"
    live(world, 200)
    assert at_rest(world, tickets)
    assert not list(world.ctx.failures.all())


def test_a_sweep_of_a_small_plan_goes_on_where_it_stopped(world: World) -> None:
    limit(world)
    world.control("PUT", "faults", {"rate_limit_per_minute": 50, "rate_limit_ticket_list": 5})
    for _ in range(8):
        many(world, 90)
        world.clock.move(minutes=20)
    for _ in range(3):
        jobs.sweep_portal(PORTAL)
        world.clock.move(seconds=61)
    rung = [n for n in range(1, 721) if world.ctx.wakeups.at(key(n))]
    assert len(rung) == 720
    assert statuses(world)[429] == 0


@pytest.mark.parametrize(("near", "done"), [(timedelta(minutes=30), False), (timedelta(hours=2), True)])
def test_what_the_urgent_worker_gets_may_use_the_reserve(world: World, near: timedelta, done: bool) -> None:
    ticket = world.open(**PLAIN)
    world.settle(ticket)
    world.control("PUT", "faults", {"rate_limit_per_minute": 50})
    limit(world)
    world.with_context(wakeups=Wakeups(world.redis, near))
    due = world.ctx.ledger.read(key(ticket)).written["fr_due_by"]
    soon = due.__class__(due.before, (world.clock.now + timedelta(minutes=90)).isoformat())
    world.ctx.ledger.write_fields(key(ticket), {"fr_due_by": soon})
    world.control("DELETE", "requests")
    assert world.ctx.budget is not None
    assert isinstance(world.ctx.budget.reserve(PORTAL, Priority.NORMAL, 40, 40), str)
    world.ring(ticket)
    run_due(world)
    assert bool(calls_for(world, ticket)) == done


def test_a_plan_that_grew_beyond_its_grant_is_not_half_sent(world: World) -> None:
    world.control("PUT", "faults", {"rate_limit_per_minute": 50})
    limit(world, 0.2)
    ticket = world.open(**DOWN, company="")
    world.ring(ticket)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.engine.spending.FIRST_WRITES", 0)
        patch.setattr(world.ctx.budget, "extend", lambda *_: timedelta(seconds=30))
        run_due(world)
    assert calls_for(world, ticket) == 1
    assert not world.notes(ticket)
    live(world, 200)
    assert at_rest(world, [ticket])


def test_a_webhook_costs_the_account_nothing(world: World) -> None:
    world.control("PUT", "faults", {"rate_limit_per_minute": 50})
    limit(world)
    plan = decide(world.ctx, gather(world.ctx, key(world.open(**DOWN))))
    note = next(action for action in plan.actions if isinstance(action, AddNote))
    cover(world.ctx, replace(plan, actions=(Notify("webhook:1", "chat", "{}"),) * 200))
    with pytest.raises(Held):
        cover(world.ctx, replace(plan, actions=(note,) * 200))


def test_threads_share_one_budget(world: World) -> None:
    world.control("PUT", "faults", {"rate_limit_per_minute": 50})
    limit(world)
    tickets = many(world, 16)
    world.ring(*tickets)
    with ThreadPoolExecutor(4) as workers:
        for _ in range(300):
            due = world.ctx.wakeups.take_due(world.clock.now, clock.DISPATCH_LEASE, 8)
            list(workers.map(lambda one: jobs.reconcile_ticket(PORTAL, one.key.ticket_id, one.token), due))
            world.clock.move(seconds=1)
    assert at_rest(world, tickets)
    assert worst_minute(requests_seen(world)) <= 50
    assert statuses(world)[429] == 0


def test_nothing_is_asked_of_freshdesk_without_tokens(world: World) -> None:
    limit(world)
    assert world.ctx.budget is not None
    while not isinstance(world.ctx.budget.reserve(PORTAL, Priority.URGENT, 1, 1), timedelta):
        pass
    with pytest.raises(Held):
        world.ctx.freshdesk[PORTAL].get_ticket(1)
    assert requests_seen(world) == []


def test_others_who_take_more_than_their_share_are_not_crowded(world: World) -> None:
    world.control("PUT", "switches", {"rate_window_kind": "sliding"})
    world.control("PUT", "faults", {"rate_limit_per_minute": 50})
    limit(world, 0.8)
    tickets = many(world, 10)
    world.ring(*tickets)
    for _ in range(60):
        others_use(world, 3)
        run_due(world, 20)
        world.clock.move(seconds=5)
    refused = [record for record in requests_seen(world) if record.status == 429]
    assert all(record.endpoint.name == "agents" for record in refused), "none of ours"
    halfway = world.clock.now - timedelta(minutes=2.5)
    late = [record for record in refused if record.at > halfway]
    assert len(late) < len(refused) / 4, "and few of theirs, once we saw them"
    live(world, 300)
    assert at_rest(world, tickets)


@pytest.mark.parametrize(("stand_in", "done"), [(True, 12), (False, 3)])
def test_a_stand_in_without_a_limit_is_not_slowed(world: World, stand_in: bool, done: int) -> None:
    world.control("PUT", "switches", {"limits": dict.fromkeys(Limits.model_fields)})
    limit(world, 0.6, stand_in=stand_in)
    tickets = many(world, 12)
    world.ring(*tickets)
    while run_due(world, 4):
        pass
    assert sum(at_rest(world, [ticket]) for ticket in tickets) == done
