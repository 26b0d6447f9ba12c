"""Does every request do at a Freshdesk, over real HTTP, what it says?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from bot.domain.actions import SetFields
from bot.domain.ticket import Company
from bot.freshdesk.answers import RateHeaders
from bot.freshdesk.api import FreshdeskApi, TicketField
from bot.freshdesk.client import FreshdeskClient
from bot.freshdesk.errors import NotFound, PermanentError, RateLimited, TemporaryError, Unauthorized
from bot.simulator.server import SimulatorServer

from .samples import AT_ONCE

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class Portal:
    """Play the customers, the agents and the bad luck of a simulated account, and speak to it as the bot."""

    def __init__(self, server: SimulatorServer) -> None:
        self.url = server.url
        self.told: list[RateHeaders] = []
        self.client = FreshdeskClient(
            "acelera", server.url, "sim-key", on_headers=self.told.append, read_timeout=2.0, repeats=AT_ONCE
        )
        self.api: FreshdeskApi = self.client

    def control(self, method: str, path: str, body: object = None) -> Any:
        """Call a control route."""
        answer = requests.request(method, f"{self.url}/_sim/{path}", json=body, timeout=10)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def open(self, **fields: Any) -> int:
        """Open a ticket as a customer."""
        seed = {
            "subject": "No entra nadie",
            "description": "<div>Desde hoy</div>",
            "email": "ana@cliente.example",
        }
        ticket_id: int = self.control("POST", "tickets", seed | fields)["id"]
        return ticket_id

    def seen(self, ticket_id: int) -> Any:
        """Look at a ticket behind the API."""
        return self.control("GET", f"tickets/{ticket_id}")

    def faults(self, **faults: Any) -> None:
        """Put faults in force in place of earlier ones."""
        self.control("PUT", "faults", faults)

    def requests(self) -> Any:
        """Count the requests of the API."""
        return self.control("GET", "requests")


@pytest.fixture(scope="module")
def server() -> Iterator[SimulatorServer]:
    with SimulatorServer() as running:
        yield running


@pytest.fixture
def portal(server: SimulatorServer) -> Portal:
    server.reset()
    return Portal(server)


def test_get_ticket_is_one_request(portal: Portal) -> None:
    ticket_id = portal.open()
    for number in range(3):
        portal.control("POST", f"tickets/{ticket_id}/reply", {"as": "customer", "body": f"<p>{number}</p>"})

    ticket = portal.api.get_ticket(ticket_id)

    assert (str(ticket.key), ticket.subject, ticket.body) == (
        f"acelera:{ticket_id}",
        "No entra nadie",
        "Desde hoy",
    )
    assert (ticket.status, ticket.requester_email) == (2, "ana@cliente.example")
    assert [message.text for message in ticket.messages] == ["0", "1", "2"]
    assert all(message.incoming and not message.private for message in ticket.messages)
    assert ticket.messages_complete
    assert ticket.stats.requester_responded_at is not None
    assert portal.requests()["total"] == 1
    assert portal.told == [RateHeaders(700.0, portal.told[0].remaining, portal.told[0].used, None, "other")]


def test_more_messages_than_a_ticket_carries_are_all_read(portal: Portal) -> None:
    ticket_id = portal.open()
    for number in range(130):
        portal.control("POST", f"tickets/{ticket_id}/reply", {"as": "customer", "body": f"<p>{number}</p>"})
    ticket = portal.api.get_ticket(ticket_id)
    assert (len(ticket.messages), ticket.messages_complete) == (10, False)
    assert [message.text for message in portal.api.list_messages(ticket_id)] == [str(n) for n in range(130)]


def test_update_ticket_changes_what_is_named(portal: Portal) -> None:
    ticket_id = portal.open(tags=["vip"])
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)
    later = soon + timedelta(hours=6)

    ticket = portal.api.update_ticket(
        ticket_id, SetFields(priority=4, tags=("vip", "semaforo-urgente"), fr_due_by=soon, due_by=later)
    )

    assert (ticket.priority, ticket.fr_due_by, ticket.due_by) == (4, soon, later)
    assert sorted(ticket.tags) == ["semaforo-urgente", "vip"]
    assert (ticket.messages, ticket.messages_complete) == ((), False)
    assert portal.seen(ticket_id)["priority"] == 4
    assert portal.told[-1].endpoint == "ticket_update"


def test_a_refused_field_is_named(portal: Portal) -> None:
    ticket_id = portal.open()
    with pytest.raises(PermanentError) as caught:
        portal.api.update_ticket(ticket_id, SetFields(due_by=LONG_AGO))
    assert caught.value.status == 400
    assert caught.value.names("due_by")
    assert caught.value.sure_no_effect


def test_nothing_to_change_is_a_mistake_of_the_caller(portal: Portal) -> None:
    with pytest.raises(ValueError, match="nothing to change"):
        portal.api.update_ticket(1, SetFields())


def test_notes_replies_and_forwards_stand_on_the_ticket(portal: Portal) -> None:
    ticket_id = portal.open()
    agents = {agent.email: agent for agent in portal.api.list_agents()}
    mail = next(address for address, agent in agents.items() if agent.id != portal.api.me().id)
    assert mail
    note = portal.api.add_note(ticket_id, "<p>nota <b>S-1</b></p>", notify=(mail,))
    public = portal.api.add_note(ticket_id, "<p>aviso</p>", private=False)
    reply = portal.api.reply(ticket_id, "<p>Buenos días</p>")
    forward = portal.api.forward(ticket_id, "<p>Para facturación</p>", ("cobros@acelera.example",))

    said = {item["id"]: item for item in portal.seen(ticket_id)["conversations"]}
    assert list(said) == [note, public, reply, forward]
    assert (said[note]["private"], said[note]["to_emails"]) == (True, [mail])
    assert said[public]["private"] is False
    assert (said[reply]["private"], said[reply]["incoming"]) == (False, False)
    assert said[forward]["to_emails"] == ["cobros@acelera.example"]
    assert [message.id for message in portal.api.list_messages(ticket_id)] == [note, public, reply, forward]


def test_list_tickets_walks_past_a_hundred(portal: Portal) -> None:
    ids = [portal.open(subject=f"n{number}") for number in range(130)]
    rows = list(portal.api.list_tickets(LONG_AGO))
    assert sorted(row.ticket_id for row in rows) == ids
    assert [row.updated_at for row in rows] == sorted(row.updated_at for row in rows)
    assert {told.endpoint for told in portal.told} == {"ticket_list"}


def test_list_tickets_shows_neither_deleted_nor_spam(portal: Portal) -> None:
    kept, deleted, spam = portal.open(), portal.open(), portal.open()
    portal.control("POST", f"tickets/{deleted}/update", {"as": "agent", "fields": {"deleted": True}})
    portal.control("POST", f"tickets/{spam}/update", {"as": "agent", "fields": {"spam": True}})
    assert [row.ticket_id for row in portal.api.list_tickets(LONG_AGO)] == [kept]
    assert portal.api.get_ticket(deleted).deleted
    assert portal.api.get_ticket(spam).spam


def test_companies_say_what_the_contract_asks(portal: Portal) -> None:
    fields = {"factura_vencida": True, "vencimiento_factura": "2026-02-28"}
    made = portal.control("POST", "companies", {"name": "Cliente SAC", "custom_fields": fields})
    company = portal.api.get_company(made["id"])
    assert company == Company(made["id"], True, datetime(2026, 2, 28, tzinfo=UTC).date())
    assert company in list(portal.api.list_companies())


def test_hours_are_read(portal: Portal) -> None:
    ticket_id = portal.open()
    portal.control("POST", "time_entries", {"ticket_id": ticket_id, "time_spent": "01:45", "billable": True})
    (entry,) = portal.api.list_time_entries(ticket_id)
    assert (entry.minutes, entry.billable) == (105, True)


def test_the_account_s_make_up_is_read(portal: Portal) -> None:
    me = portal.api.me()
    assert me in list(portal.api.list_agents())
    assert portal.api.list_groups()
    fields = {field.name: field for field in portal.api.list_ticket_fields()}
    assert isinstance(fields["status"], TicketField)
    assert {"Open": 2, "Closed": 5}.items() <= fields["status"].choices.items()
    assert fields["priority"].choices["Urgent"] == 4


@pytest.mark.parametrize("archived", ["redirect", "not_found"])
def test_an_archived_ticket_is_not_found(portal: Portal, archived: str) -> None:
    portal.control("PUT", "switches", {"archived": archived})
    ticket_id = portal.open()
    portal.control("POST", f"tickets/{ticket_id}/update", {"as": "agent", "fields": {"archived": True}})
    with pytest.raises(NotFound):
        portal.api.get_ticket(ticket_id)
    with pytest.raises(NotFound) as caught:
        portal.api.reply(ticket_id, "<p>x</p>")
    assert caught.value.sure_no_effect
    with pytest.raises(NotFound):
        portal.api.get_ticket(99_999)


def test_a_wrong_key_is_tried_once(portal: Portal) -> None:
    stranger = FreshdeskClient("acelera", portal.url, "not-the-key", repeats=AT_ONCE)
    with pytest.raises(Unauthorized):
        stranger.me()
    assert portal.requests()["total"] == 1


def test_the_limit_is_obeyed_and_told(portal: Portal) -> None:
    ticket_id = portal.open()
    portal.faults(rate_limit_per_minute=1)
    portal.api.me()
    with pytest.raises(RateLimited) as caught:
        portal.api.reply(ticket_id, "<p>x</p>")
    wait = caught.value.retry_after
    assert wait is not None
    assert 0 < wait <= 60
    assert caught.value.sure_no_effect
    assert portal.told[-1].retry_after == wait
    assert portal.seen(ticket_id)["conversations"] == []


LOST_WRITES = ["drop_after_write", "error_500_after_write", "truncated_body"]


@pytest.mark.parametrize("fault", LOST_WRITES)
def test_an_answer_lost_after_the_write_leaves_it_in_doubt_and_done_once(portal: Portal, fault: str) -> None:
    ticket_id = portal.open()
    portal.faults(**{fault: 1.0, "only": ["writes"]})
    with pytest.raises(TemporaryError) as caught:
        portal.api.reply(ticket_id, "<p>Buenos días</p>")
    assert caught.value.sure_no_effect is False
    assert len(portal.seen(ticket_id)["conversations"]) == 1


def test_a_request_lost_before_the_write_leaves_it_in_doubt_and_undone(portal: Portal) -> None:
    ticket_id = portal.open()
    portal.faults(drop_before_write=1.0)
    with pytest.raises(TemporaryError) as caught:
        portal.api.add_note(ticket_id, "<p>x</p>")
    assert caught.value.sure_no_effect is False
    assert portal.seen(ticket_id)["conversations"] == []
    assert portal.requests()["writes"] == 1


@pytest.mark.parametrize("fault", ["error_500", "html_502", "drop_read", "truncated_body"])
def test_reads_are_tried_three_times(portal: Portal, fault: str) -> None:
    ticket_id = portal.open()
    portal.faults(**{fault: 1.0, "only": ["reads"]})
    with pytest.raises(TemporaryError) as caught:
        portal.api.get_ticket(ticket_id)
    assert caught.value.sure_no_effect
    assert portal.requests()["total"] == 3


def test_faults_of_the_moment_pass_unseen(portal: Portal) -> None:
    ticket_id = portal.open()
    portal.faults(seed=7, error_500=0.2, html_502=0.1, drop_read=0.1, only=["reads"])
    patient = FreshdeskClient(
        "acelera", portal.url, "sim-key", repeats=type(AT_ONCE)(attempts=12, pause=AT_ONCE.pause)
    )
    assert {patient.get_ticket(ticket_id).subject for _ in range(20)} == {"No entra nadie"}


def test_a_wrong_content_type_does_not_matter(portal: Portal) -> None:
    ticket_id = portal.open()
    portal.faults(wrong_content_type=1.0)
    assert portal.api.get_ticket(ticket_id).subject == "No entra nadie"


def test_threads_do_not_read_each_other_s_answers(portal: Portal) -> None:
    ids = [portal.open(subject=f"n{number}") for number in range(8)]
    start = threading.Barrier(8)

    def read(ticket_id: int) -> set[str]:
        start.wait(5)
        return {portal.api.get_ticket(ticket_id).subject for _ in range(10)}

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(read, ids)) == [{f"n{number}"} for number in range(8)]
