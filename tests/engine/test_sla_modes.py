"""Freshdesk's own SLA beside the bot's: mirrored where dates are its own, told where it overwrites ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from prometheus_client import generate_latest
from prometheus_client.registry import CollectorRegistry

from bot.domain.ticket import TicketKey
from bot.simulator.seed import BOT_ID, FieldSeed, Seed
from bot.simulator.server import SimulatorServer
from bot.store.rulebook import Rulebook
from bot.web.metrics import Waiting
from tests.policy.planner.desk import LUCIA, rules_folder, shipped
from tests.world import MONDAY, PORTAL, MovableClock, World

DOWN = {"subject": "Caído", "text": "El CRM está caído desde las 8."}
INVOICE = {"subject": "Factura", "text": "Pido la factura de mayo"}
FIELD = "cf_semaforo_vence"
OWN_DATES = ("due_by", "fr_due_by", "priority")
OURS = (MONDAY + timedelta(hours=48), MONDAY + timedelta(days=12))


@pytest.fixture(scope="module")
def rulebook() -> Iterator[Rulebook]:
    own = f"\n  {PORTAL}:\n    sla: espejo\n    campo_vencimiento: {FIELD}\n"
    with rules_folder(portales=shipped("portales") + own) as folder:
        yield Rulebook(folder)


@pytest.fixture(scope="module")
def owning() -> Iterator[Rulebook]:
    with rules_folder() as folder:
        yield Rulebook(folder)


@pytest.fixture(scope="module")
def shared_simulator() -> Iterator[tuple[SimulatorServer, MovableClock]]:
    """Start an account that has the field for the mirrored date."""
    clock = MovableClock()
    seed = Seed(ticket_fields=(FieldSeed(name=FIELD, label="Vence"),))
    with SimulatorServer(seed=seed, now=clock) as server:
        yield server, clock


def journal(world: World, ticket: int) -> dict[str, Any]:
    entry = world.ctx.journal.read(TicketKey(PORTAL, ticket))
    assert entry is not None
    return entry


def as_lucia(world: World, ticket: int, **fields: Any) -> None:
    """Change fields as somebody else than the bot's agent."""
    world.control("POST", f"tickets/{ticket}/update", {"agent_id": LUCIA, "fields": fields, "fire": False})


def by_bot(world: World, ticket: int) -> set[str]:
    """Return the fields of a ticket that the bot's agent ever changed."""
    return {change["field"] for change in world.ticket(ticket)["history"] if change["by"]["id"] == BOT_ID}


# --- mirrored


def test_a_mirrored_ticket_has_field_tag_note_and_reply_and_its_own_dates(world: World) -> None:
    ticket = world.open(**DOWN)
    world.clock.move(seconds=5)
    native = {name: world.ticket(ticket)[name] for name in OWN_DATES}
    world.settle(ticket)
    seen = world.ticket(ticket)
    assert {name: seen[name] for name in OWN_DATES} == native
    assert seen["custom_fields"][FIELD] == "2026-11-24 10:00"
    assert "sla-urgente" in seen["tags"]
    assert (len(world.notes(ticket)), len(world.replies(ticket))) == (1, 1)
    assert "Cambia su etiqueta de nivel" in world.notes(ticket)[0]


def test_a_whole_life_writes_no_date_and_no_priority(world: World) -> None:
    ticket = world.open(**DOWN)
    world.settle(ticket)
    world.control("POST", f"tickets/{ticket}/reply", {"as": "agent", "agent_id": LUCIA, "text": "Lo vemos"})
    world.settle(ticket)
    assert world.ticket(ticket)["custom_fields"][FIELD] == "2026-11-30 10:00"
    as_lucia(world, ticket, status=6)
    world.settle(ticket)
    world.clock.move(days=2)
    as_lucia(world, ticket, status=2)
    world.settle(ticket)
    assert world.ticket(ticket)["custom_fields"][FIELD] == "2026-12-02 10:00"
    as_lucia(world, ticket, priority=4)
    world.clock.move(days=20)
    world.settle(ticket)
    as_lucia(world, ticket, status=5)
    world.settle(ticket)
    assert by_bot(world, ticket) == {f"custom_fields.{FIELD}", "tags"}
    assert world.ticket(ticket)["set_by_hand"] == []


def test_steps_raise_no_priority(world: World) -> None:
    steps = shipped("escalamiento").replace("      avisar: true", "      avisar: true\n      prioridad: 4")
    assert "prioridad: 4" in steps
    own = f"\n  {PORTAL}: {{sla: espejo}}\n"
    with rules_folder(portales=shipped("portales") + own, escalamiento=steps) as folder:
        world.with_context(rulebook=Rulebook(folder))
        ticket = world.open("Gracias", "Gracias")
        world.settle(ticket)
        world.clock.move(days=20)
        world.settle(ticket)
    assert world.ticket(ticket)["priority"] == 1
    assert len(world.notes(ticket)) == 2, "the warning is told all the same"


def test_a_person_chooses_the_level_by_its_tag(world: World) -> None:
    ticket = world.open(**DOWN)
    world.settle(ticket)
    as_lucia(world, ticket, tags=["sla-normal"], priority=3)
    world.settle(ticket)
    assert journal(world, ticket)["level"] == "NORMAL"
    assert world.ticket(ticket)["custom_fields"][FIELD] == "2026-11-30 10:00"
    assert world.ticket(ticket)["priority"] == 3


def test_what_a_person_writes_into_the_field_stays(world: World) -> None:
    ticket = world.open(**DOWN)
    world.settle(ticket)
    as_lucia(world, ticket, custom_fields={FIELD: "el viernes"})
    world.clock.move(minutes=1)
    world.settle(ticket)
    assert world.ticket(ticket)["custom_fields"][FIELD] == "el viernes"


