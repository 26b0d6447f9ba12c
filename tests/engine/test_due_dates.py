"""Whatever an account refuses: the best possible dates, and no second try at what was refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.domain.ticket import TicketKey
from bot.store.rulebook import Rulebook
from tests.policy.planner.desk import LUCIA, rules_folder, shipped
from tests.world import MONDAY, PORTAL, World

DOWN = {"subject": "Caído", "text": "El CRM está caído desde las 8."}
RESPONSE, RESOLUTION = MONDAY + timedelta(hours=24), MONDAY + timedelta(days=8)


@pytest.fixture(scope="module")
def rulebook() -> Iterator[Rulebook]:
    """Take it that Freshdesk's timer runs while waiting for a customer, which may be wrong."""
    text = shipped("portales")
    assert "reloj_corre: [2]" in text
    with rules_folder(portales=text.replace("reloj_corre: [2]", "reloj_corre: [2, 6]")) as folder:
        yield Rulebook(folder)


VARIANTS: dict[str, list[Any]] = {
    "due_requires_both": [True],
    "past_due": ["accept"],
    "due_while_timer_off": ["accept"],
    "timer_off_code": ["invalid_value"],
    "fr_due_after_response": ["ignore", "reject"],
    "manual_due_sticky": [False],
    "resume_shifts_due": ["none", "all"],
    "native_sla": [False],
    "sla_fill_seconds": [0, 5],
    "customer_reply_reopens": ["always", "never"],
    "reopen_clears_resolution": [False],
    "multiple_companies": [False],
    "tag_order": ["reversed"],
    "tag_max_length": [8],
    "from_email": ["number", "null"],
    "null_timestamps": [True],
}
SWITCHES: list[Any] = [
    pytest.param({}, id="as it comes"),
    *(
        pytest.param({name: value}, id=f"{name}={value}")
        for name, values in VARIANTS.items()
        for value in values
    ),
]
every_switch = pytest.mark.parametrize("switches", SWITCHES)


def moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def assert_at_rest(world: World, ticket: int) -> None:
    """Check that nothing more is written, now or when Freshdesk has filled in its own."""
    world.clock.move(seconds=10)
    world.settle(ticket)
    for _ in range(2):
        world.control("DELETE", "requests")
        world.settle(ticket)
        assert world.control("GET", "requests")["writes"] == 0


def settle_with(world: World, switches: dict[str, Any], **fields: Any) -> int:
    world.control("PUT", "switches", switches)
    try:
        ticket = world.open(**(DOWN | fields))
        world.settle(ticket)
        assert_at_rest(world, ticket)
        return ticket
    finally:
        assert list(world.ctx.failures.all()) == []


@pytest.fixture(autouse=True)
def _as_it_comes(world: World) -> Iterator[None]:
    before = world.control("GET", "switches")
    yield
    world.control("PUT", "switches", before)


@every_switch
def test_a_new_ticket_has_both_dates(world: World, switches: dict[str, Any]) -> None:
    ticket = world.ticket(settle_with(world, switches))
    assert (moment(ticket["fr_due_by"]), moment(ticket["due_by"])) == (RESPONSE, RESOLUTION)
    assert ticket["priority"] == 4
    assert len(ticket["conversations"]) == 2


@every_switch
def test_a_late_ticket_has_the_date_that_is_left(world: World, switches: dict[str, Any]) -> None:
    late = (MONDAY - timedelta(hours=30)).isoformat()
    ticket = world.ticket(settle_with(world, switches, created_at=late))
    if not switches.get("due_requires_both"):
        assert moment(ticket["due_by"]) == RESOLUTION - timedelta(hours=30)
    assert ("sla-incumplido" in ticket["tags"]) == ("tag_max_length" not in switches)


@every_switch
def test_an_answered_ticket_has_its_resolution_date(world: World, switches: dict[str, Any]) -> None:
    said = {"as": "agent", "agent_id": LUCIA, "text": "Lo vemos", "at": MONDAY.isoformat()}
    early = (MONDAY - timedelta(hours=2)).isoformat()
    ticket = world.ticket(settle_with(world, switches, created_at=early, replies=[said]))
    assert moment(ticket["due_by"]) == MONDAY + timedelta(days=7)


