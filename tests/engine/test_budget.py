"""How many requests each thing costs, once the portal's own facts are known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot.store.rulebook import Rulebook
from tests.policy.planner.desk import rules_folder
from tests.world import World

DOWN = {"subject": "Caído", "text": "El CRM está caído desde las 8."}


@pytest.fixture(scope="module")
def rulebook() -> Iterator[Rulebook]:
    with rules_folder() as folder:
        yield Rulebook(folder)


@pytest.fixture
def known(world: World) -> World:
    """Give a world in which one ticket was looked at before, and counting begins anew."""
    world.control("POST", "companies", {"name": "Cliente SAC"})
    world.settle(world.open("Hola", "Gracias.", company="Cliente SAC", email="primero@cliente.example"))
    return world


def spent(world: World, ticket: int) -> dict[str, int]:
    """Settle a ticket and return the requests it took, by method; every one must have succeeded."""
    world.control("DELETE", "requests")
    world.settle(ticket)
    seen = world.control("GET", "requests")
    assert set(seen["statuses"]) <= {"200", "201"}
    methods: dict[str, int] = seen["methods"]
    return methods


NEW: list[Any] = [
    pytest.param({}, {"GET": 1, "PUT": 1, "POST": 2}, id="by mail"),
    pytest.param({"company": "Cliente SAC"}, {"GET": 1, "PUT": 1, "POST": 2}, id="of a known company"),
    pytest.param({"source": 3}, {"GET": 1, "PUT": 1, "POST": 1}, id="by telephone: no reply"),
    pytest.param({"text": "x" * 100_000 + " caído"}, {"GET": 1, "PUT": 1, "POST": 2}, id="very long"),
    pytest.param({"status": 4}, {"GET": 1}, id="resolved"),
    pytest.param({"status": 5}, {"GET": 1}, id="closed"),
    pytest.param({"spam": True}, {"GET": 1}, id="spam"),
    pytest.param({"deleted": True}, {"GET": 1}, id="deleted"),
]


@pytest.mark.parametrize(("fields", "requests"), NEW)
def test_a_new_ticket(known: World, fields: dict[str, Any], requests: dict[str, int]) -> None:
    ticket = known.open(**(DOWN | {"email": "nueva@cliente.example"} | fields))
    assert spent(known, ticket) == requests


def test_a_repeated_webhook_is_one_read(known: World) -> None:
    ticket = known.open(**DOWN)
    known.settle(ticket)
    for _ in range(3):
        assert spent(known, ticket) == {"GET": 1}


def test_a_closed_ticket_is_one_read(known: World) -> None:
    ticket = known.open(**DOWN)
    known.settle(ticket)
    known.as_agent(ticket, status=5)
    for _ in range(2):
        assert spent(known, ticket) == {"GET": 1}


@pytest.mark.parametrize(
    ("hours", "requests"),
    [(1, {"GET": 1}), (18, {"GET": 1, "PUT": 1, "POST": 1}), (24, {"GET": 1, "PUT": 1, "POST": 1})],
)
def test_time_passing(known: World, hours: int, requests: dict[str, int]) -> None:
    ticket = known.open(**DOWN)
    known.settle(ticket)
    known.clock.move(hours=hours)
    known.redis.delete(*known.redis.keys("semaforo:turn:*") or ["none"])
    assert spent(known, ticket) == requests


def test_a_changed_level(known: World) -> None:
    ticket = known.open(**DOWN)
    known.settle(ticket)
    known.as_agent(ticket, priority=1)
    assert spent(known, ticket) == {"GET": 1, "PUT": 1, "POST": 1}
    assert spent(known, ticket) == {"GET": 1}


@pytest.mark.parametrize(("messages", "reads"), [(9, 1), (10, 2), (99, 2), (120, 2), (250, 2)])
def test_a_long_conversation_costs_its_further_pages(known: World, messages: int, reads: int) -> None:
    said = [{"as": "customer", "text": f"¿Novedades? {n}"} for n in range(messages - 2)]
    ticket = known.open(**DOWN)
    known.settle(ticket)
    for one in said:
        known.control("POST", f"tickets/{ticket}/reply", one)
    known.control("DELETE", "requests")
    known.settle(ticket)
    seen = known.control("GET", "requests")
    pages = max(0, -(-messages // 100)) if messages >= 10 else 0
    assert seen["reads"] == 1 + pages
    assert seen["reads"] >= reads
    assert seen["writes"] == 0


def test_after_the_store_was_emptied_two_more_reads_and_no_write(known: World) -> None:
    ticket = known.open(**DOWN, company="Cliente SAC")
    known.settle(ticket)
    known.redis.flushall()
    assert spent(known, ticket) == {"GET": 3}, "the ticket, its company, the bot's own agent"
