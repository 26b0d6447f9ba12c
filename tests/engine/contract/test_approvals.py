"""What becomes of an approval the client owes (P9): end states against simulator and store."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.engine.contract.desk import (
    DOWN,
    alarms_until,
    asked,
    at_hour,
    closings,
    said,
    tags,
)
from tests.policy.planner.desk import LUCIA
from tests.world import MONDAY, World


def test_an_unanswered_approval_is_reminded_at_24_hours_and_stopped_at_48(world: World) -> None:
    ticket = asked(world)
    for spent, billable in (("02:15", True), ("01:30", False)):
        entry = {"ticket_id": ticket, "time_spent": spent, "billable": billable}
        world.control("POST", "time_entries", entry)
    assert any("Tiene hasta el mié 25 nov 2026, 10:00" in note for note in world.notes(ticket))
    alarms_until(world, 23.99, ticket)
    assert len(world.replies(ticket)) == 2, "the acknowledgement and Lucía's question"
    alarms_until(world, 24, ticket)
    assert "a más tardar el mié 25 nov 2026, 10:00" in world.replies(ticket)[-1]
    alarms_until(world, 47.99, ticket)
    assert tags(world, ticket) == {"requiere-aprobacion"}
    alarms_until(world, 48, ticket)
    after = world.ticket(ticket)
    assert tags(world, ticket) == {"detenido"}
    assert after["status"] == 5
    assert closings(world, ticket) == 1
    (note,) = [note for note in world.notes(ticket) if "Trabajo DETENIDO" in note]
    assert "3 h 45 min en 2 registros (facturables: 2 h 15 min)" in note


@pytest.mark.parametrize("ring", [47 + 59 / 60, 48, 55], ids=["at once", "at the deadline", "late"])
def test_a_reply_at_47_59_prevents_the_stop_however_late_it_is_noticed(world: World, ring: float) -> None:
    ticket = asked(world)
    at_hour(world, 24, ticket)
    world.clock.now = MONDAY + timedelta(hours=47, minutes=59)
    said(world, ticket, "Aprobado, adelante.")
    at_hour(world, ring, ticket)
    at_hour(world, 100, ticket)
    assert tags(world, ticket) == {"requiere-aprobacion"}
    assert closings(world, ticket) == 0


def test_a_reply_at_48_00_comes_after_the_stop_and_reactivates(world: World) -> None:
    ticket = asked(world)
    at_hour(world, 24, ticket)
    at_hour(world, 48, ticket)
    said(world, ticket, "Aprobado, adelante.")
    for _ in range(2):
        world.settle(ticket)
    after = world.ticket(ticket)
    assert tags(world, ticket) == {"reactivado"}
    assert after["status"] == 2
    assert sum("costo de reactivar" in note for note in world.notes(ticket)) == 1


@pytest.mark.parametrize("reopens", ["always", "never"])
@pytest.mark.parametrize("emptied", [False, True], ids=["remembering", "store emptied"])
def test_an_answer_after_the_stop_brings_the_ticket_back(world: World, reopens: str, emptied: bool) -> None:
    world.control("PUT", "switches", {"customer_reply_reopens": reopens})
    ticket = asked(world)
    at_hour(world, 24, ticket)
    at_hour(world, 48, ticket)
    world.clock.move(hours=5)
    if emptied:
        world.empty_store()
        world.settle(ticket)
    said(world, ticket, "Disculpen la demora, aprobado.")
    for _ in range(2):
        world.settle(ticket)
        world.empty_store()
    assert tags(world, ticket) == {"reactivado"}
    assert world.ticket(ticket)["status"] == 2
    assert sum("costo de reactivar" in note for note in world.notes(ticket)) == 1
    assert closings(world, ticket) == 1


def test_a_service_down_at_the_reminder_still_gives_the_client_its_notice(world: World) -> None:
    ticket = asked(world)
    at_hour(world, 60, ticket)
    assert closings(world, ticket) == 0
    assert "jue 26 nov 2026, 22:00" in world.replies(ticket)[-1]
    alarms_until(world, 83.99, ticket)
    assert tags(world, ticket) == {"requiere-aprobacion"}
    alarms_until(world, 84, ticket)
    assert tags(world, ticket) == {"detenido"}


def test_a_service_down_at_the_deadline_sees_the_answer_that_came_meanwhile(world: World) -> None:
    ticket = asked(world)
    at_hour(world, 24, ticket)
    world.clock.now = MONDAY + timedelta(hours=50)
    said(world, ticket, "Aprobado.")
    at_hour(world, 60, ticket)
    assert closings(world, ticket) == 0


def test_an_answer_hidden_by_freshdesks_delay_undoes_the_stop(world: World) -> None:
    ticket = asked(world)
    at_hour(world, 24, ticket)
    at_hour(world, 48, ticket)
    said(world, ticket, "Aprobado.", at=MONDAY + timedelta(hours=47, minutes=59, seconds=58))
    for _ in range(2):
        world.settle(ticket)
    assert tags(world, ticket) == set()
    assert world.ticket(ticket)["status"] == 2
    assert sum("sí respondió a tiempo" in note for note in world.notes(ticket)) == 1


def test_an_out_of_office_mail_is_no_answer(world: World) -> None:
    ticket = asked(world)
    world.clock.move(hours=1)
    said(world, ticket, "Respuesta automática: estaré fuera de la oficina hasta el lunes.")
    world.as_agent(ticket, status=6)
    alarms_until(world, 49, ticket)
    assert closings(world, ticket) == 1


def test_an_answer_before_the_bot_first_looked_counts(world: World) -> None:
    ticket = world.open(**DOWN)
    world.settle(ticket)
    said(world, ticket, "¿Nos apruebas el cambio?", agent=True)
    world.as_agent(ticket, status=6, tags=["requiere-aprobacion"])
    world.control("PUT", "switches", {"customer_reply_reopens": "never"})
    world.clock.move(minutes=3)
    said(world, ticket, "Sí, aprobado.")
    world.clock.move(minutes=3)
    world.as_agent(ticket, responder_id=LUCIA)
    world.settle(ticket)
    alarms_until(world, 100, ticket)
    assert closings(world, ticket) == 0
    assert not any("a más tardar" in text for text in world.replies(ticket)[2:])


@pytest.mark.parametrize("hours", [0, 24, 30, 48, 49], ids=str)
def test_an_emptied_store_repeats_nothing_and_stops_at_the_same_hour(world: World, hours: int) -> None:
    ticket, twin = asked(world), asked(world)
    for hour in (24, 30, 48, 49, 60):
        for one in (ticket, twin):
            at_hour(world, hour, one)
        if hour == hours or (hours == 0 and hour == 24):
            before = world.end_state([ticket])
            world.redis.flushall()
            world.sweep()
            assert world.end_state([ticket]) == before
    first, second = world.end_state([ticket, twin])
    assert len(first.pop("messages")) == len(second.pop("messages"))
    assert first == second
    assert tags(world, ticket) == {"detenido"}