@every_switch
def test_a_waiting_ticket_is_tried_once(world: World, switches: dict[str, Any]) -> None:
    ticket = world.ticket(settle_with(world, switches, status=6))
    if switches.get("due_while_timer_off") == "accept":
        assert (moment(ticket["fr_due_by"]), moment(ticket["due_by"])) == (RESPONSE, RESOLUTION)
    assert len(ticket["conversations"]) == 2, "notes and replies do not wait for dates"


@every_switch
def test_a_persons_level_moves_the_dates(world: World, switches: dict[str, Any]) -> None:
    number = settle_with(world, switches)
    world.as_agent(number, priority=2)
    world.settle(number)
    assert_at_rest(world, number)
    ticket = world.ticket(number)
    assert ticket["priority"] == 2
    if not switches.get("manual_due_sticky", True):
        return  # what Freshdesk recomputes looks like a person's choice
    frozen = switches.get("fr_due_after_response", "accept") != "accept"
    assert moment(ticket["fr_due_by"]) == MONDAY + timedelta(hours=24 if frozen else 72)
    assert moment(ticket["due_by"]) == MONDAY + timedelta(days=18)


@every_switch
def test_a_pause_moves_the_resolution_date_by_its_length(world: World, switches: dict[str, Any]) -> None:
    number = settle_with(world, switches)
    world.control("POST", f"tickets/{number}/reply", {"as": "agent", "agent_id": LUCIA, "text": "Lo vemos"})
    world.settle(number)
    due = moment(world.ticket(number)["due_by"])
    for status, hours in ((7, 1), (2, 30)):
        world.clock.move(hours=hours)
        world.as_agent(number, status=status)
        world.settle(number)
    assert_at_rest(world, number)
    after = moment(world.ticket(number)["due_by"])
    assert due is not None
    assert after is not None
    if not switches.get("due_requires_both"):  # the response limit has passed meanwhile
        assert abs(after - due - timedelta(hours=30)) <= timedelta(seconds=1)


BOTH = {"due_requires_both": True}


def test_an_account_that_takes_no_date_alone_gets_the_true_response_limit_beside_it(world: World) -> None:
    said = {"as": "agent", "agent_id": LUCIA, "text": "Lo vemos", "at": MONDAY.isoformat()}
    early = MONDAY - timedelta(hours=2)
    switches = BOTH | {"native_sla": False}
    ticket = settle_with(world, switches, created_at=early.isoformat(), replies=[said])
    found = world.ticket(ticket)
    assert moment(found["fr_due_by"]) == early + timedelta(hours=24)
    assert moment(found["due_by"]) == MONDAY + timedelta(days=7)


LATE: dict[str, list[dict[str, Any]]] = {
    "unanswered": [],
    "answered late": [{"as": "agent", "agent_id": LUCIA, "text": "Lo vemos", "at": MONDAY.isoformat()}],
}


@pytest.mark.parametrize("past", ["reject", "accept"])
@pytest.mark.parametrize("replies", LATE.values(), ids=LATE.keys())
def test_no_date_is_made_up_to_please_an_account(
    world: World, replies: list[dict[str, Any]], past: str
) -> None:
    created = MONDAY - timedelta(hours=30)
    switches = BOTH | {"native_sla": False, "past_due": past}
    number = settle_with(world, switches, created_at=created.isoformat(), replies=replies)
    ticket, limit = world.ticket(number), created + timedelta(hours=24)
    if past == "accept":
        due = MONDAY + timedelta(days=7) if replies else limit + timedelta(days=7)
        assert (moment(ticket["fr_due_by"]), moment(ticket["due_by"])) == (limit, due)
        return
    assert (ticket["fr_due_by"], ticket["due_by"]) == (None, None)
    entry = world.ctx.journal.read(TicketKey(PORTAL, number))
    assert entry is not None
    assert "Freshdesk no aceptó fecha de resolución; no se insiste" in entry["reasons"]
    assert "Meta interna" in world.notes(number)[0] or "Resolver hasta" in world.notes(number)[0]
