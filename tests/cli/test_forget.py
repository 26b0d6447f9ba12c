"""`semaforo forget`: nothing about a requester stays, and nothing is said to a client twice."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta

import pytest
from redis import Redis

from bot.domain.ticket import TicketKey
from bot.engine.clock import DISPATCH_LEASE
from bot.engine.queue import JobQueue
from bot.store.reply_slots import Cap
from bot.store.wakeups import Lane, Taken
from bot.wiring import utc_now
from tests.policy.planner.desk import LUCIA
from tests.store.everything import everything
from tests.world import PORTAL, World

from .conftest import Run

DOWN = {"subject": "Caído", "text": "El CRM está caído desde las 8."}
MAIL, OTHER = "zoraida@norte.example", "ana@cliente.example"
LOST = 999_999  # a ticket of theirs that nothing else knows of


def left_of(redis: Redis, number: int) -> list[str]:
    """Return every place of the store that names a ticket."""
    name = re.compile(rf"(?<!\d){PORTAL}:{number}(?!\d)|(?<![\d:]){number}[:|]")
    return sorted(
        f"{key} {text}"
        for key, parts in everything(redis).items()
        for text in (key, *parts)
        if name.search(text)
    )


def requester(world: World, ticket: int) -> int:
    return int(world.ticket(ticket)["requester_id"])


def wait_for_others(world: World, key: TicketKey) -> None:
    """Hold a ticket by a brake, let a warning of it speak for others, and count a reply on a lost ticket."""
    now, warning = world.clock.now, f"{key.ticket_id}|escala:respuesta:limite:URGENTE"
    world.ctx.brakes.hold(key)
    opened = now + timedelta(hours=key.ticket_id)  # a window of its own for each
    window = world.ctx.digests.join(PORTAL, warning, opened, timedelta(minutes=5))
    assert world.ctx.digests.takes_lead(window, warning)
    who = requester(world, key.ticket_id)
    caps = [Cap(f"{scope}:{who}", timedelta(days=1), 99) for scope in ("requester", "burst", "answers")]
    assert world.ctx.reply_slots.take(PORTAL, f"{LOST}:acuse", caps, now) is None


@pytest.fixture
def lived(world: World) -> World:
    """Give a world in which two tickets of one person, and one of another, went through everything."""
    tickets = [world.open(**DOWN, email=mail, company="Norte SAC") for mail in (MAIL, MAIL, OTHER)]
    world.settle(*tickets)
    for ticket in tickets:
        words = {"as": "agent", "text": "Ya lo vemos.", "agent_id": LUCIA}
        world.control("POST", f"tickets/{ticket}/reply", words)
        world.as_agent(ticket, priority=1)
    world.settle(*tickets)
    for lane, ticket in zip(itertools.cycle(Lane), tickets, strict=False):
        key = TicketKey(PORTAL, ticket)
        world.ctx.failures.begin_attempt(key)
        world.ctx.failures.add(key, "TemporaryError 500", world.clock.now)
        JobQueue(world.redis).reconcile_all([Taken(key, 1)], lane)
        wait_for_others(world, key)
    world.ring(*tickets)
    world.ctx.wakeups.take_due(world.clock.now, DISPATCH_LEASE, limit=0)  # they stand in line
    world.clock.move(seconds=30)
    return world


def tickets_of(world: World) -> list[int]:
    return sorted(world.control("GET", "tickets")["ids"])[-3:]


@pytest.mark.parametrize("by", ["mail", "number", "tickets"])
def test_nothing_about_a_person_stays(
    run: Run, env: dict[str, str], lived: World, redis: Redis, by: str
) -> None:
    first, second, others = tickets_of(lived)
    given = {
        "mail": [MAIL],
        "number": [str(requester(lived, first))],
        "tickets": ["--ticket", str(first), "--ticket", str(second)],
    }[by]
    kept = left_of(redis, others)
    result = run("forget", PORTAL, *given, "--yes", env=env)
    assert result.exit_code == 0, result.output
    assert f"2 tickets: {first}, {second}" in result.stdout
    kinds = "correction 2, failure 2, held 2, job 2, journal 2, ledger 2, outcome 2"
    assert kinds in result.stdout
    assert [*left_of(redis, first), *left_of(redis, second)] == []
    assert by == "tickets" or not redis.keys(f"semaforo:replies:{PORTAL}:*:{requester(lived, first)}")
    assert left_of(redis, others) == kept
    assert len(kept) >= 11
    again = run("forget", PORTAL, *given, "--yes", env=env)
    assert (again.exit_code, again.stdout) == (0, "nothing is stored\n")


def test_without_yes_nothing_happens(run: Run, env: dict[str, str], lived: World, redis: Redis) -> None:
    before = everything(redis)
    result = run("forget", PORTAL, MAIL, env=env)
    assert result.exit_code == 0
    assert "nothing was erased; repeat with --yes" in result.stdout
    after = everything(redis)
    assert after.pop(f"semaforo:budget:{PORTAL}"), "the requester was looked up"
    assert after == before


def test_the_audit_line_says_how_much_and_not_whose(run: Run, env: dict[str, str], lived: World) -> None:
    result = run("forget", PORTAL, MAIL, "--yes", env=env)
    (line,) = (line for line in result.output.splitlines() if "forgotten" in line)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", line)
    assert "tickets=2" in plain
    assert "ledger=2" in plain
    assert MAIL not in result.output
    assert str(requester(lived, tickets_of(lived)[0])) not in plain


def test_a_forgotten_ticket_is_told_nothing_twice(run: Run, env: dict[str, str], lived: World) -> None:
    tickets = tickets_of(lived)
    before = lived.end_state(tickets)
    assert run("forget", PORTAL, MAIL, "--yes", env=env).exit_code == 0
    lived.redis.delete(f"semaforo:swept:{PORTAL}")
    for _ in range(2):
        lived.sweep()
        assert lived.end_state(tickets) == before
    assert lived.ctx.wakeups.at(TicketKey(PORTAL, tickets[0])) is not None, "its promise is watched again"


def test_tickets_that_are_still_open_are_named(run: Run, env: dict[str, str], lived: World) -> None:
    first, second, _ = tickets_of(lived)
    lived.as_agent(second, status=5)
    lived.settle(second)
    assert f"still open: {first};" in run("forget", PORTAL, MAIL, env=env).stdout


def test_a_person_erased_in_freshdesk_first_is_found_by_number(
    run: Run, env: dict[str, str], lived: World, redis: Redis
) -> None:
    first, second, _ = tickets_of(lived)
    number = requester(lived, first)
    for ticket in (first, second):
        lived.as_agent(ticket, deleted=True)
    assert run("forget", PORTAL, str(number), "--yes", env=env).exit_code == 0
    assert [*left_of(redis, first), *left_of(redis, second)] == []


def test_a_reply_of_unknown_fate_has_to_be_settled_first(
    run: Run, env: dict[str, str], world: World, redis: Redis
) -> None:
    ticket = world.open(**DOWN, email=MAIL)
    world.settle(ticket)
    key = TicketKey(PORTAL, ticket)
    world.ctx.ledger.open_effect(key, "acuse", utc_now(), 1)  # the command goes by the real clock
    result = run("forget", PORTAL, "--ticket", str(ticket), "--yes", env=env)
    assert result.exit_code == 1
    assert f"busy, and left alone: {ticket}" in result.stderr
    assert world.ctx.ledger.read(key).effects["acuse"].attempts == 1
    world.ctx.ledger.settle_effect(key, "acuse", world.clock.now, 1)
    assert run("forget", PORTAL, "--ticket", str(ticket), "--yes", env=env).exit_code == 0
    assert left_of(redis, ticket) == []


def test_a_ticket_in_a_workers_hands_is_left_alone(run: Run, env: dict[str, str], world: World) -> None:
    ticket = world.open(**DOWN, email=MAIL)
    world.settle(ticket)
    with world.ctx.leases.hold(TicketKey(PORTAL, ticket)):
        assert run("forget", PORTAL, MAIL, "--yes", env=env).exit_code == 1
    assert world.ctx.journal.read(TicketKey(PORTAL, ticket)) is not None
    assert run("forget", PORTAL, MAIL, "--yes", env=env).exit_code == 0


def test_while_freshdesk_is_down_what_the_store_knows_is_taken(
    run: Run, env: dict[str, str], lived: World, redis: Redis
) -> None:
    first, second, _ = tickets_of(lived)
    number = requester(lived, first)
    lived.control("PUT", "faults", {"error_500": 1.0})
    assert "give the requester's number instead" in run("forget", PORTAL, MAIL, env=env).stderr
    result = run("forget", PORTAL, str(number), "--yes", env=env)
    assert "only tickets that the store itself knows" in result.stderr
    assert [*left_of(redis, first), *left_of(redis, second)] == []


BAD: dict[str, tuple[list[str], str]] = {
    "nobody": ([PORTAL], "name a requester"),
    "a name": ([PORTAL, "Zoraida"], "expected a mail address"),
    "a stranger": ([PORTAL, "nadie@nunca.example"], "no contact with this address"),
    "unknown portal": (["otro", "7"], "there is no portal otro"),
}


@pytest.mark.parametrize(("arguments", "said"), BAD.values(), ids=BAD.keys())
def test_what_makes_no_sense_is_told(run: Run, env: dict[str, str], arguments: list[str], said: str) -> None:
    result = run("forget", *arguments, env=env)
    assert result.exit_code in {1, 2}
    assert said in result.stderr
