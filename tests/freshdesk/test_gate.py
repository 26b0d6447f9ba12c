"""Is every request asked for before it is made, and accounted for after?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.actions import SetFields
from bot.freshdesk.answers import Endpoint, RateHeaders
from bot.freshdesk.client import FreshdeskClient
from bot.freshdesk.errors import FreshdeskError, Held, TemporaryError
from bot.freshdesk.gate import Call, Leave, call_of
from bot.simulator.server import SimulatorServer

from .samples import AT_ONCE
from .test_against_simulator import Portal


class Log:
    """Let requests through up to a number, and write down what it hears."""

    def __init__(self, most: int = 1000) -> None:
        self.most = most
        self.entered: list[Call] = []
        self.left: list[tuple[float | None, int | None]] = []
        self.instead: FreshdeskError | None = None

    def enter(self, call: Call) -> Leave:
        if len(self.entered) >= self.most:
            raise Held("no more", retry_after=7.0)
        self.entered.append(call)
        return self.leave

    def leave(self, headers: RateHeaders | None, error: FreshdeskError | None) -> None:
        self.left.append((headers.total if headers else None, error.status if error else None))
        if error is not None and self.instead is not None:
            raise self.instead


@pytest.fixture(scope="module")
def server() -> Iterator[SimulatorServer]:
    with SimulatorServer() as running:
        yield running


@pytest.fixture
def portal(server: SimulatorServer) -> Portal:
    server.reset()
    return Portal(server)


def through(portal: Portal, gate: Log) -> FreshdeskClient:
    return FreshdeskClient("acelera", portal.url, "sim-key", gate=gate, repeats=AT_ONCE, read_timeout=2.0)


COSTS: list[Any] = [
    ("GET", "tickets/7", "", "other", 1),
    ("GET", "tickets/7", "conversations,requester,stats", "other", 4),
    ("GET", "tickets", "", "ticket_list", 1),
    ("GET", "tickets", "stats,requester", "ticket_list", 5),
    ("PUT", "tickets/7", "", "ticket_update", 1),
    ("POST", "tickets", "", "ticket_create", 1),
    ("POST", "tickets/7/notes", "", "other", 1),
    ("GET", "contacts", "", "contact_list", 1),
]


@pytest.mark.parametrize(("verb", "path", "include", "endpoint", "cost"), COSTS)
def test_what_a_call_costs(verb: str, path: str, include: str, endpoint: Endpoint, cost: int) -> None:
    assert call_of(verb, path, include) == Call(endpoint, cost)


def test_the_cost_is_what_freshdesk_says_it_was(portal: Portal) -> None:
    gate, ticket = Log(), portal.open()
    api = through(portal, gate)
    api.get_ticket(ticket)
    api.add_note(ticket, "<p>Hola</p>")
    list(api.list_tickets(datetime(2020, 1, 1, tzinfo=UTC)))
    portal.client.get_ticket(ticket)
    assert [call.cost for call in gate.entered] == [4, 1, 1]
    assert portal.told[0].used == 4
    assert gate.left == [(700, None)] * 3


def test_each_page_and_each_repetition_asks(portal: Portal) -> None:
    ticket = portal.open()
    for number in range(120):
        portal.control("POST", f"tickets/{ticket}/reply", {"as": "customer", "text": f"{number}"})
    gate = Log()
    through(portal, gate).list_messages(ticket)
    assert len(gate.entered) == portal.requests()["total"] >= 2
    portal.faults(error_500=1.0)
    with pytest.raises(TemporaryError):
        through(portal, gate).get_ticket(ticket)
    assert gate.left[-1] == (None, 500)
    assert len(gate.entered) == portal.requests()["total"]


def test_what_is_held_was_never_sent(portal: Portal) -> None:
    ticket = portal.open()
    api = through(portal, Log(most=0))
    for ask in (lambda: api.get_ticket(ticket), lambda: api.add_note(ticket, "<p>Hola</p>")):
        with pytest.raises(Held) as caught:
            ask()
        assert caught.value.sure_no_effect
        assert caught.value.retry_after == 7.0
    assert portal.requests()["total"] == 0


def test_an_unanswered_request_is_accounted_for(portal: Portal) -> None:
    ticket, gate = portal.open(), Log()
    portal.faults(drop_after_write=1.0, only=["notes"])
    with pytest.raises(TemporaryError) as caught:
        through(portal, gate).add_note(ticket, "<p>Hola</p>")
    assert gate.left == [(None, None)]
    assert not caught.value.sure_no_effect


def test_a_write_in_doubt_stays_in_doubt_when_its_repetition_is_held(portal: Portal) -> None:
    ticket, gate = portal.open(), Log(most=1)
    portal.faults(error_500_after_write=1.0, only=["ticket_update"])
    with pytest.raises(Held) as caught:
        through(portal, gate).update_ticket(ticket, SetFields(priority=4))
    assert portal.seen(ticket)["priority"] == 4
    assert not caught.value.sure_no_effect


def test_the_gate_may_put_another_error_in_its_place(portal: Portal) -> None:
    ticket, gate = portal.open(), Log()
    gate.instead = Held("left alone", retry_after=21.0, sure_no_effect=False)
    portal.faults(error_500=1.0)
    with pytest.raises(Held) as caught:
        through(portal, gate).add_note(ticket, "<p>Hola</p>")
    assert caught.value is gate.instead
    assert len(gate.entered) == 1
