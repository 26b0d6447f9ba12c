"""What becomes of tickets, whatever happens around them: end states against simulator and store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot import jobs
from bot.domain.ticket import Ticket, TicketKey
from bot.freshdesk.client import FreshdeskClient
from bot.freshdesk.wrapped import Repeats
from bot.store.rulebook import Rulebook
from tests.policy.planner.desk import LONG_TAG, LUCIA, rules_folder
from tests.world import PORTAL, World

DOWN = {"subject": "Caído", "text": "El CRM está caído desde las 8."}


@pytest.fixture(scope="module")
def rulebook() -> Iterator[Rulebook]:
    with rules_folder() as folder:
        yield Rulebook(folder)


def key(ticket: int) -> TicketKey:
    return TicketKey(PORTAL, ticket)


def answer(world: World, ticket: int, text: str = "Ya lo estamos viendo.") -> None:
    world.control("POST", f"tickets/{ticket}/reply", {"as": "agent", "text": text, "agent_id": LUCIA})


def counts(world: World) -> tuple[int, int]:
    """Return reads and writes since the last reset of the counter."""
    seen = world.control("GET", "requests")
    return seen["reads"], seen["writes"]


def test_the_sweep_finds_what_no_webhook_told_of(world: World) -> None:
    tickets = [world.open(f"Caído {n}", "Está caído.", email=f"u{n}@cliente.example") for n in range(3)]
    world.sweep()
    assert [world.ticket(ticket)["priority"] for ticket in tickets] == [4, 4, 4]


def test_the_sweep_finds_an_edit_of_the_very_second_that_was_looked_at(world: World) -> None:
    ticket = world.open(**DOWN)
    world.settle(ticket)
    world.settle(ticket)
    world.as_agent(ticket, priority=1)
    world.clock.move(minutes=5)
    world.sweep()
    assert "sla-normal" in world.ticket(ticket)["tags"]


def test_a_sweep_reads_no_ticket_whose_state_was_looked_at(world: World) -> None:
    for number in range(3):
        world.open("Caído", "Está caído.", email=f"u{number}@cliente.example")
    for _ in range(2):
        world.sweep()
        world.clock.move(minutes=1)
    world.control("DELETE", "requests")
    world.sweep()
    assert counts(world) == (1, 0), "the list alone"


def test_a_ticket_answered_in_time_is_never_breached(world: World) -> None:
    ticket = world.open(**DOWN)
    world.settle(ticket)
    world.clock.move(hours=5)
    answer(world, ticket)
    for hours in (0, 15, 10, 30):
        world.clock.move(hours=hours)
        world.settle(ticket)
    assert not {"sla-incumplido", "sla-en-riesgo"} & set(world.ticket(ticket)["tags"])
    assert len(world.notes(ticket)) == 1


def test_a_breach_comes_by_itself_with_one_tag_and_one_note_a_step(world: World) -> None:
    ticket = world.open(**DOWN)
    world.settle(ticket)
    for notes, tag in ((2, "sla-en-riesgo"), (3, "sla-incumplido"), (4, "sla-incumplido")):
        at = world.ctx.wakeups.at(key(ticket))
        assert at is not None
        world.clock.now = at
        world.settle()
        assert len(world.notes(ticket)) == notes
        assert set(world.ticket(ticket)["tags"]) == {"sla-urgente", tag}
    assert world.ctx.wakeups.at(key(ticket)) is None
    assert len(world.replies(ticket)) == 1


def test_a_burst_of_fifty_rings_is_one_look(world: World) -> None:
    ticket = world.open(**DOWN)
    world.ctx.facts.keep_bot_agent(PORTAL, 103000000001)
    for _ in range(50):
        world.ring(ticket)
    world.settle()
    assert counts(world) == (1, 3)
    assert (len(world.notes(ticket)), len(world.replies(ticket))) == (1, 1)


@pytest.mark.parametrize("how", ["never existed", "archived"])
def test_a_ticket_that_is_gone_is_let_go_quietly(world: World, how: str) -> None:
    ticket = 987654
    if how == "archived":
        ticket = world.open(**DOWN)
        world.settle(ticket)
        world.as_agent(ticket, archived=True)
    world.settle(ticket)
    assert world.ctx.wakeups.at(key(ticket)) is None
    assert list(world.ctx.failures.all()) == []


def test_a_company_that_is_gone_does_not_take_its_tickets_with_it(world: World) -> None:
    company = world.control("POST", "companies", {"name": "Ya no existe"})["id"]
    ticket = world.open(**DOWN, company="Ya no existe")
    deleted = world.http.delete(
        f"{world.server.url}/api/v2/companies/{company}", auth=("sim-key", "X"), timeout=5
    )
    assert deleted.status_code == 204
    world.settle(ticket)
    assert world.ticket(ticket)["priority"] == 4
    assert len(world.notes(ticket)) == 1


def test_a_company_the_key_may_not_see_holds_up_no_ticket(world: World) -> None:
    world.control("POST", "companies", {"name": "Reservada"})
    ticket = world.open(**DOWN, company="Reservada")
    world.control("PUT", "faults", {"forbidden": 1.0, "only": ["companies"]})
    world.settle(ticket)
    assert world.ticket(ticket)["priority"] == 4


def test_a_dead_key_stops_the_ticket_and_is_named(world: World) -> None:
    ticket = world.open(**DOWN)
    world.control("PUT", "faults", {"unauthorized": 1.0})
    world.settle(ticket)
    (failure,) = world.ctx.failures.all()
    assert "401" in failure.reason
    at = world.ctx.wakeups.at(key(ticket))
    assert at is not None
    assert at >= world.clock.now + timedelta(minutes=10)
    world.control("PUT", "faults", {})
    world.clock.now = at
    world.settle()
    assert len(world.notes(ticket)) == 1
    assert list(world.ctx.failures.all()) == []


def test_too_many_requests_wait_as_long_as_freshdesk_says(world: World) -> None:
    ticket = world.open(**DOWN)
    world.ctx.facts.keep_bot_agent(PORTAL, 103000000001)
    world.control("PUT", "faults", {"rate_limit_per_minute": 3})
    world.settle(ticket)
    at = world.ctx.wakeups.at(key(ticket))
    assert at is not None
    assert timedelta(seconds=58) <= at - world.clock.now <= timedelta(seconds=63)
    assert list(world.ctx.failures.all()) == [], "a limit is no failure"
    world.control("PUT", "faults", {})
    world.clock.now = at
    world.settle()
    assert (len(world.notes(ticket)), len(world.replies(ticket))) == (1, 1)


class Poisoned(FreshdeskClient):
    """Fail on one ticket as no one foresaw."""

    poison = 0

    def get_ticket(self, ticket_id: int) -> Ticket:
        if ticket_id == self.poison:
            raise ZeroDivisionError("ana@cliente.example escribió algo terrible")
        return super().get_ticket(ticket_id)


def test_a_poisonous_ticket_holds_up_no_other(world: World) -> None:
    client = Poisoned(PORTAL, world.server.url, "sim-key", repeats=Repeats(attempts=1))
    world.with_context(freshdesk={PORTAL: client})
    poison = client.poison = world.open(**DOWN)
    others = [world.open("Caído", "Está caído.", email=f"u{n}@cliente.example") for n in range(3)]
    world.settle(poison, *others)
    assert [world.ticket(ticket)["priority"] for ticket in others] == [4, 4, 4]
    (failure,) = world.ctx.failures.all()
    assert (failure.key, failure.reason) == (key(poison), "ZeroDivisionError")
    waits = []
    world.with_context(most_attempts=99)
    for _ in range(12):
        at = world.ctx.wakeups.at(key(poison))
        assert at is not None
        waits.append(at - world.clock.now)
        world.clock.now = at
        world.settle()
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(minutes=15)


def test_a_dry_run_writes_a_journal_and_nothing_else(world: World) -> None:
    ticket = world.open(**DOWN)
    world.dry.add(PORTAL)
    for _ in range(2):
        world.settle(ticket)
        assert counts(world)[1] == 0
    entry = world.ctx.journal.read(key(ticket))
    assert entry is not None
    assert [action["kind"] for action in entry["actions"]] == ["set_fields", "add_note", "reply"]
    world.dry.clear()
    world.settle(ticket)
    assert (len(world.notes(ticket)), len(world.replies(ticket))) == (1, 1)
    assert world.ticket(ticket)["priority"] == 4


@pytest.mark.parametrize("dry", [False, True], ids=["written", "dry run"])
def test_of_the_tags_of_others_nothing_is_kept(world: World, dry: bool) -> None:
    """People write clients' names into tags; the rules' own are kept, cut as Freshdesk cuts them."""
    ticket = world.open("Caído", "Está caído y pido un desarrollo a medida.", tags=["Cliente Norte", "vip"])
    if dry:
        world.dry.add(PORTAL)
    world.settle(ticket)
    entry = world.ctx.journal.read(key(ticket))
    assert entry is not None
    own = {"sla-urgente", "fuera-de-alcance", LONG_TAG[:32]}
    assert set(entry["tags"]) == own
    (fields,) = (action for action in entry["actions"] if action["kind"] == "set_fields")
    assert set(fields["tags"]) == own
    foreign = set() if dry else own
    assert set(world.ticket(ticket)["tags"]) == {"Cliente Norte", "vip", *foreign}


def test_an_overdue_company_is_told_once_and_lifted_when_it_pays(world: World) -> None:
    overdue = {"name": "Morosa SAC", "custom_fields": {"factura_vencida": True}}
    world.control("POST", "companies", overdue)
    ticket = world.open(**DOWN, company="Morosa SAC")
    for _ in range(3):
        world.settle(ticket)
    assert "servicio-suspendido" in world.ticket(ticket)["tags"]
    assert len([note for note in world.notes(ticket) if "suspendido" in note]) == 1
    world.control("POST", "companies", overdue | {"custom_fields": {"factura_vencida": False}})
    world.redis.delete(*world.redis.keys("semaforo:company:*"))
    world.settle(ticket)
    assert "servicio-suspendido" not in world.ticket(ticket)["tags"]


@pytest.mark.parametrize(
    "fault", ["error_500", "error_500_after_write", "drop_before_write", "drop_after_write"]
)
@pytest.mark.parametrize("changes", [{"priority": 1}, {"tags": ["sla-normal"]}], ids=["priority", "tag"])
def test_a_persons_level_outlasts_writes_that_fail(world: World, changes: dict[str, Any], fault: str) -> None:
    ticket = world.open(**DOWN)
    world.settle(ticket)
    world.as_agent(ticket, **changes)
    world.control("PUT", "faults", {fault: 1.0, "only": ["ticket_update"]})
    world.settle(ticket)
    world.control("PUT", "faults", {})
    for _ in range(3):
        world.clock.move(seconds=61)
        world.settle(ticket)
    after = world.ticket(ticket)
    assert (after["priority"], after["tags"]) == (1, ["sla-normal"])
    assert len(world.notes(ticket)) == 2


def test_an_answer_that_quotes_the_bot_by_the_bots_own_agent_counts(world: World) -> None:
    ticket = world.open(**DOWN)
    world.settle(ticket)
    (said,) = [m for m in world.ticket(ticket)["conversations"] if not m["private"]]
    body = f"<p>Ya lo vemos.</p><blockquote>{said['body']}</blockquote>"
    world.control(
        "POST", f"tickets/{ticket}/reply", {"as": "agent", "body": body, "agent_id": said["user_id"]}
    )
    world.settle(ticket)
    entry = world.ctx.journal.read(key(ticket))
    assert entry is not None
    assert entry["due"]["response"]["state"] == "met"


def test_a_ticket_of_a_portal_no_longer_served_is_let_go(world: World) -> None:
    gone = TicketKey("mda", 7)
    world.ctx.wakeups.ring(gone, world.clock.now)
    world.settle()
    assert world.ctx.wakeups.at(gone) is None
    assert jobs._parts() is world.ctx
