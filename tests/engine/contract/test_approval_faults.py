"""What becomes of an approval (P9) when the service dies, Freshdesk refuses, or the ticket goes away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.ticket import TicketKey
from bot.freshdesk.errors import FieldError, PermanentError
from tests.engine.contract.desk import (
    DOWN,
    alarms_until,
    asked,
    at_hour,
    closings,
    said,
    tags,
)
from tests.engine.dying import dying_at, expire_leases
from tests.world import MONDAY, PORTAL, World


@pytest.mark.parametrize("emptied", [False, True], ids=["remembering", "store emptied"])
@pytest.mark.parametrize(
    "point",
    [
        *("before_reply", "after_reply", "settled_reply"),
        *("before_addnote", "after_addnote", "settled_addnote"),
        *("before_fields", "after_fields"),
    ],
)
def test_dying_on_the_way_to_a_stop_ends_in_the_same_ticket(world: World, point: str, emptied: bool) -> None:
    ticket = asked(world)
    at_hour(world, 24, ticket)
    # A warning may fall due at the same moment; the stop's own steps are the last of their kind.
    world.clock.now = MONDAY + timedelta(hours=48)

    with dying_at(point):
        world.settle(ticket)
    expire_leases(world)
    if emptied:
        world.redis.flushall()
    world.clock.move(seconds=125)
    for _ in range(4):
        world.settle(ticket)
        world.clock.move(seconds=61)
    assert tags(world, ticket) == {"detenido"}
    assert world.ticket(ticket)["status"] == 5
    assert closings(world, ticket) == 1
    assert sum("Trabajo DETENIDO" in note for note in world.notes(ticket)) == 1


def test_nobody_is_stopped_without_a_reminder_that_went_out(world: World) -> None:
    ticket = asked(world)
    world.control("PUT", "faults", {"error_500": 1.0, "only": ["replies"]})
    for hour in (24, 48, 49, 100):
        at_hour(world, hour, ticket)
    assert tags(world, ticket) == {"requiere-aprobacion"}
    world.control("PUT", "faults", {})
    world.clock.move(minutes=20)
    world.settle(ticket)
    at_hour(world, 200, ticket)
    assert tags(world, ticket) == {"detenido"}


def test_hours_the_account_hides_hold_up_no_stop(world: World) -> None:
    ticket = asked(world)
    world.control("PUT", "faults", {"forbidden": 1.0, "only": ["time_entries"]})
    at_hour(world, 24, ticket)
    at_hour(world, 48, ticket)
    world.control("PUT", "faults", {})
    assert tags(world, ticket) == {"detenido"}
    assert any("No se pudieron leer las horas" in note for note in world.notes(ticket))


def test_a_status_the_account_refuses_holds_up_no_stop(world: World) -> None:
    """Fields required for closing are answered with 400: the tag goes on, the status stays."""
    ticket = asked(world)
    at_hour(world, 24, ticket)
    real = world.ctx.freshdesk[PORTAL]
    seen: list[Any] = []
    original = real.update_ticket

    def refuse(ticket_id: int, changes: Any) -> Any:
        if changes.status == 5:
            seen.append(changes)
            missing = (FieldError("cf_motivo", "missing_field"),)
            raise PermanentError("refused", status=400, fields=missing)
        return original(ticket_id, changes)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(real, "update_ticket", refuse)
        at_hour(world, 48, ticket)
        at_hour(world, 60, ticket)
    assert len(seen) == 1
    assert tags(world, ticket) == {"detenido"}
    assert world.ticket(ticket)["status"] == 6


@pytest.mark.parametrize("how", ["spam", "deleted"])
def test_spam_and_deleted_tickets_are_left_alone(world: World, how: str) -> None:
    ticket = asked(world)
    world.as_agent(ticket, **{how: True})
    for hour in (24, 48, 80):
        at_hour(world, hour, ticket)
    assert closings(world, ticket) == 0
    assert len(world.replies(ticket)) == 2


def test_a_merged_ticket_is_closed_and_left_alone(world: World) -> None:
    ticket, primary = asked(world), world.open(**DOWN)
    merged = world.http.put(
        f"{world.server.url}/api/v2/tickets/merge",
        json={"primary_id": primary, "ticket_ids": [ticket]},
        auth=("lucia-key", "X"),
        timeout=5,
    )
    assert merged.status_code == 204
    for hour in (24, 48, 80):
        at_hour(world, hour, ticket)
    assert closings(world, ticket) == 0


def test_an_archived_ticket_is_let_go(world: World) -> None:
    ticket = asked(world)
    world.as_agent(ticket, archived=True)
    for hour in (24, 48):
        at_hour(world, hour, ticket)
    assert world.ctx.wakeups.at(TicketKey(PORTAL, ticket)) is None
    assert closings(world, ticket) == 0


def test_asking_again_after_reopening_is_a_new_approval_with_its_own_notice(world: World) -> None:
    ticket = asked(world)
    at_hour(world, 24, ticket)
    said(world, ticket, "¿Cuánto demora?")
    world.as_agent(ticket, status=2)
    world.settle(ticket)
    world.clock.move(hours=1)
    said(world, ticket, "Dos días. ¿Lo apruebas?", agent=True)
    world.as_agent(ticket, status=6)
    world.settle(ticket)
    at_hour(world, 48, ticket)
    assert closings(world, ticket) == 0
    alarms_until(world, 49, ticket)
    assert sum("a más tardar" in text for text in world.replies(ticket)) == 3, (
        "acknowledgement, two reminders"
    )
    alarms_until(world, 73, ticket)
    assert tags(world, ticket) == {"detenido"}
