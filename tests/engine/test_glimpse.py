"""What are tickets called, and at what price?"""

from __future__ import annotations

import threading

import pytest

from bot.domain.ticket import TicketKey
from bot.engine.glimpse import AT_ONCE, LIFE, Glimpses
from tests.store.everything import canaries_stored
from tests.world import PORTAL, World


@pytest.fixture
def ticket(world: World) -> TicketKey:
    number = world.open("Factura de Ximena", "No carga.", email="ximena@norte.example", company="Norte SAC")
    return TicketKey(PORTAL, number)


def test_a_headline_is_read_once_and_kept_for_minutes_in_this_process_alone(
    world: World, ticket: TicketKey
) -> None:
    glimpses = Glimpses(world.ctx)
    assert glimpses.known([ticket]) == {}
    first = glimpses.look([ticket])[ticket]
    assert (first.subject, first.company) == ("Factura de Ximena", "Norte SAC")
    world.as_agent(ticket.ticket_id, subject="Otro asunto")
    assert glimpses.look([ticket]) == {ticket: first}
    world.clock.move(seconds=LIFE.total_seconds())
    assert glimpses.look([ticket])[ticket].subject == "Otro asunto"
    assert canaries_stored(world.redis, ["Ximena", "Norte SAC", "Otro asunto"]) == {}


def test_a_ticket_that_is_gone_has_an_empty_headline(world: World) -> None:
    gone = TicketKey(PORTAL, 4711)
    assert Glimpses(world.ctx).look([gone])[gone].subject == ""


def test_without_budget_nothing_is_asked(world: World, ticket: TicketKey) -> None:
    world.with_context(may_spend=lambda portal, calls: False)
    glimpses = Glimpses(world.ctx)
    assert glimpses.look([ticket]) == {}
    assert glimpses.look_at_agents(PORTAL) == {}


def test_an_account_that_is_down_costs_one_question_a_portal(world: World, ticket: TicketKey) -> None:
    other = TicketKey(PORTAL, world.open("Otro", "Texto."))
    world.control("PUT", "faults", {"error_500": 1.0})
    before = world.control("GET", "requests")["total"]
    assert Glimpses(world.ctx).look([ticket, other]) == {}
    assert world.control("GET", "requests")["total"] == before + 1


def test_agents_keep_their_names_while_freshdesk_is_away(world: World) -> None:
    glimpses = Glimpses(world.ctx)
    assert glimpses.known_agents(PORTAL) == {}
    names = glimpses.look_at_agents(PORTAL)
    assert "Lucía" in " ".join(names.values())
    world.clock.move(hours=2)
    world.control("PUT", "faults", {"error_500": 1.0})
    assert glimpses.look_at_agents(PORTAL) == glimpses.known_agents(PORTAL) == names


def test_no_more_than_a_few_wait_for_freshdesk(world: World, ticket: TicketKey) -> None:
    glimpses = Glimpses(world.ctx)
    held = threading.BoundedSemaphore(AT_ONCE)
    glimpses._places = held
    for _ in range(AT_ONCE):
        held.acquire()
    assert glimpses.look([ticket]) == {}
    held.release()
    assert ticket in glimpses.look([ticket])
