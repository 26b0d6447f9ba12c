"""Two robots that talk to each other, played to the end, and faults other desks had with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.store.rulebook import Rulebook
from tests.engine.contract.desk import CONTRACT, answered, said
from tests.policy.planner.desk import rules_folder, shipped
from tests.world import World

DOWN = {"subject": "Sistema caído", "text": "Está caído."}
ROBOT = {"text": "Su mensaje llegó. Está caído.", "email": "r@mesa.example"}
ROUNDS = 30


@pytest.fixture(scope="module")
def rulebook() -> Iterator[Rulebook]:
    with rules_folder(**CONTRACT) as folder:
        yield Rulebook(folder)


# How a robot on the other side answers the n-th of our replies; none of its words are on a list.
ROBOTS: dict[str, Callable[[int], dict[str, Any]]] = {
    "same subject": lambda _: {"subject": "Re: Sistema caído"},
    "our number": lambda n: {"subject": f"Sistema caído [#{n}]"},
    "ever another subject": lambda n: {"subject": f"RE: caído {n}"},
    "a subject of its own": lambda n: {"subject": f"Recibimos su correo {n}: caído"},
    "an address each time": lambda n: {
        "subject": f"Caso abierto {n}: caído",
        "email": f"caso+{n}@mesa.example",
    },
}


def talk(world: World, robot: Callable[[int], dict[str, Any]], first: int, minutes: int) -> list[int]:
    """Let a robot answer each of our replies with a new ticket, for as long as we reply."""
    tickets, answered_so_far = [first], 0
    for _ in range(ROUNDS):
        world.settle(*tickets)
        world.clock.move(minutes=minutes)
        replies = sum(len(world.replies(ticket)) for ticket in tickets)
        bodies = (robot(number) for number in range(answered_so_far, replies))
        tickets += [world.open(**ROBOT | body) for body in bodies]
        answered_so_far = replies
    return tickets


@pytest.mark.parametrize("minutes", [1, 20], ids=["at once", "after a while"])
@pytest.mark.parametrize("robot", ["same subject", "our number", "ever another subject"])
def test_a_robot_that_answers_with_new_tickets_ends_within_the_budget(
    world: World, robot: str, minutes: int
) -> None:
    """freescout 688 and zammad 1131: automatic replies answered each other for ever."""
    first = world.open(**DOWN, email="r@mesa.example")
    tickets = talk(world, ROBOTS[robot], first, minutes)
    replies = [len(world.replies(ticket)) for ticket in tickets]
    assert max(replies) <= 2
    assert 1 <= sum(replies) <= 3
    assert world.ctx.wakeups.overdue(world.clock.now)[0] == 0
    assert world.queue.jobs == []
    assert all(len(world.notes(ticket)) == 1 for ticket in tickets), "the desk sees every one of them"


def test_a_robot_that_answers_with_subjects_of_its_own_ends_at_the_requesters_cap(world: World) -> None:
    first = world.open(**DOWN, email="r@mesa.example")
    tickets = talk(world, ROBOTS["a subject of its own"], first, 1)
    assert sum(len(world.replies(ticket)) for ticket in tickets) == 5
    assert world.ctx.wakeups.overdue(world.clock.now)[0] == 0


def test_a_robot_with_ever_new_addresses_is_stopped_by_its_domain(world: World) -> None:
    text = shipped("respuestas").replace("por_dominio: 600", "por_dominio: 10")
    with rules_folder(respuestas=text) as folder:
        world.with_context(rulebook=Rulebook(folder))
    tickets = talk(world, ROBOTS["an address each time"], world.open(**DOWN, email="a@mesa.example"), 1)
    other = world.open(**DOWN, email="ana@cliente.example")
    free = [world.open(**DOWN, email=f"u{n}@gmail.com") for n in range(12)]
    world.settle(other, *free)
    assert sum(len(world.replies(ticket)) for ticket in tickets) == 10
    assert [len(world.replies(ticket)) for ticket in (other, *free)] == [1] * 13, "free mail is no one domain"


def test_a_robot_that_answers_on_the_ticket_gets_nothing_more(world: World) -> None:
    ticket = world.open(**DOWN)
    for number in range(10):
        world.settle(ticket)
        said(world, ticket, f"Recibimos su correo {number}.")
        world.clock.move(minutes=1)
    world.settle(ticket)
    assert len(world.replies(ticket)) == 1


def test_a_burst_of_tickets_is_quiet_after_the_fifth(world: World) -> None:
    text = shipped("respuestas").replace("maximo_por_dia: 5", "maximo_por_dia: 50")
    with rules_folder(respuestas=text) as folder:
        world.with_context(rulebook=Rulebook(folder))
    tickets = [world.open(f"Caído {number}", "Está caído.") for number in range(8)]
    world.settle(*tickets)
    assert sum(len(world.replies(ticket)) for ticket in tickets) == 5
    assert all(len(world.notes(ticket)) == 1 for ticket in tickets)


def test_a_person_who_writes_often_is_answered_each_time(world: World) -> None:
    for _ in range(5):
        ticket = world.open("Otra consulta", "Está caído.")
        world.settle(ticket)
        assert len(world.replies(ticket)) == 1
        world.clock.move(minutes=3)


@pytest.mark.parametrize(
    ("line", "replies"), [("Auto-Submitted: no", 1), ("Auto-Submitted: auto-replied", 0)]
)
def test_a_mail_that_says_a_person_wrote_it_is_answered(world: World, line: str, replies: int) -> None:
    ticket = world.open("Caído", f"Está caído.\n{line}")
    world.settle(ticket)
    assert len(world.replies(ticket)) == replies


def test_an_out_of_office_message_restarts_no_clock(world: World) -> None:
    """zammad 5113: an automatic answer reopened the ticket and set its clocks running."""
    ticket = answered(world)
    world.clock.move(hours=1)
    world.as_agent(ticket, status=4)
    world.settle(ticket)
    before = len(world.replies(ticket)), len(world.notes(ticket))
    said(world, ticket, "Respuesta automática: estaré fuera de la oficina hasta el lunes.")
    for days in (0, 8, 20):
        world.clock.now += timedelta(days=days)
        world.settle(ticket)
    assert (len(world.replies(ticket)), len(world.notes(ticket))) == before
    assert not {"sla-en-riesgo", "sla-incumplido"} & set(world.ticket(ticket)["tags"])
