"""The six laws of the architecture, each against the real simulator and the real store."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.ticket import TicketKey
from tests.engine.dying import dying_at, expire_leases
from tests.world import MONDAY, PORTAL, World

SAMPLES: tuple[dict[str, Any], ...] = (
    {"subject": "No podemos entrar", "text": "Nadie puede ingresar al CRM desde las 8, todo está caído."},
    {"subject": "Factura", "text": "Por favor envíenme la factura de este mes."},
    {"subject": "Duplicados", "text": "Hay que limpiar contactos duplicados de la base."},
    {"subject": "Gracias", "text": "Solo quería agradecerles la atención de ayer."},
    {"subject": "Fuera de la oficina", "text": "Estaré fuera de la oficina hasta el lunes."},
    {"subject": "Caído", "text": "El sistema está caído.", "created_at": "2026-11-20T15:00:00Z"},
)

quiet = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def open_all(world: World) -> list[int]:
    return [world.open(**sample) for sample in SAMPLES]


def calm(world: World, tickets: list[int]) -> list[dict[str, Any]]:
    """Bring tickets to rest the plain way and return their end state."""
    for ticket in tickets:
        world.settle(ticket)
    return world.end_state(tickets)


def test_law_1_a_second_reconcile_does_nothing(world: World) -> None:
    tickets = open_all(world)
    first = calm(world, tickets)
    world.control("DELETE", "requests")
    assert calm(world, tickets) == first
    seen = world.control("GET", "requests")
    assert seen["writes"] == 0
    assert seen["reads"] == len(tickets), "one read a ticket and nothing else"


@quiet
@given(seed=st.integers(0, 10_000))
def test_law_2_order_repetition_and_loss_do_not_matter(world: World, seed: int) -> None:
    world.server.reset()
    world.empty_store()
    expected = calm(world, open_all(world))
    world.server.reset()
    world.empty_store()
    dice = random.Random(seed)
    tickets = open_all(world)
    events = [ticket for ticket in tickets for _ in range(dice.randint(0, 3))]
    dice.shuffle(events)
    for ticket in events:
        world.ring(ticket)
        if dice.random() < 0.5:
            world.settle()
    world.sweep()
    assert world.end_state(tickets) == expected


@quiet
@given(hours=st.integers(0, 24 * 30), which=st.integers(0, len(SAMPLES) - 1))
def test_law_3_the_next_look_is_never_in_the_past(world: World, hours: int, which: int) -> None:
    world.server.reset()
    world.empty_store()
    world.clock.now = MONDAY
    ticket = world.open(**SAMPLES[which])
    world.clock.move(hours=hours)
    world.settle(ticket)
    at = world.ctx.wakeups.at(TicketKey(PORTAL, ticket))
    assert at is None or at > world.clock.now


CRASHES = [
    f"{when}_{what}"
    for what in ("fields", "addnote", "reply")
    for when in ("before", "after", *(() if what == "fields" else ("settled",)))
]


@pytest.mark.parametrize("point", CRASHES)
def test_law_4_dying_at_any_step_ends_in_the_same_ticket(world: World, point: str) -> None:
    twin, ticket = world.open(**SAMPLES[0]), world.open(**SAMPLES[0])
    world.settle(twin)

    with dying_at(point):
        world.settle(ticket)
    expire_leases(world)
    world.clock.move(seconds=125)
    for _ in range(4):
        world.settle(ticket)
        world.clock.move(seconds=61)
    assert_same_but_for_number(world, twin, ticket)


FAULTS: list[dict[str, Any]] = [
    {"drop_after_write": 1.0},
    {"drop_before_write": 1.0},
    {"error_500": 1.0},
    {"error_500_after_write": 1.0},
    {"truncated_body": 1.0},
    {"html_502": 1.0},
    {"rate_limit_per_minute": 1},
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: next(iter(fault)))
def test_law_4_a_call_that_fails_in_any_way_ends_in_the_same_ticket(
    world: World, fault: dict[str, Any]
) -> None:
    twin, ticket = world.open(**SAMPLES[0]), world.open(**SAMPLES[0])
    world.settle(twin)
    world.control("PUT", "faults", fault)
    world.settle(ticket)
    world.control("PUT", "faults", {})
    for _ in range(6):
        world.clock.move(seconds=61)
        world.settle(ticket)
    assert_same_but_for_number(world, twin, ticket)


def test_law_5_an_emptied_store_is_restored_by_one_sweep(world: World) -> None:
    tickets = open_all(world)
    before = calm(world, tickets)
    alarms = {t: world.ctx.wakeups.at(TicketKey(PORTAL, t)) for t in tickets}
    world.redis.flushall()
    world.sweep()
    assert world.end_state(tickets) == before
    assert {t: world.ctx.wakeups.at(TicketKey(PORTAL, t)) for t in tickets} == alarms


def test_law_5_emptied_between_every_step(world: World) -> None:
    tickets = open_all(world)
    for ticket in tickets:
        world.settle(ticket)
        world.redis.flushall()
    before = world.end_state(tickets)
    world.sweep()
    assert world.end_state(tickets) == before


def under_contract(world: World) -> list[int]:
    """Bring tickets into the states that the contract knows: pending, reminded, stopped, suspended."""
    for name, overdue in (("Morosa SAC", True), ("Al Día SAC", False)):
        world.control("POST", "companies", {"name": name, "custom_fields": {"factura_vencida": overdue}})
    tickets = open_all(world)
    pending, reminded, stopped = tickets[:3]
    for hours, ticket in ((0, stopped), (24, reminded), (40, pending)):
        world.clock.now = MONDAY + timedelta(hours=hours)
        world.settle(*tickets)
        tags = world.ticket(ticket)["tags"]
        world.as_agent(ticket, status=6, tags=[*tags, "requiere-aprobacion"])
        world.settle(*tickets)
    tickets.append(world.open("Caído", "Está caído.", company="Morosa SAC", email="m@morosa.example"))
    world.settle(*tickets)
    world.clock.now = MONDAY + timedelta(hours=48)
    for _ in range(3):
        world.settle(*tickets)
        world.clock.move(seconds=6)
    return tickets


def test_law_5_holds_with_every_effect_of_the_contract(world: World) -> None:
    tickets = under_contract(world)
    before = world.end_state(tickets)
    tags = [set(ticket["tags"]) for ticket in before]
    assert ["detenido" in each for each in tags].count(True) == 1
    assert ["requiere-aprobacion" in each for each in tags].count(True) == 2
    assert "servicio-suspendido" in tags[-1]
    alarms = {t: world.ctx.wakeups.at(TicketKey(PORTAL, t)) for t in tickets[:-1]}
    for _ in range(2):
        world.redis.flushall()
        world.sweep()
        assert world.end_state(tickets) == before
    assert {t: world.ctx.wakeups.at(TicketKey(PORTAL, t)) for t in tickets[:-1]} == alarms


def test_law_1_holds_with_every_effect_of_the_contract(world: World) -> None:
    tickets = under_contract(world)
    before = world.end_state(tickets)
    world.control("DELETE", "requests")
    world.settle(*tickets)
    assert world.end_state(tickets) == before
    assert world.control("GET", "requests")["writes"] == 0


Edit = Callable[[World, int], None]


def set_priority(priority: int) -> Edit:
    return lambda world, ticket: world.as_agent(ticket, priority=priority)


def swap_tag(old: str, new: str) -> Edit:
    def edit(world: World, ticket: int) -> None:
        tags = [tag for tag in world.ticket(ticket)["tags"] if tag != old]
        world.as_agent(ticket, tags=[*tags, new])

    return edit


@pytest.mark.parametrize(
    ("edit", "priority", "tag"),
    [
        pytest.param(set_priority(1), 1, "sla-normal", id="priority lowered"),
        pytest.param(set_priority(3), 3, "sla-importante", id="priority changed"),
        pytest.param(swap_tag("sla-urgente", "sla-preferente"), 2, "sla-preferente", id="tag swapped"),
    ],
)
@pytest.mark.parametrize("emptied", [False, True], ids=["remembering", "store emptied"])
def test_law_6_a_persons_level_holds_and_moves_the_dates(
    world: World, edit: Edit, priority: int, tag: str, emptied: bool
) -> None:
    ticket = world.open(**SAMPLES[0])
    world.settle(ticket)
    due = world.ticket(ticket)["fr_due_by"]
    edit(world, ticket)
    if emptied:
        world.redis.flushall()
    for _ in range(3):
        world.clock.move(minutes=1)
        world.settle(ticket)
    after = world.ticket(ticket)
    assert after["priority"] == priority
    assert [t for t in after["tags"] if t.startswith("sla-")] == [tag]
    assert after["fr_due_by"] > due, "a lower level gives more time, from creation"
    assert len(world.notes(ticket)) == 2
    assert len(world.replies(ticket)) == 1
    assert tag.removeprefix("sla-").upper() in world.notes(ticket)[1]


def test_law_6_a_persons_date_stays(world: World) -> None:
    ticket = world.open(**SAMPLES[0])
    world.settle(ticket)
    chosen = (world.clock.now + timedelta(days=20)).strftime("%Y-%m-%dT%H:%M:%SZ")
    world.as_agent(ticket, due_by=chosen)
    world.settle(ticket)
    world.as_agent(ticket, priority=2)
    world.settle(ticket)
    assert world.ticket(ticket)["due_by"] == chosen


def test_law_6_foreign_tags_stay_and_removed_topics_stay_off(world: World) -> None:
    ticket = world.open("Qwrtp", "Xyzzy vlorp zzz.", tags=["vip", "Lima"])
    world.settle(ticket)
    assert {"vip", "Lima", "sin-regla", "sla-normal"} == set(world.ticket(ticket)["tags"])
    world.as_agent(ticket, tags=["vip", "Lima", "sla-normal"])
    world.settle(ticket)
    assert {"vip", "Lima", "sla-normal"} == set(world.ticket(ticket)["tags"])


def assert_same_but_for_number(world: World, twin: int, ticket: int) -> None:
    expected, actual = world.end_state([twin])[0], world.end_state([ticket])[0]
    assert [private for private, _ in actual.pop("messages")] == [
        private for private, _ in expected.pop("messages")
    ]
    assert actual == expected
