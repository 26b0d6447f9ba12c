"""What do people see of a ticket, and does looking leave it alone?"""

from __future__ import annotations

import threading

import pytest

from bot.domain.ticket import TicketKey
from bot.engine.look import AT_ONCE, Looks
from bot.freshdesk.errors import Held, NotFound
from tests.store.everything import everything
from tests.world import PORTAL, World

BODY = "El CRM está caído y nadie puede entrar. La factura no está vencida."


@pytest.fixture
def key(world: World) -> TicketKey:
    return TicketKey(PORTAL, world.open("CRM caído", BODY))


def test_what_if_says_what_a_look_then_does_and_does_nothing(world: World, key: TicketKey) -> None:
    before, stored = world.ticket(key.ticket_id), everything(world.redis)
    foretold = Looks(world.ctx).what_if(key)
    assert world.ticket(key.ticket_id) == before
    assert {name for name in everything(world.redis) if "ledger" in name or "journal" in name} == set()
    assert set(stored) <= set(everything(world.redis))
    world.settle(key.ticket_id)
    entry = world.ctx.journal.read(key)
    assert entry is not None
    assert foretold["level"] == entry["level"] == "URGENTE"
    assert foretold["due"] == entry["due"]
    assert [action["kind"] for action in foretold["actions"]] == ["set_fields", "add_note", "reply"]


def test_words_come_with_the_rules_that_read_them_and_those_that_nearly_did(
    world: World, key: TicketKey
) -> None:
    words = Looks(world.ctx).words_of(key)
    assert words.ticket.body == BODY
    assert words.verdict.level == "URGENTE"
    assert "urg-factura-vencida" in [near.rule.id for near in words.near_misses]


def test_no_more_than_a_few_look_at_once(world: World, key: TicketKey) -> None:
    looks = Looks(world.ctx)
    looks._places = held = threading.BoundedSemaphore(AT_ONCE)
    for _ in range(AT_ONCE):
        held.acquire()
    with pytest.raises(Held):
        looks.words_of(key)
    held.release()
    assert looks.words_of(key).ticket.key == key
    with pytest.raises(NotFound):
        looks.words_of(TicketKey(PORTAL, 4711))
    assert looks.words_of(key), "a look that failed gave its place back"


def test_a_ticket_that_is_gone_leaves_the_board_and_a_closed_one_too(world: World, key: TicketKey) -> None:
    other = world.open("Consulta", "¿Cómo exporto?")
    world.settle(key.ticket_id, other)
    gone = TicketKey(PORTAL, 4711)
    world.ctx.journal.record(gone, {"state": "running"}, world.clock.now)
    assert {row.key for row in world.ctx.journal.open_tickets()} == {key, gone, TicketKey(PORTAL, other)}
    world.as_agent(other, status=5)
    world.as_agent(key.ticket_id, status=4)
    world.settle(key.ticket_id, other, gone.ticket_id)
    assert list(world.ctx.journal.open_tickets()) == []


def test_a_row_tells_the_clocks_the_cause_and_the_next_step(world: World, key: TicketKey) -> None:
    world.settle(key.ticket_id)
    (row,) = world.ctx.journal.open_tickets()
    assert (row.level, row.response.state, row.next_step) == ("URGENTE", "running", "objetivo de respuesta")
    assert row.wake_at == row.response.target
    assert row.created_at == int(world.clock.now.timestamp())
    world.as_agent(key.ticket_id, status=3)
    world.settle(key.ticket_id)
    (row,) = world.ctx.journal.open_tickets()
    assert row.waits_for == "cliente"
