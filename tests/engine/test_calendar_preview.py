"""Which dates a day of one's own would move: told from the store, and true when it is published."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from bot.engine.calendar_preview import Moved, preview
from bot.policy.calendar_edit import OwnDayText, section_in, with_day
from bot.policy.calendar_section import CalendarSection
from bot.policy.model import policy_from
from bot.store.rulebook import Loaded, Rulebook
from tests.conftest import RULES
from tests.policy.planner.desk import LUCIA
from tests.world import World

NAME = "calendario.yaml"
PLAIN = {
    "subject": "Sugerencia",
    "text": "Sería lindo que el botón fuera azul algún día, es solo una sugerencia.",
}
DOWN = {"subject": "Caído", "text": "El CRM está caído desde las 8, nadie puede trabajar."}


def changed_by(*days: OwnDayText) -> bytes:
    content = (RULES / NAME).read_bytes()
    for day in days:
        content = with_day(NAME, content, "predeterminado", day)
    return content


def section(*days: OwnDayText) -> CalendarSection:
    return section_in(NAME, changed_by(*days))


FRIDAY = OwnDayText(date(2026, 11, 27), "Inventario")
FAR = OwnDayText(date(2027, 6, 1), "Aniversario")


def dates(world: World, ticket: int) -> tuple[datetime, datetime]:
    """Return the dates that Freshdesk shows: answer and resolution."""
    found = world.ticket(ticket)
    first, second = (datetime.fromisoformat(found[name]) for name in ("fr_due_by", "due_by"))
    return first, second


def publish(world: World, *days: OwnDayText) -> None:
    files = {**world.ctx.rulebook.held.files, NAME: changed_by(*days)}
    policy, problems = policy_from(files)
    assert policy is not None, problems
    world.with_context(rulebook=Rulebook(Loaded(policy, files)))


@pytest.fixture
def plain(world: World) -> int:
    """Give a NORMAL ticket, whose five days to answer end after the weekend."""
    ticket = world.open(**PLAIN)
    world.settle(ticket)
    assert world.ticket(ticket)["priority"] == 1
    return ticket


def only(moved: tuple[Moved, ...]) -> Moved:
    (one,) = moved
    return one


def test_what_it_says_is_what_happens(world: World, plain: int) -> None:
    before = dates(world, plain)
    found = only(preview(world.ctx, section(FRIDAY)).moved)
    publish(world, FRIDAY)
    world.settle(plain)
    after = dates(world, plain)
    assert before != after
    assert found.move.response is not None
    assert found.move.resolution is not None
    assert (found.move.response.before, found.move.resolution.before) == before
    assert (found.move.response.after, found.move.resolution.after) == after


def test_an_answered_ticket_moves_its_resolution_alone(world: World, plain: int) -> None:
    world.clock.move(hours=2)
    world.control(
        "POST", f"tickets/{plain}/reply", {"as": "agent", "text": "Ya lo vemos.", "agent_id": LUCIA}
    )
    world.settle(plain)
    found = only(preview(world.ctx, section(FRIDAY)).moved)
    assert found.move.response is None
    publish(world, FRIDAY)
    world.settle(plain)
    assert found.move.resolution is not None
    assert dates(world, plain)[1] == found.move.resolution.after


def test_a_wait_for_the_client_is_reckoned_with(world: World, plain: int) -> None:
    world.clock.move(hours=2)
    world.control(
        "POST", f"tickets/{plain}/reply", {"as": "agent", "text": "¿Qué versión?", "agent_id": LUCIA}
    )
    world.as_agent(plain, status=6)
    world.settle(plain)
    world.clock.move(days=1)
    world.as_agent(plain, status=2)
    world.settle(plain)
    found = preview(world.ctx, section(FRIDAY))
    assert found.unsure == ()
    publish(world, FRIDAY)
    world.settle(plain)
    shift = only(found.moved).move.resolution
    assert shift is not None
    assert abs(dates(world, plain)[1] - shift.after) < timedelta(minutes=1)


def test_what_does_not_count_business_days_does_not_move(world: World) -> None:
    urgent = world.open(**DOWN)
    world.settle(urgent)
    found = preview(world.ctx, section(FRIDAY))
    assert (found.moved, found.looked_at, found.unsure) == ((), 1, ())


def test_a_day_beyond_every_date_moves_nothing(world: World, plain: int) -> None:
    found = preview(world.ctx, section(FAR))
    assert (found.moved, found.looked_at) == ((), 1)


def test_closed_tickets_are_not_looked_at(world: World, plain: int) -> None:
    world.as_agent(plain, status=5)
    world.settle(plain)
    assert preview(world.ctx, section(FRIDAY)).looked_at == 0


def test_a_ticket_the_store_cannot_reckon_is_named(world: World, plain: int) -> None:
    key = next(iter(world.ctx.journal.open_tickets())).key
    world.ctx.ledger.forget(key)
    world.clock.move(hours=1)
    entry = world.ctx.journal.read(key)
    assert entry is not None
    entry["due"]["response"]["limit"] = "2027-01-01T10:00:00-05:00"
    world.ctx.journal.record(key, entry, world.clock.now)
    found = preview(world.ctx, section(FRIDAY))
    assert (found.moved, found.unsure) == ((), (key,))


def test_nothing_is_asked_and_nothing_written(world: World, plain: int) -> None:
    before, stored = world.control("GET", "requests"), sorted(world.redis.keys("*"))
    preview(world.ctx, section(FRIDAY))
    assert (world.control("GET", "requests"), sorted(world.redis.keys("*"))) == (before, stored)
