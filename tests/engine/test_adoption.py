"""Tickets that were open before the bot: dates and tags for all, and not a word to anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from bot.domain.level import Level
from bot.domain.ticket import TicketKey
from bot.engine.backfill import Adopted, Outcome, adopt, open_tickets
from bot.engine.fetch import Pace
from bot.freshdesk.errors import RateLimited
from bot.policy.model import load_policy
from bot.store.rulebook import Rulebook
from tests.engine.limited import limit, requests_seen, worst_minute
from tests.policy.planner.desk import rules_folder, shipped
from tests.world import MONDAY, PORTAL, World

TEXTS = ("El CRM está caído", "Pido la factura", "Hay duplicados", "Gracias")
TAGS = ("sla-urgente", "sla-importante", "sla-preferente", "sla-normal")


def portals(more: str) -> str:
    return shipped("portales") + f"\n  {PORTAL}:\n    adopcion: {{hasta: {MONDAY.isoformat()}{more}}}\n"


@pytest.fixture(scope="module")
def rulebook() -> Iterator[Rulebook]:
    with rules_folder(portales=portals(""), aprobaciones=shipped("aprobaciones")) as folder:
        yield Rulebook(folder)


@pytest.fixture(scope="module")
def with_notes() -> Iterator[Rulebook]:
    with rules_folder(portales=portals(", notas: true")) as folder:
        yield Rulebook(folder)


BAD: dict[str, tuple[str, str]] = {
    "no zone": ("adopcion: {hasta: 2026-11-23T10:00}", "le falta la zona horaria"),
    "no moment": ("adopcion: {hasta: ayer}", "«ayer» no es un momento"),
    "no end": ("adopcion: {notas: true}", "hasta"),
    "misspelt": ("adopcion: {hasta: 2026-11-23T10:00-05:00, nota: true}", "nota"),
    "mode": ("sla: mixto", "sla"),
    "field name": ("sla: espejo\n    campo_vencimiento: Vence el", "campo_vencimiento"),
    "field alone": ("campo_vencimiento: cf_vence", "solo vale con «sla: espejo»"),
}


@pytest.mark.parametrize(("key", "words"), BAD.values(), ids=BAD.keys())
def test_bad_keys_of_a_portal_are_told_with_their_place(key: str, words: str) -> None:
    with rules_folder(portales=shipped("portales") + f"\n  {PORTAL}:\n    {key}\n") as folder:
        policy, problems = load_policy(folder)
    assert policy is None
    assert any(words in str(problem) and problem.file == "portales.yaml" for problem in problems), problems


def take_over(world: World) -> list[tuple[TicketKey, Adopted]]:
    """Adopt as the command does, on the world's clock."""
    pace = Pace(600, world.clock, lambda seconds: world.clock.move(seconds=seconds))
    found = []
    for key in list(open_tickets(world.ctx, PORTAL, MONDAY - timedelta(days=365), pace)):
        while True:
            try:
                found.append((key, adopt(world.ctx, key)))
                break
            except RateLimited as error:
                pace.rest(error)
    return found


def old_tickets(world: World, count: int, **fields: object) -> list[int]:
    """Open tickets of all levels and ages, from minutes to weeks before the bot came."""
    return [
        world.open(
            f"Caso {number}",
            TEXTS[number % 4],
            created_at=(MONDAY - timedelta(minutes=7 + 97 * number)).isoformat(),
            email=f"cliente{number}@empresa.example",
            **fields,
        )
        for number in range(count)
    ]


