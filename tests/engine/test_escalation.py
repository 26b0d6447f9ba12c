"""What warning steps do to tickets and people, through outages, quiet hours and webhooks that fail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.domain.ticket import TicketKey
from bot.hooks import Hooks
from bot.policy.hooks import BACKOFF, MOST_CALLS
from bot.settings.hooks import HookSettings
from bot.store.rulebook import Rulebook
from tests.engine.contract.desk import alarms_until, said
from tests.engine.dying import dying_at, expire_leases
from tests.policy.planner.desk import rules_folder, shipped
from tests.simulator.receiver import Receiver
from tests.world import MONDAY, PORTAL, World

BOSS, LUCIA_MAIL = "jefa@demo.example", "lucia@demo.example"
DOWN = {"subject": "Caído", "text": "El CRM está caído desde las 8."}
LIMIT = "    - id: limite\n      en: limite\n      avisar: true\n"
SECRET = "secreto-de-prueba-largo"


@pytest.fixture(scope="module")
def rulebook() -> Iterator[Rulebook]:
    """Warn Lucía at every step with a notice, and do all that a step can do at the limit."""
    more = (
        f"      avisar_a: [{BOSS}]\n      grupo: guardia\n      agente: 103000000002\n"
        "      prioridad: 4\n      webhooks: [chat]\n"
    )
    steps = shipped("escalamiento").replace("destinatarios: []", f"destinatarios: [{LUCIA_MAIL}]")
    portals = shipped("portales").replace("grupos: {}", "grupos: {guardia: 103000000101}")
    with rules_folder(escalamiento=steps.replace(LIMIT, LIMIT + more, 1), portales=portals) as folder:
        yield Rulebook(folder)


@pytest.fixture
def receiver(receiver: Receiver, world: World) -> Receiver:
    world.with_context(hooks=Hooks({"chat": HookSettings("chat", receiver.url, SECRET)}))
    return receiver


def mailed(world: World, *tickets: int) -> list[tuple[int, list[str]]]:
    """Return which tickets mailed whom with a note."""
    return [
        (ticket, message["to_emails"])
        for ticket in tickets
        for message in world.ticket(ticket)["conversations"]
        if message["private"] and message["to_emails"]
    ]


def at_hour(world: World, hours: float, *tickets: int) -> None:
    world.clock.now = MONDAY + timedelta(hours=hours)
    world.settle(*tickets)


def late(world: World, minutes: int = 5) -> int:
    """Open a ticket and let its limit pass, and the window in which warnings are gathered."""
    ticket = world.open(**DOWN)
    world.settle(ticket)
    at_hour(world, 24, ticket)
    at_hour(world, 24 + minutes / 60, ticket)
    return ticket


def test_a_step_does_all_it_says_once(world: World, receiver: Receiver) -> None:
    ticket = late(world)
    for _ in range(2):
        world.clock.move(minutes=20)
        world.settle(ticket)
    found = world.ticket(ticket)
    assert (found["group_id"], found["responder_id"], found["priority"]) == (103000000101, 103000000002, 4)
    assert mailed(world, ticket) == [(ticket, [LUCIA_MAIL, BOSS])]
    (body,) = receiver.bodies()
    assert (body["data"]["ticket_id"], body["data"]["step"]) == (ticket, "limite")
    assert list(world.ctx.failures.all()) == []


def test_several_warnings_become_one_mail_that_names_them_all(world: World, receiver: Receiver) -> None:
    tickets = [world.open("Caído", "Está caído.", email=f"u{n}@cliente.example") for n in range(4)]
    world.settle(*tickets)
    at_hour(world, 24, *tickets)
    assert mailed(world, *tickets) == []
    assert all("sla-incumplido" in world.ticket(ticket)["tags"] for ticket in tickets), "tags do not wait"
    said(world, tickets[3], "Ya lo vemos.", agent=True)
    world.settle(tickets[3])
    alarms_until(world, 25, tickets[0])
    ((leader, recipients),) = mailed(world, *tickets)
    assert recipients == [LUCIA_MAIL, BOSS]
    told = [note for note in world.notes(leader) if "Aviso reunido" in note]
    assert len(told) == 1
    assert all(f"#{ticket}" in told[0] for ticket in tickets[:3] if ticket != leader)
    assert f"#{tickets[3]}" not in told[0], "somebody answered meanwhile"
    late_notes = [sum("vencido" in note for note in world.notes(ticket)) for ticket in tickets]
    assert late_notes == [1, 1, 1, 0]


def test_a_later_warning_is_mailed_by_itself(world: World, receiver: Receiver) -> None:
    first = late(world)
    world.clock.now = MONDAY
    world.clock.move(hours=1)
    second = world.open("Caído", "Está caído.", email="otro@cliente.example")
    world.settle(second)
    at_hour(world, 25, second)
    at_hour(world, 25.1, second)
    assert [ticket for ticket, _ in mailed(world, first, second)] == [first, second]


@pytest.mark.parametrize("point", ["before_addnote", "after_addnote", "before_notify", "after_notify"])
def test_dying_on_the_way_mails_once(world: World, receiver: Receiver, point: str) -> None:
    ticket = world.open(**DOWN)
    world.settle(ticket)
    at_hour(world, 24, ticket)
    receiver.got.clear()

    world.redis.hdel("semaforo:ledger:acelera:1", "e:webhook:chat:escala:respuesta:limite:URGENTE")
    with dying_at(point):
        at_hour(world, 24.1, ticket)
    expire_leases(world)
    for _ in range(4):
        world.clock.move(seconds=125)
        world.settle(ticket)
    assert mailed(world, ticket) == [(ticket, [LUCIA_MAIL, BOSS])]
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert len(receiver.got) == (2 if point == "after_notify" else 1), "a call of unknown fate may come twice"


def test_a_dead_webhook_holds_up_nothing_and_is_given_up(world: World, receiver: Receiver) -> None:
    receiver.answers = [500] * 50
    with capture_logs() as logged:
        ticket = late(world)
        assert mailed(world, ticket) == [(ticket, [LUCIA_MAIL, BOSS])]
        for wait in (*BACKOFF, timedelta(days=2)):
            world.clock.now += wait
            world.settle(ticket)
    assert len(receiver.got) == MOST_CALLS
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert [each["event"] for each in logged].count("hook given up") == 1
    assert SECRET not in str(logged)
    assert list(world.ctx.failures.all()) == []


def test_a_webhook_that_comes_back_gets_its_call_by_the_tickets_own_alarm(
    world: World, receiver: Receiver
) -> None:
    receiver.answers = [503, 503]
    ticket = late(world)
    alarms_until(world, 30, ticket)
    assert len(receiver.got) == 3
    assert len({body for _, body in receiver.got}) == 1
    assert json.loads(receiver.got[0][1])["data"]["ticket_id"] == ticket


def test_after_an_outage_only_the_highest_step_acts_and_the_others_are_remembered(
    world: World, receiver: Receiver
) -> None:
    """glpi 5319: levels passed during an outage were never recovered, or all of them at once."""
    tickets = [world.open("Caído", "Está caído.", email=f"u{n}@cliente.example") for n in range(5)]
    world.settle(*tickets)
    at_hour(world, 24 * 9, *tickets)
    alarms_until(world, 24 * 9 + 1, tickets[0])
    assert len(mailed(world, *tickets)) == 1
    for ticket in tickets:
        assert len(world.notes(ticket)) == 2, "the classification and one warning"
        missed = world.ctx.ledger.read(TicketKey(PORTAL, ticket)).moments
        assert {name.split(":")[3] for name in missed} == {"objetivo", "limite"}
    assert receiver.got == [], "the limit's webhook was passed over with its step"


def test_what_was_put_right_before_the_job_ran_is_told_to_nobody(world: World, receiver: Receiver) -> None:
    """glpi 7946: the state is looked at when the alarm rings, not when it was set."""
    ticket = world.open(**DOWN)
    world.settle(ticket)
    at_hour(world, 23.99, ticket)
    said(world, ticket, "Ya lo vemos.", agent=True)
    alarms_until(world, 49, ticket)
    assert mailed(world, ticket) == []
    assert receiver.got == []
    assert not any("vencido" in note for note in world.notes(ticket))
    assert world.ticket(ticket)["group_id"] != 103000000101


@pytest.mark.parametrize("how", ["by its own alarm", "by the sweep"])
def test_the_second_alert_fires_too(world: World, receiver: Receiver, how: str) -> None:
    """freescout 3762: after the first alert of a ticket no other ever came."""
    ticket = world.open(**DOWN)
    world.settle(ticket)
    for hours, notes in ((18, 2), (24.1, 3), (48.1, 4)):
        if how == "by the sweep":
            world.ctx.wakeups.forget(TicketKey(PORTAL, ticket))
            world.redis.hdel(f"semaforo:ledger:{PORTAL}:{ticket}", "seen")
            for hour in (hours - 0.1, hours):
                world.clock.now = MONDAY + timedelta(hours=hour)
                world.sweep()
                alarms_until(world, hour, ticket)
        else:
            alarms_until(world, hours, ticket)
        assert len(world.notes(ticket)) == notes
    assert len(mailed(world, ticket)) == 2, "the limit and a day after it"


def test_a_limit_at_midnight_is_told_at_midnight_of_the_right_day(world: World, receiver: Receiver) -> None:
    """zammad 4432: a notice due at midnight came a day off, or not at all."""
    midnight = MONDAY - timedelta(hours=10)  # Monday 00:00 in Lima
    ticket = world.open(**DOWN, created_at=midnight.isoformat())
    world.settle(ticket)
    at_hour(world, 14 - 1 / 3600, ticket)
    assert "sla-incumplido" not in world.ticket(ticket)["tags"]
    at_hour(world, 14, ticket)
    assert "sla-incumplido" in world.ticket(ticket)["tags"]
    alarms_until(world, 15, ticket)
    (told,) = [note for note in world.notes(ticket) if "vencido" in note]
    assert "mar 24 nov 2026, 00:00" in told