def test_an_emptied_store_changes_nothing(world: World) -> None:
    ticket = world.open(**DOWN)
    world.clock.move(seconds=5)
    world.settle(ticket)
    before = world.end_state([ticket])
    world.empty_store()
    world.clock.move(minutes=1)
    world.control("DELETE", "requests")
    world.settle(ticket)
    assert world.end_state([ticket]) == before
    assert world.control("GET", "requests")["writes"] == 0


def test_an_account_without_the_field_has_the_rest(world: World) -> None:
    own = f"\n  {PORTAL}: {{sla: espejo, campo_vencimiento: cf_no_existe}}\n"
    with rules_folder(portales=shipped("portales") + own) as folder:
        world.with_context(rulebook=Rulebook(folder))
        ticket = world.open(**DOWN)
        world.settle(ticket)
    assert "sla-urgente" in world.ticket(ticket)["tags"]
    assert any("cf_no_existe" in reason for reason in journal(world, ticket)["reasons"])
    assert list(world.ctx.failures.all()) == []


# --- owned, and overwritten


@pytest.fixture
def owner(world: World, owning: Rulebook) -> World:
    world.with_context(rulebook=owning)
    return world


def overwrite(world: World, ticket: int, **dates: str) -> None:
    """Set dates as Freshdesk's own SLA does, which no webhook tells."""
    world.clock.move(minutes=5)
    body = {"as": "system", "fields": dates, "fire": False}
    world.control("POST", f"tickets/{ticket}/update", body)
    world.settle(ticket)


def dates(world: World, ticket: int) -> tuple[datetime, datetime]:
    seen = world.ticket(ticket)
    return datetime.fromisoformat(seen["fr_due_by"]), datetime.fromisoformat(seen["due_by"])


def metric(world: World) -> str:
    registry = CollectorRegistry()
    registry.register(Waiting(world.ctx))
    lines = generate_latest(registry).decode().splitlines()
    return next(line for line in lines if line.startswith("semaforo_sla_overwritten_tickets{"))


@pytest.fixture
def native(owner: World) -> tuple[int, dict[str, str]]:
    """Give a ticket of ours and the dates the account had given it before."""
    ticket = owner.open(**INVOICE)
    owner.clock.move(seconds=5)
    before = {name: owner.ticket(ticket)[name] for name in ("fr_due_by", "due_by")}
    owner.settle(ticket)
    assert dates(owner, ticket) == OURS
    assert metric(owner).endswith(" 0.0")
    return ticket, before


def test_overwritten_dates_are_put_right_once_and_told(
    owner: World, native: tuple[int, dict[str, str]]
) -> None:
    ticket, before = native
    overwrite(owner, ticket, **before)
    assert dates(owner, ticket) == OURS
    assert journal(owner, ticket)["conflicts"] == []
    assert metric(owner) == f'semaforo_sla_overwritten_tickets{{portal="{PORTAL}"}} 1.0'
    overwrite(owner, ticket, **before)
    left = {name: owner.ticket(ticket)[name] for name in before}
    assert left == before, "a second time they are left as they are"
    entry = journal(owner, ticket)
    assert sorted(entry["conflicts"]) == ["due_by", "fr_due_by"]
    assert sum("(conflicto)" in reason for reason in entry["reasons"]) == 2
    owner.control("DELETE", "requests")
    owner.settle(ticket)
    assert owner.control("GET", "requests")["writes"] == 0
    owner.clock.move(days=8)
    assert metric(owner).endswith(" 0.0"), "after a week nobody asks any more"


def test_an_attempt_that_fails_does_not_make_freshdesks_date_a_persons(
    owner: World, native: tuple[int, dict[str, str]]
) -> None:
    ticket, before = native
    owner.control("PUT", "faults", {"error_500": 1.0, "only": ["ticket_update"]})
    overwrite(owner, ticket, **before)
    owner.control("PUT", "faults", {})
    owner.clock.move(minutes=1)
    owner.settle(ticket)
    assert dates(owner, ticket) == OURS


def test_a_new_priority_that_makes_freshdesk_reckon_anew(owner: World) -> None:
    owner.control("PUT", "switches", {"manual_due_sticky": False})
    ticket = owner.open(**INVOICE)
    owner.settle(ticket)
    owner.clock.move(seconds=5)
    owner.settle(ticket)
    owner.clock.move(minutes=5)
    as_lucia(owner, ticket, priority=4)
    owner.settle(ticket)
    assert journal(owner, ticket)["level"] == "URGENTE"
    assert dates(owner, ticket) == (MONDAY + timedelta(hours=24), MONDAY + timedelta(days=8))
    assert metric(owner).endswith(" 1.0")


def test_one_date_alone_is_a_persons(owner: World, native: tuple[int, dict[str, str]]) -> None:
    ticket, before = native
    owner.clock.move(minutes=5)
    as_lucia(owner, ticket, due_by=before["due_by"])
    owner.settle(ticket)
    assert owner.ticket(ticket)["due_by"] == before["due_by"]
    assert metric(owner).endswith(" 0.0")


def test_a_priority_and_a_date_chosen_together_are_a_persons(
    owner: World, native: tuple[int, dict[str, str]]
) -> None:
    ticket, _ = native
    owner.control("POST", f"tickets/{ticket}/reply", {"as": "agent", "agent_id": LUCIA, "text": "Lo vemos"})
    owner.settle(ticket)
    owner.clock.move(minutes=5)
    chosen = "2026-11-27T20:00:00Z"
    as_lucia(owner, ticket, priority=4, due_by=chosen)
    owner.settle(ticket)
    assert owner.ticket(ticket)["due_by"] == chosen
    assert metric(owner).endswith(" 0.0")
