"""What waiting, resuming and reopening do to a ticket's dates (P6), and faults other desks had with it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.ticket import TicketKey
from tests.engine.contract.desk import (
    DOWN,
    alarms_until,
    answered,
    moment,
    said,
)
from tests.world import MONDAY, PORTAL, World


@pytest.mark.parametrize("shifts", ["none", "native", "all"])
def test_on_resume_the_date_moves_by_exactly_the_paused_time(world: World, shifts: str) -> None:
    """frappe helpdesk 2449, whatever Freshdesk does to the date by itself."""
    world.control("PUT", "switches", {"resume_shifts_due": shifts})
    ticket = answered(world)
    before = moment(world.ticket(ticket)["due_by"])
    for status in (6, 2):
        world.as_agent(ticket, status=status)
        world.settle(ticket)
        world.clock.move(hours=30)
    assert moment(world.ticket(ticket)["due_by"]) - before == timedelta(hours=30)


def test_a_level_changed_by_an_agent_keeps_the_pauses(world: World) -> None:
    """glpi 6902 and 15605: a new level forgot the time already waited."""
    ticket = answered(world)
    for status in (6, 2):
        world.as_agent(ticket, status=status)
        world.settle(ticket)
        world.clock.move(hours=30)
    world.as_agent(ticket, priority=2)
    world.settle(ticket)
    assert moment(world.ticket(ticket)["due_by"]) == MONDAY + timedelta(days=15, hours=30)


@pytest.mark.parametrize("status", [3, 6, 7])
def test_nothing_is_late_or_told_while_it_waits(world: World, status: int) -> None:
    """glpi 24481 and 7946: violated, and notices of it sent, while pending."""
    ticket = answered(world)
    world.as_agent(ticket, status=status)
    world.settle(ticket)
    notes = len(world.notes(ticket))
    for days in (5, 20, 40):
        world.clock.move(days=days)
        world.settle(ticket)
    assert len(world.notes(ticket)) == notes
    assert not {"sla-en-riesgo", "sla-incumplido"} & set(world.ticket(ticket)["tags"])


@pytest.mark.parametrize("priority", [4, 2, 1], ids=["days", "preferente", "business days"])
def test_a_wait_the_store_forgot_is_told_by_the_date(world: World, priority: int) -> None:
    ticket = answered(world)
    world.as_agent(ticket, priority=priority)
    world.settle(ticket)
    for status in (6, 2):
        world.as_agent(ticket, status=status)
        world.settle(ticket)
        world.clock.move(hours=30)
    before, alarm = world.end_state([ticket]), world.ctx.wakeups.at(TicketKey(PORTAL, ticket))
    for _ in range(3):
        world.redis.flushall()
        world.sweep()
        world.settle(ticket)
        assert world.end_state([ticket]) == before
    at = world.ctx.wakeups.at(TicketKey(PORTAL, ticket))
    assert at is not None
    assert alarm is not None
    assert abs(at - alarm) <= timedelta(minutes=1)


def test_resolved_out_of_a_pause_is_met(world: World) -> None:
    """frappe helpdesk 3776: the pause was lost and the promise failed."""
    ticket = answered(world)
    for status, days in ((6, 20), (4, 0)):
        world.as_agent(ticket, status=status)
        world.settle(ticket)
        world.clock.move(days=days)
    entry = world.ctx.journal.read(TicketKey(PORTAL, ticket))
    assert entry is not None
    assert entry["due"]["resolution"]["state"] == "met"


def test_the_two_clocks_are_kept_apart(world: World) -> None:
    """frappe helpdesk 1542: an answer fulfilled both promises."""
    ticket = answered(world)
    world.clock.move(days=8)
    world.settle(ticket)
    entry = world.ctx.journal.read(TicketKey(PORTAL, ticket))
    assert entry is not None
    assert entry["due"]["response"]["state"] == "met"
    assert entry["due"]["resolution"]["state"] == "breached"


@pytest.mark.parametrize("emptied", [False, True], ids=["remembering", "store emptied"])
@pytest.mark.parametrize(
    ("text", "late"),
    [
        pytest.param("Muchas gracias por la ayuda, saludos.", False, id="thanks"),
        pytest.param("Gracias Lucía!\n\nSaludos\nAna Torres\nGerente", False, id="thanks and signature"),
        pytest.param("Gracias, pero sigue fallando.", True, id="thanks and more"),
        pytest.param("Sigue caído.", True, id="no thanks"),
    ],
)
def test_thanks_after_the_closing_restart_no_clock(
    world: World, text: str, late: bool, emptied: bool
) -> None:
    """chatwoot 10178: a customer's last goodbye made a resolved case count as late."""
    ticket = answered(world)
    world.clock.move(hours=1)
    world.as_agent(ticket, status=4)
    world.settle(ticket)
    world.clock.move(hours=1)
    said(world, ticket, text)
    for days in (0, 6, 10):
        if emptied:
            world.redis.flushall()
        world.clock.move(days=days)
        world.settle(ticket)
    assert ("sla-incumplido" in world.ticket(ticket)["tags"]) == late


def test_every_step_after_the_first_is_told_too(world: World) -> None:
    """glpi 5319: only the first level of an escalation ever ran."""
    ticket = world.open(**DOWN)
    world.settle(ticket)
    for hours in (18, 24, 48):
        alarms_until(world, hours, ticket)
    assert len(world.notes(ticket)) == 4, "the classification and three steps"
