"""What overdue invoices, payment notices, scope and manufacturers do to tickets (P7, P8, P10, P11)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.actions import Reply
from bot.domain.ticket import TicketKey
from bot.engine.reconcile import decide, gather
from bot.engine.reply_caps import within_caps
from tests.engine.contract.desk import (
    DOWN,
    mark,
    moment,
    said,
    tags,
)
from tests.world import PORTAL, World


@pytest.mark.parametrize("emptied", [False, True], ids=["remembering", "store emptied"])
def test_a_lifted_suspension_moves_both_dates_by_exactly_the_time_paused(world: World, emptied: bool) -> None:
    mark(world, False)
    ticket = world.open(**DOWN, company="Morosa SAC")
    world.settle(ticket)
    before = world.ticket(ticket)
    world.clock.move(hours=2)
    mark(world, True)
    world.settle(ticket)
    assert tags(world, ticket) == {"servicio-suspendido"}
    for hours in (10, 20):
        world.clock.move(hours=hours)
        if emptied:
            world.empty_store()
        world.control("DELETE", "requests")
        world.settle(ticket)
        assert world.control("GET", "requests")["writes"] == 0, "dates stand still while suspended"
    mark(world, False)
    world.settle(ticket)
    world.settle(ticket)
    after = world.ticket(ticket)
    for name in ("fr_due_by", "due_by"):
        assert moment(after[name]) - moment(before[name]) == timedelta(hours=30)
    assert tags(world, ticket) == set()
    assert not any("sla-incumplido" in tag for tag in after["tags"])
    (note,) = [note for note in world.notes(ticket) if "Fin de la suspensión" in note]
    assert "1 d 6 h" in note


def test_the_sweep_tells_open_tickets_that_their_companys_mark_changed(world: World) -> None:
    mark(world, False)
    ticket = world.open(**DOWN, company="Morosa SAC")
    world.sweep()
    for overdue, expected in ((True, {"servicio-suspendido"}), (False, set())):
        fields = {"name": "Morosa SAC", "custom_fields": {"factura_vencida": overdue}}
        world.control("POST", "companies", fields)
        world.redis.delete("semaforo:turn:companies:acelera")
        world.clock.move(minutes=31)
        world.sweep()
        assert tags(world, ticket) == expected


def test_unknown_changes_nothing(world: World) -> None:
    mark(world, True)
    ticket = world.open(**DOWN, company="Morosa SAC")
    world.settle(ticket)
    mark(world, None)
    world.settle(ticket)
    assert tags(world, ticket) == {"servicio-suspendido"}


def test_one_polite_reply_a_company_and_week(world: World) -> None:
    mark(world, True)
    tickets = [world.open(**DOWN, company="Morosa SAC", email=f"u{n}@morosa.example") for n in range(3)]
    for ticket in tickets * 2:
        world.settle(ticket)
    told = [sum("pago pendiente" in text for text in world.replies(ticket)) for ticket in tickets]
    assert told == [1, 0, 0]
    world.clock.move(days=8)
    later = world.open(**DOWN, company="Morosa SAC")
    world.settle(later)
    assert sum("pago pendiente" in text for text in world.replies(later)) == 1


PROMISE = "a más tardar"


def test_a_new_ticket_of_an_overdue_company_gets_one_reply_and_no_promise(world: World) -> None:
    mark(world, True)
    first, second = (world.open(**DOWN, company="Morosa SAC", email=f"u{n}@morosa.example") for n in range(2))
    for _ in range(3):
        world.settle(first, second)
        world.clock.move(minutes=2)
    (told,), (receipt,) = world.replies(first), world.replies(second)
    assert "pago pendiente" in told
    assert "ya tiene número" in receipt
    assert "pago pendiente" not in receipt, "the company knows already"
    assert PROMISE not in told + receipt
    mark(world, False)
    for _ in range(3):
        world.settle(first, second)
        world.clock.move(hours=1)
    assert [len(world.replies(ticket)) for ticket in (first, second)] == [1, 1]


@pytest.mark.parametrize("fault", ["drop_after_write", "error_500_after_write", "drop_before_write"])
def test_one_reply_also_when_its_fate_is_unknown(world: World, fault: str) -> None:
    mark(world, True)
    ticket = world.open(**DOWN, company="Morosa SAC")
    world.control("PUT", "faults", {fault: 1.0, "only": ["replies"]})
    world.settle(ticket)
    world.control("PUT", "faults", {})
    for _ in range(4):
        world.clock.move(seconds=61)
        world.settle(ticket)
    (told,) = world.replies(ticket)
    assert "pago pendiente" in told


def test_two_tickets_of_a_company_at_once_are_told_once(world: World) -> None:
    """Both are looked at before either reply is counted: the cap decides, and the other gets a receipt."""
    mark(world, True)
    tickets = [world.open(**DOWN, company="Morosa SAC", email=f"u{n}@morosa.example") for n in range(2)]
    seen = [gather(world.ctx, TicketKey(PORTAL, ticket)) for ticket in tickets]
    assert [one.company_told for one in seen] == [False, False]
    plans = [within_caps(world.ctx, one.ticket, decide(world.ctx, one)) for one in seen]
    assert [sum(isinstance(action, Reply) for action in plan.actions) for plan in plans] == [1, 0]
    world.settle(*tickets)
    assert sorted("pago pendiente" in text for t in tickets for text in world.replies(t)) == [False, True]


def test_an_acknowledged_ticket_hears_of_a_later_suspension_once(world: World) -> None:
    mark(world, False)
    ticket = world.open(**DOWN, company="Morosa SAC")
    world.settle(ticket)
    world.clock.move(hours=1)
    mark(world, True)
    for _ in range(3):
        world.settle(ticket)
    assert [PROMISE in text for text in world.replies(ticket)] == [True, False]


def test_two_suspensions_are_told_apart(world: World) -> None:
    mark(world, True)
    ticket = world.open(**DOWN, company="Morosa SAC")
    for overdue in (True, False, True, False):
        mark(world, overdue)
        world.settle(ticket)
        world.clock.move(hours=3)
    notes = world.notes(ticket)
    assert sum("Servicio suspendido" in note for note in notes) == 2
    assert sum("Fin de la suspensión" in note for note in notes) == 2


def test_a_payment_notice_reaches_accounting_once_and_says_whether_in_time(world: World) -> None:
    fields = {"name": "Paga SAC", "custom_fields": {"vencimiento_factura": "2026-11-26"}}
    world.control("POST", "companies", fields)
    ticket = world.open("Pago", "Les aviso que pagaré tarde.", company="Paga SAC")
    for _ in range(2):
        world.settle(ticket)
        world.redis.flushall()
    assert "aviso-de-pago" in tags(world, ticket)
    sent = [
        m for m in world.ticket(ticket)["conversations"] if "contabilidad@mda.pe" in (m["to_emails"] or [])
    ]
    assert len(sent) == 1
    assert sum("con 48 horas o más" in note for note in world.notes(ticket)) == 1


def test_out_of_scope_is_a_draft_and_closes_nothing(world: World) -> None:
    ticket = world.open("Consulta", "Queremos un desarrollo a medida.")
    world.settle(ticket)
    assert "fuera-de-alcance" in tags(world, ticket)
    (note,) = [note for note in world.notes(ticket) if "Fuera del alcance" in note]
    assert "desarrollo a medida" in note
    assert "propuesta aparte" in note
    assert world.ticket(ticket)["status"] == 2
    assert len(world.replies(ticket)) == 1


def test_waiting_on_the_manufacturer_is_tagged_and_a_person_may_untag(world: World) -> None:
    ticket = world.open(**DOWN)
    world.settle(ticket)
    said(world, ticket, "Lo vemos con el fabricante.", agent=True)
    world.as_agent(ticket, status=7)
    world.settle(ticket)
    assert tags(world, ticket) == {"fabricante"}
    world.as_agent(ticket, tags=["sla-urgente"])
    world.clock.move(hours=1)
    world.settle(ticket)
    assert tags(world, ticket) == set()
