"""Does python-freshdesk, a client written by others, work against the simulator?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from freshdesk.v2.api import API
from freshdesk.v2.errors import (
    FreshdeskAccessDenied,
    FreshdeskBadRequest,
    FreshdeskNotFound,
    FreshdeskRateLimited,
    FreshdeskServerError,
    FreshdeskUnauthorized,
)

from bot.simulator.seed import BOT_ID, LUCIA_ID, SUPPORT_ID

from .client import Client


def library(client: Client, key: str = "sim-key") -> Any:
    api = API("demo.freshdesk.com", key)
    api._api_prefix = f"{client.server.url}/api/v2/"
    return api


@pytest.fixture
def api(desk: Client) -> Any:
    return library(desk)


def opened(api: Any, **fields: Any) -> Any:
    return api.tickets.create_ticket("Hola", description="<b>x</b>", email="ana@cliente.example", **fields)


def test_ticket_comes_back_as_created(api: Any) -> None:
    ticket = opened(api, tags=["vip"], priority=3, custom_fields={"cf_asientos": 4})
    read = api.tickets.get_ticket(ticket.id, "stats", "requester", "company", "conversations")
    assert (read.subject, read.status, read.priority, read.tags) == ("Hola", "open", "high", ["vip"])
    assert read.custom_fields["cf_asientos"] == 4
    assert read.requester["email"] == "ana@cliente.example"
    assert read.stats["first_responded_at"] is None
    assert (read.company, read.conversations) == ({}, [])


def test_ticket_with_attachment(api: Any, tmp_path: Path) -> None:
    file = tmp_path / "captura.txt"
    file.write_text("algo")
    ticket = opened(api, attachments=[str(file)], tags=["a", "b"], custom_fields={"cf_pedido": "A-1"})
    assert ticket.attachments[0]["name"] == "captura.txt"
    assert ticket.attachments[0]["size"] == 4
    assert ticket.tags == ["a", "b"]
    assert ticket.custom_fields["cf_pedido"] == "A-1"


def test_update_changes_only_what_is_sent(api: Any) -> None:
    ticket = opened(api, tags=["a"])
    updated = api.tickets.update_ticket(ticket.id, priority=4, responder_id=LUCIA_ID)
    assert (updated.priority, updated.responder_id, updated.tags) == ("urgent", LUCIA_ID, ["a"])


def test_lists_page_through_everything(api: Any) -> None:
    numbers = {opened(api).id for _ in range(7)}
    assert {t.id for t in api.tickets.list_tickets(filter_name=None, per_page=3)} == numbers
    assert len(api.tickets.list_tickets(filter_name=None, page=2, per_page=3)) == 3
    assert {t.id for t in api.tickets.list_new_and_my_open_tickets()} == numbers


def test_deleted_tickets_have_their_own_list(api: Any, capsys: pytest.CaptureFixture[str]) -> None:
    kept, gone = opened(api), opened(api)
    api.tickets.delete_ticket(gone.id)
    capsys.readouterr()  # the library prints the response of a deletion
    assert [t.id for t in api.tickets.list_tickets(filter_name=None)] == [kept.id]
    assert [t.id for t in api.tickets.list_deleted_tickets()] == [gone.id]
    assert api.tickets.get_ticket(gone.id).deleted is True


def test_search(api: Any) -> None:
    urgent, calm = opened(api, priority=4), opened(api, priority=1)
    assert [t.id for t in api.tickets.filter_tickets("priority:4")] == [urgent.id]
    both = api.tickets.filter_tickets("(priority:4 OR priority:1) AND status:2")
    assert {t.id for t in both} == {urgent.id, calm.id}


def test_notes_and_replies(api: Any) -> None:
    ticket = opened(api)
    note = api.comments.create_note(ticket.id, "solo para el equipo")
    reply = api.comments.create_reply(ticket.id, "Estimada Ana", cc_emails=["jefe@cliente.example"])
    assert (note.private, note.source, note.user_id) == (True, "note", BOT_ID)
    assert (reply.private, reply.source, reply.cc_emails) == (False, "reply", ["jefe@cliente.example"])
    assert [c.id for c in api.comments.list_comments(ticket.id)] == [note.id, reply.id]


def test_contacts(api: Any, capsys: pytest.CaptureFixture[str]) -> None:
    contact = api.contacts.create_contact(name="Rosa", email="rosa@cliente.example")
    assert api.contacts.get_contact(contact.id).name == "Rosa"
    assert api.contacts.update_contact(contact.id, job_title="Gerente").job_title == "Gerente"
    assert [c.id for c in api.contacts.list_contacts(email="rosa@cliente.example")] == [contact.id]
    assert [c.id for c in api.contacts.filter_contacts("name:'Rosa'")] == [contact.id]
    api.contacts.soft_delete_contact(contact.id)
    assert api.contacts.list_contacts() == []
    api.contacts.restore_contact(contact.id)
    assert [c.id for c in api.contacts.list_contacts()] == [contact.id]
    capsys.readouterr()


def test_companies(api: Any, capsys: pytest.CaptureFixture[str]) -> None:
    company = api.companies.create_company(name="Andina SAC", domains=["andina.example"])
    changed = api.companies.update_company(company.id, custom_fields={"factura_vencida": True})
    assert changed.custom_fields == {"factura_vencida": True, "vencimiento_factura": None}
    assert api.companies.get_company(company.id).name == "Andina SAC"
    assert [c.id for c in api.companies.filter_companies("domain:'andina.example'")] == [company.id]
    assert opened(api).company_id is None
    hers = api.tickets.create_ticket("Hola", description="x", email="eva@andina.example")
    assert hers.company_id == company.id
    api.companies.delete_company(company.id)
    assert api.companies.list_companies() == []
    capsys.readouterr()


def test_agents_groups_roles_fields(api: Any) -> None:
    assert api.agents.currently_authenticated_agent().id == BOT_ID
    assert {a.contact["name"] for a in api.agents.list_agents()} == {
        "Semáforo",
        "Lucía Paredes",
        "Diego Salas",
    }
    assert api.agents.get_agent(LUCIA_ID).contact["email"] == "lucia@demo.example"
    assert {g.name for g in api.groups.list_groups()} == {"Soporte", "Facturación"}
    assert LUCIA_ID in api.groups.get_group(SUPPORT_ID).agent_ids
    role = api.roles.list_roles()[0]
    assert api.roles.get_role(role.id).name == role.name
    names = {field.name for field in api.ticket_fields.list_ticket_fields()}
    assert {"status", "priority", "cf_pedido", "cf_region"} <= names
    assert [f.name for f in api.ticket_fields.list_ticket_fields(type="default_status")] == ["status"]


def test_time_entries(api: Any, desk: Client) -> None:
    ticket = opened(api)
    desk.sim("POST", "time_entries", {"ticket_id": ticket.id, "time_spent": "01:30", "agent_id": LUCIA_ID})
    for entries in (api.time_entries.list_time_entries(ticket.id), api.time_entries.list_time_entries()):
        assert [(e.time_spent, e.agent_id, e.billable) for e in entries] == [("01:30", LUCIA_ID, True)]


def _nothing(desk: Client) -> None:
    """Leave the account as it is."""


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        pytest.param(_nothing, FreshdeskNotFound, id="404"),
        pytest.param(lambda desk: desk.faults(unauthorized=True), FreshdeskUnauthorized, id="401"),
        pytest.param(lambda desk: desk.faults(forbidden=True), FreshdeskAccessDenied, id="403"),
        pytest.param(lambda desk: desk.faults(html_502=True), FreshdeskServerError, id="502"),
        pytest.param(lambda desk: desk.faults(down=True), FreshdeskServerError, id="503"),
    ],
)
def test_error_classes(
    desk: Client, api: Any, spoil: Callable[[Client], None], error: type[Exception]
) -> None:
    spoil(desk)
    with pytest.raises(error):
        api.tickets.get_ticket(77)


def test_bad_request_and_rate_limit_errors(desk: Client, api: Any) -> None:
    ticket = opened(api)
    with pytest.raises(FreshdeskBadRequest, match="datatype_mismatch"):
        api.tickets.update_ticket(ticket.id, priority="4")
    desk.faults(rate_limit_per_minute=1)
    with pytest.raises(FreshdeskRateLimited, match=r"until \d+ seconds"):
        api.tickets.get_ticket(ticket.id)


def test_wrong_key(desk: Client) -> None:
    with pytest.raises(FreshdeskUnauthorized, match="logged in"):
        library(desk, "other-key").agents.currently_authenticated_agent()
