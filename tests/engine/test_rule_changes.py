"""What do other rules do to open tickets? Nothing, unless asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.ticket import TicketKey
from bot.engine import rule_changes
from bot.engine.reconcile import decide, gather
from bot.store.rulebook import Loaded, Rulebook, load_folder
from tests.rule_files import WORD, folder_with
from tests.world import PORTAL, World

TEXT = f"Buenas tardes. Les escribo por el {WORD}. Gracias."


@pytest.fixture
def other(tmp_path: Path) -> Loaded:
    """Load rules under which the word makes a ticket urgent."""
    return load_folder(folder_with(tmp_path / "other", level="URGENTE"))


def key(ticket: int) -> TicketKey:
    return TicketKey(PORTAL, ticket)


def put_in_force(world: World, rules: Loaded) -> None:
    world.with_context(rulebook=Rulebook(rules))


def change(world: World, ticket: int, rules: Loaded) -> rule_changes.Relevel | None:
    return rule_changes.change_of(rule_changes.under(world.ctx, rules), key(ticket), rules.policy)


def test_a_settled_ticket_keeps_its_level_under_other_rules(world: World, other: Loaded) -> None:
    ticket = world.open("Consulta", TEXT)
    world.settle(ticket)
    before = world.ticket(ticket)
    put_in_force(world, other)
    world.settle(ticket)
    assert world.ticket(ticket)["priority"] == before["priority"]
    assert len(world.notes(ticket)) == 1


def test_impact_names_the_ticket_and_touches_nothing(world: World, other: Loaded) -> None:
    ticket, same = world.open("Consulta", TEXT), world.open("Consulta", "Gracias por todo.")
    world.settle(ticket, same)
    version = other.policy.version
    assert rule_changes.open_tickets(world.ctx, version) == [key(ticket), key(same)]
    assert rule_changes.open_tickets(world.ctx, world.ctx.rulebook.policy.version) == []
    record = world.ctx.ledger.read(key(ticket))
    found = change(world, ticket, other)
    assert found is not None
    assert (found.before, found.decision.level) == ("NORMAL", "URGENTE")
    assert (found.decision.decided_by, found.decision.rules_version) == (f"prueba-{WORD}", version)
    assert change(world, same, other) is None
    assert world.ctx.ledger.read(key(ticket)) == record


def test_a_relevelled_ticket_gets_its_fields_and_one_note_more(world: World, other: Loaded) -> None:
    ticket = world.open("Consulta", TEXT)
    world.settle(ticket)
    replies = world.replies(ticket)
    found = change(world, ticket, other)
    assert found is not None
    put_in_force(world, other)
    assert rule_changes.relevel(world.ctx, found)
    world.settle(ticket)
    seen = world.ticket(ticket)
    assert seen["priority"] == 4
    assert "sla-urgente" in seen["tags"]
    assert "sla-normal" not in seen["tags"]
    assert len(world.notes(ticket)) == 2
    assert world.replies(ticket) == replies
    world.settle(ticket)
    assert len(world.notes(ticket)) == 2
    assert change(world, ticket, other) is None


def test_a_relevelled_ticket_survives_an_emptied_redis(world: World, other: Loaded) -> None:
    ticket = world.open("Consulta", TEXT)
    world.settle(ticket)
    found = change(world, ticket, other)
    assert found is not None
    put_in_force(world, other)
    rule_changes.relevel(world.ctx, found)
    world.settle(ticket)
    before = world.end_state([ticket])
    world.redis.flushall()
    world.settle(ticket)
    assert world.end_state([ticket]) == before


def test_what_a_person_chose_stays(world: World, other: Loaded) -> None:
    ticket = world.open("Consulta", TEXT)
    world.settle(ticket)
    found = change(world, ticket, other)
    assert found is not None
    world.as_agent(ticket, priority=2)
    assert change(world, ticket, other) is None, "chosen, and not yet looked at"
    world.settle(ticket)
    assert rule_changes.open_tickets(world.ctx, other.policy.version) == []
    put_in_force(world, other)
    rule_changes.relevel(world.ctx, found)  # asked for before the person chose
    world.settle(ticket)
    assert world.ticket(ticket)["priority"] == 2


def test_closed_tickets_are_left_out(world: World, other: Loaded) -> None:
    ticket = world.open("Consulta", TEXT)
    world.settle(ticket)
    world.as_agent(ticket, status=5)
    assert change(world, ticket, other) is None
    world.settle(ticket)
    assert rule_changes.open_tickets(world.ctx, other.policy.version) == []


def test_a_busy_ticket_is_not_relevelled(world: World, other: Loaded) -> None:
    ticket = world.open("Consulta", TEXT)
    world.settle(ticket)
    found = change(world, ticket, other)
    assert found is not None
    with world.ctx.leases.hold(key(ticket)):
        assert not rule_changes.relevel(world.ctx, found)
    assert rule_changes.relevel(world.ctx, found)


def test_a_past_version_can_be_replayed(world: World, other: Loaded) -> None:
    ticket = world.open("Consulta", TEXT)
    world.settle(ticket)
    looking = rule_changes.under(world.ctx, other)
    seen = rule_changes.as_first_seen(gather(looking, key(ticket)), other.policy)
    assert decide(looking, seen).decision.rules_version == other.policy.version
    assert decide(looking, seen).level == "URGENTE"
    assert world.ctx.ledger.read(key(ticket)).decision != seen.record.decision


def test_reading_is_paced(world: World) -> None:
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        world.clock.move(seconds=seconds)

    start = world.clock.now
    keys = [key(number) for number in range(1, 62)]
    assert list(rule_changes.paced(keys, 60, world.clock, wait)) == keys
    assert world.clock.now - start == timedelta(seconds=60)
    assert max(waits) <= 1


def test_a_ticket_seen_with_no_memory_is_decided_by_the_rules_in_force(world: World, other: Loaded) -> None:
    ticket = world.open("Consulta", TEXT)
    seen = gather(world.ctx, key(ticket))
    assert seen.record.is_empty
    first = rule_changes.as_first_seen(seen, other.policy)
    assert replace(first, record=seen.record) == seen
    assert first.record.decision is not None