def test_three_hundred_open_tickets_get_dates_and_tags_and_no_word(world: World) -> None:
    tickets = old_tickets(world, 300)
    closed = world.open("Listo", TEXTS[0], status=5, created_at=(MONDAY - timedelta(days=3)).isoformat())
    world.clock.move(minutes=1)
    outcomes = Counter(each.outcome for _, each in take_over(world))
    assert outcomes == {Outcome.ADOPTED: 300}
    policy = world.ctx.rulebook.policy
    for number, ticket in enumerate(tickets):
        seen, level = world.ticket(ticket), list(Level)[number % 4]
        assert seen["conversations"] == [], ticket
        assert TAGS[number % 4] in seen["tags"]
        assert seen["priority"] == policy.levels.of(level).prioridad
        plan = world.ctx.journal.read(TicketKey(PORTAL, ticket))
        assert plan is not None
        limit_ = datetime.fromisoformat(plan["due"]["response"]["limit"])
        late = limit_ <= world.clock.now
        assert ("sla-incumplido" in seen["tags"]) == late
        if not late:
            assert datetime.fromisoformat(seen["fr_due_by"]) == limit_
    assert world.ticket(closed)["tags"] == []


def test_the_workers_keep_the_silence(world: World) -> None:
    ticket, late = old_tickets(world, 1)[0], world.open(
        "Hace días", TEXTS[0], created_at=(MONDAY - timedelta(days=3)).isoformat()
    )  # fmt: skip
    world.clock.move(minutes=1)
    world.settle(ticket, late)
    world.empty_store()
    world.settle(ticket, late)
    for each in (ticket, late):
        assert world.ticket(each)["conversations"] == []
        assert "sla-urgente" in world.ticket(each)["tags"]


def test_what_comes_later_is_told(world: World) -> None:
    ticket = old_tickets(world, 1)[0]
    world.clock.move(minutes=1)
    take_over(world)
    fresh = world.open("Nuevo", TEXTS[0])
    world.settle(fresh)
    assert (len(world.notes(fresh)), len(world.replies(fresh))) == (1, 1)
    world.clock.move(hours=24)
    world.settle(ticket)
    assert world.replies(ticket) == []
    assert ["límite" in note or "venci" in note for note in world.notes(ticket)] == [True]


def test_notes_are_there_for_the_asking(world: World, with_notes: Rulebook) -> None:
    world.with_context(rulebook=with_notes)
    tickets = old_tickets(world, 8)
    world.clock.move(minutes=1)
    take_over(world)
    for ticket in tickets:
        assert (len(world.notes(ticket)), world.replies(ticket)) == (1, [])


def test_a_second_run_looks_at_nothing(world: World) -> None:
    old_tickets(world, 12)
    world.clock.move(minutes=1)
    take_over(world)
    world.control("DELETE", "requests")
    assert Counter(each.outcome for _, each in take_over(world)) == {Outcome.KNOWN: 12}
    assert world.control("GET", "requests")["total"] == 1


def test_a_ticket_looked_at_in_a_dry_run_is_adopted_after_it(world: World) -> None:
    ticket = old_tickets(world, 1)[0]
    world.clock.move(minutes=1)
    world.dry.add(PORTAL)
    world.settle(ticket)
    assert world.ticket(ticket)["tags"] == []
    world.dry.clear()
    assert [each.outcome for _, each in take_over(world)] == [Outcome.ADOPTED]
    assert world.ticket(ticket)["tags"] == ["sla-urgente"]


def test_the_small_plan_is_not_overrun(world: World) -> None:
    limits = {"total": 50, "ticket_create": None, "ticket_update": 20, "ticket_list": 5, "contact_list": 5}
    world.control("PUT", "switches", {"limits": limits})
    limit(world, 0.6)
    tickets = old_tickets(world, 10)
    world.clock.move(minutes=1)
    began = world.clock.now
    take_over(world)
    seen = requests_seen(world, began)
    assert {record.status for record in seen} == {200}
    assert worst_minute(seen) <= 30 / 2, "background work leaves the other half"
    assert all(world.ticket(ticket)["tags"] for ticket in tickets)


def test_an_approval_asked_before_is_left_to_people(world: World) -> None:
    asked = (MONDAY - timedelta(days=10)).isoformat()
    ticket = world.open("Pedido", TEXTS[3], created_at=asked, status=6, tags=["requiere-aprobacion"])
    world.clock.move(minutes=1)
    take_over(world)
    world.clock.move(days=5)
    world.settle(ticket)
    seen = world.ticket(ticket)
    assert (seen["conversations"], seen["status"]) == ([], 6)
