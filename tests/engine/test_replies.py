"""Who gets an acknowledgement and who does not, up to the caps of the rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot.store.rulebook import Rulebook
from tests.policy.planner.desk import rules_folder, shipped
from tests.world import World

DOWN = {"subject": "Caído", "text": "El CRM está caído desde las 8."}


@pytest.fixture(scope="module")
def rulebook() -> Iterator[Rulebook]:
    with rules_folder() as folder:
        yield Rulebook(folder)


AUTOMATIC: list[dict[str, Any]] = [
    {"subject": "Respuesta automática: Caído", "text": "Está caído."},
    {"subject": "Caído", "text": "Estaré fuera de la oficina. Está caído."},
    {"subject": "Caído", "text": "Está caído.", "email": "no-reply@cliente.example"},
    {"subject": "Caído", "text": "Está caído.", "email": "soporte@demo.example"},
    {"subject": "Caído", "text": "Está caído.", "source": 3},
]


@pytest.mark.parametrize("mail", AUTOMATIC, ids=["subject", "body", "sender", "own address", "telephone"])
def test_what_is_not_to_be_answered_is_classified_in_silence(world: World, mail: dict[str, Any]) -> None:
    ticket = world.open(**mail)
    for _ in range(2):
        world.settle(ticket)
    assert world.replies(ticket) == []
    assert len(world.notes(ticket)) == 1
    assert world.ticket(ticket)["priority"] == 4


def test_no_more_replies_to_one_requester_a_day_than_the_rules_say(world: World) -> None:
    tickets = [world.open(f"Caído {n}", "Está caído.") for n in range(8)]
    other = world.open(**DOWN, email="otro@cliente.example")
    for _ in range(3):
        world.settle(*tickets, other)
    assert sum(len(world.replies(ticket)) for ticket in tickets) == 5
    assert all(len(world.notes(ticket)) == 1 for ticket in tickets)
    assert len(world.replies(other)) == 1


def test_no_more_replies_an_hour_than_the_rules_say(world: World) -> None:
    text = shipped("respuestas").replace("tope_por_hora: 1000", "tope_por_hora: 3")
    with rules_folder(respuestas=text) as folder:
        world.with_context(rulebook=Rulebook(folder))
    tickets = [world.open("Caído", "Está caído.", email=f"u{n}@cliente.example") for n in range(6)]
    world.settle(*tickets)
    assert sum(len(world.replies(ticket)) for ticket in tickets) == 3
    world.clock.move(hours=1, seconds=1)
    world.settle(*tickets)
    assert all(len(world.replies(ticket)) == 1 for ticket in tickets), "later is better than never"
