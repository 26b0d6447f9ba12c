"""Tickets that cannot be done stand aside, hold up nobody, and come back with one effect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from rq.timeouts import JobTimeoutException

from bot import jobs
from bot.domain.ticket import Ticket, TicketKey
from bot.engine import quarantine
from bot.freshdesk.client import FreshdeskClient
from bot.freshdesk.errors import TemporaryError
from bot.freshdesk.wrapped import Repeats
from bot.store.failures import Failure
from bot.store.rulebook import Rulebook
from tests.engine.dying import Killed, expire_leases
from tests.policy.planner.desk import rules_folder
from tests.world import PORTAL, World

DOWN = {"subject": "Caído", "text": "El CRM está caído desde las 8."}
TRIES = 4


@pytest.fixture(scope="module")
def rulebook() -> Iterator[Rulebook]:
    with rules_folder() as folder:
        yield Rulebook(folder)


class Poisoned(FreshdeskClient):
    """Fail on some tickets."""

    poison: set[int]
    error: Callable[[], BaseException]

    def get_ticket(self, ticket_id: int) -> Ticket:
        if ticket_id in self.poison:
            raise self.error()
        return super().get_ticket(ticket_id)


@pytest.fixture
def client(world: World) -> Poisoned:
    client = Poisoned(PORTAL, world.server.url, "sim-key", repeats=Repeats(attempts=1))
    client.poison = set()
    world.with_context(freshdesk={PORTAL: client}, most_attempts=TRIES)
    return client


def key(ticket: int) -> TicketKey:
    return TicketKey(PORTAL, ticket)


def pass_time(world: World, hours: int = 3, *, sweeps: bool = True) -> None:
    """Let hours go by in steps of five minutes, each with a sweep; killed workers are replaced at once."""
    for _ in range(hours * 12):
        world.clock.move(minutes=5)
        if sweeps:
            jobs.sweep_portal(PORTAL)
        settle(world)


def settle(world: World) -> None:
    try:
        world.settle()
    except Killed:
        expire_leases(world)


def failure(world: World, ticket: int) -> Failure:
    found = world.ctx.failures.read(key(ticket))
    assert found is not None
    return found


def one_effect_each(world: World, *tickets: int) -> None:
    counts = {ticket: (len(world.notes(ticket)), len(world.replies(ticket))) for ticket in tickets}
    assert counts == dict.fromkeys(tickets, (1, 1))


POISON = [
    pytest.param(lambda: ZeroDivisionError("ana@cliente.example"), "ZeroDivisionError", id="a bug"),
    pytest.param(lambda: MemoryError(), "MemoryError", id="no memory"),
    pytest.param(lambda: RecursionError(), "RecursionError", id="too deep"),
    pytest.param(lambda: JobTimeoutException("90"), "JobTimeoutException", id="a job that hangs"),
    pytest.param(lambda: TemporaryError("slow"), "TemporaryError", id="an answer that never ends"),
    pytest.param(lambda: quarantine.LeaseLost("slow"), "LeaseLost", id="answers that are slow"),
    pytest.param(lambda: Killed(), quarantine.NO_END, id="its worker dies"),
]


@pytest.mark.parametrize(("error", "reason"), POISON)
def test_poison_is_tried_so_often_and_stands_aside(
    world: World, client: Poisoned, error: Callable[[], BaseException], reason: str
) -> None:
    poison = world.open(**DOWN)
    client.poison, client.error = {poison}, error
    healthy = [world.open("Caído", "Está caído.", email=f"u{n}@cliente.example") for n in range(5)]
    pass_time(world)
    found = failure(world, poison)
    assert (found.quarantined, found.reason) == (True, reason)
    assert TRIES <= found.attempts <= TRIES + 1
    one_effect_each(world, *healthy)
    client.poison = set()
    world.ring(poison)
    pass_time(world, 1)
    assert world.requests_for(poison) == {} or world.notes(poison) == [], (
        "nothing but a person brings it back"
    )
    for _ in range(2):
        quarantine.retry(world.ctx, key(poison))
        settle(world)
    assert list(world.ctx.failures.all()) == []
    assert world.redis.hlen("semaforo:attempts") == 0
    pass_time(world, 1)
    one_effect_each(world, poison, *healthy)


def test_waits_between_attempts_grow(world: World, client: Poisoned) -> None:
    poison = world.open(**DOWN)
    client.poison, client.error = {poison}, ValueError
    world.settle(poison)
    waits = []
    while (at := world.ctx.wakeups.at(key(poison))) is not None:
        waits.append(at - world.clock.now)
        world.clock.now = at
        world.settle()
    assert waits == [timedelta(seconds=seconds) for seconds in (2, 5, 10)]
    assert failure(world, poison).quarantined


@pytest.mark.parametrize("error", [TemporaryError, quarantine.LeaseLost], ids=lambda error: error.__name__)
def test_an_account_that_does_not_answer_sets_nothing_aside(
    world: World, client: Poisoned, error: type[Exception]
) -> None:
    tickets = [world.open("Caído", "Está caído.", email=f"u{n}@cliente.example") for n in range(3)]
    client.poison, client.error = set(tickets), lambda: error("down")
    world.ring(*tickets)
    pass_time(world, 12, sweeps=False)
    assert [one.quarantined for one in world.ctx.failures.all()] == [False] * 3
    client.poison = set()
    world.clock.move(minutes=16)
    settle(world)
    one_effect_each(world, *tickets)
    assert world.redis.hlen("semaforo:attempts") == 0


@pytest.mark.parametrize("fault", [{"rate_limit_per_minute": 1}, {"unauthorized": 1.0}], ids=["429", "401"])
def test_what_is_nobodys_fault_sets_nothing_aside(
    world: World, client: Poisoned, fault: dict[str, float]
) -> None:
    ticket = world.open(**DOWN)
    world.ring(ticket)
    world.control("PUT", "faults", fault)
    pass_time(world, 4)
    world.control("PUT", "faults", {})
    pass_time(world, 1)
    one_effect_each(world, ticket)


@pytest.mark.parametrize(
    "change", [{"archived": True}, {"deleted": True}, {"spam": True}, {"status": 5}], ids=str
)
def test_a_ticket_that_is_over_is_closed_without_a_trace(
    world: World, client: Poisoned, change: dict[str, object]
) -> None:
    ticket = world.open(**DOWN)
    client.poison, client.error = {ticket}, ValueError
    world.settle(ticket)
    client.poison = set()
    world.as_agent(ticket, **change)
    pass_time(world, 1)
    assert list(world.ctx.failures.all()) == []
    assert world.ctx.wakeups.at(key(ticket)) is None
    assert world.notes(ticket) == []


def test_an_earlier_failure_does_not_count_after_a_success(world: World, client: Poisoned) -> None:
    ticket = world.open(**DOWN)
    client.error = ValueError
    for _ in range(3):
        client.poison = {ticket}
        for _ in range(TRIES - 1):
            world.settle(ticket)
        client.poison = set()
        world.settle(ticket)
    assert list(world.ctx.failures.all()) == []


def test_one_poisonous_ticket_among_a_hundred(world: World, client: Poisoned) -> None:
    tickets = [world.open("Caído", "Está caído.", email=f"u{n}@cliente.example") for n in range(100)]
    client.poison, client.error = {tickets[13]}, ValueError
    world.ring(*tickets)
    pass_time(world, 1)
    one_effect_each(world, *(ticket for ticket in tickets if ticket != tickets[13]))
    assert [one.key for one in world.ctx.failures.all() if one.quarantined] == [key(tickets[13])]
