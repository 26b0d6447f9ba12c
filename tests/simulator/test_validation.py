"""Does the simulator refuse what Freshdesk refuses, in the same shape?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from bot.simulator.seed import BILLING_ID, BOT_ID, LUCIA_ID, AgentSeed, FieldSeed, Seed

from .client import Client, problems

UPDATES = [
    pytest.param({"priority": "4"}, "priority", "datatype_mismatch", id="number as text"),
    pytest.param({"priority": True}, "priority", "datatype_mismatch", id="bool for a number"),
    pytest.param({"priority": 9}, "priority", "invalid_value", id="unknown priority"),
    pytest.param({"status": 99}, "status", "invalid_value", id="unknown status"),
    pytest.param({"source": 77}, "source", "invalid_value", id="unknown source"),
    pytest.param({"type": "Nada"}, "type", "invalid_value", id="unknown type"),
    pytest.param({"color": "rojo"}, "color", "invalid_field", id="unknown field"),
    pytest.param({"id": 3}, "id", "invalid_field", id="read-only id"),
    pytest.param({"created_at": "2026-01-01T00:00:00Z"}, "created_at", "invalid_field", id="read-only date"),
    pytest.param({"subject": " "}, "subject", "invalid_value", id="blank subject"),
    pytest.param({"subject": None}, "subject", "datatype_mismatch", id="null subject"),
    pytest.param({"tags": "vip"}, "tags", "datatype_mismatch", id="tags as text"),
    pytest.param({"tags": [1]}, "tags", "datatype_mismatch", id="tag as number"),
    pytest.param({"tags": ["x" * 33]}, "tags", "invalid_value", id="long tag"),
    pytest.param({"tags": ["a,b"]}, "tags", "invalid_value", id="comma in tag"),
    pytest.param({"due_by": "mañana"}, "due_by", "datatype_mismatch", id="date in words"),
    pytest.param({"responder_id": 5}, "responder_id", "invalid_value", id="unknown agent"),
    pytest.param({"group_id": 5}, "group_id", "invalid_value", id="unknown group"),
    pytest.param({"company_id": 5}, "company_id", "invalid_value", id="unknown company"),
    pytest.param({"email": "nadie"}, "email", "datatype_mismatch", id="bad mail address"),
    pytest.param(
        {"responder_id": LUCIA_ID, "group_id": BILLING_ID},
        "responder_id",
        "incompatible_field",
        id="not in group",
    ),
    pytest.param({"custom_fields": []}, "custom_fields", "datatype_mismatch", id="custom fields as list"),
    pytest.param({"custom_fields": {"cf_no": 1}}, "cf_no", "invalid_field", id="unknown custom field"),
    pytest.param({"custom_fields": {"cf_region": "Puno"}}, "cf_region", "invalid_value", id="not a choice"),
    pytest.param(
        {"custom_fields": {"cf_asientos": "3"}}, "cf_asientos", "datatype_mismatch", id="custom number"
    ),
    pytest.param(
        {"custom_fields": {"cf_bloquea": 1}}, "cf_bloquea", "datatype_mismatch", id="custom checkbox"
    ),
    pytest.param(
        {"custom_fields": {"cf_entrega": "3/4/26"}}, "cf_entrega", "datatype_mismatch", id="custom date"
    ),
    pytest.param({}, "base", "missing_field", id="nothing"),
]


@pytest.mark.parametrize(("body", "field", "code"), UPDATES)
def test_update_is_refused_and_changes_nothing(desk: Client, body: Any, field: str, code: str) -> None:
    before = desk.create()
    response = desk.put(f"tickets/{before['id']}", body)
    assert response.status_code == 400
    assert problems(response) == {field: code}
    assert desk.whole(before["id"])["history"] == []


@pytest.mark.parametrize(
    ("missing", "field"), [("email", "requester_id"), ("subject", "subject"), ("description", "description")]
)
def test_creation_needs(desk: Client, missing: str, field: str) -> None:
    body = {"subject": "Hola", "description": "x", "email": "a@b.example"}
    del body[missing]
    response = desk.post("tickets", body)
    assert (response.status_code, problems(response)) == (400, {field: "missing_field"})
    assert desk.sim("GET", "tickets") == {"ids": []}


def test_every_problem_is_listed_at_once(desk: Client) -> None:
    ticket = desk.create()
    response = desk.put(f"tickets/{ticket['id']}", {"priority": 7, "tags": ["a,b"], "subject": ""})
    assert problems(response) == dict.fromkeys(("priority", "tags", "subject"), "invalid_value")


def test_tags_are_replaced_once_each_whatever_their_case(desk: Client) -> None:
    ticket = desk.create(tags=["Uno", "dos"])
    updated = desk.put(f"tickets/{ticket['id']}", {"tags": ["Tres", "tres", "uno"]}).json()
    assert updated["tags"] == ["Tres", "uno"]
    desk.switch(tag_order="reversed")
    assert desk.get(f"tickets/{ticket['id']}").json()["tags"] == ["uno", "Tres"]


def test_tag_limit_is_a_switch(desk: Client) -> None:
    desk.switch(tag_max_length=40)
    assert desk.create(tags=["x" * 33])["tags"] == ["x" * 33]


def test_custom_fields_merge_and_null_unassigns(desk: Client) -> None:
    ticket = desk.create(custom_fields={"cf_pedido": "A", "cf_asientos": 2}, responder_id=LUCIA_ID)
    body = {"custom_fields": {"cf_asientos": None, "cf_region": "Cusco"}, "responder_id": None}
    updated = desk.put(f"tickets/{ticket['id']}", body).json()
    assert updated["custom_fields"] == {
        "cf_pedido": "A",
        "cf_asientos": None,
        "cf_region": "Cusco",
        "cf_bloquea": None,
        "cf_entrega": None,
    }
    assert updated["responder_id"] is None


def test_fields_required_for_closure(start: Callable[..., Client]) -> None:
    field = FieldSeed(name="cf_causa", label="Causa", required_for_closure=True)
    desk = start(seed=Seed(ticket_fields=(field,)))
    path = f"tickets/{desk.create()['id']}"
    assert problems(desk.put(path, {"status": 4})) == {"cf_causa": "missing_field"}
    assert desk.put(path, {"status": 5, "custom_fields": {"cf_causa": "red"}}).status_code == 200


def test_company_needs_its_feature(desk: Client) -> None:
    company = desk.post("companies", {"name": "Andina"}).json()
    path = f"tickets/{desk.create()['id']}"
    desk.switch(multiple_companies=False)
    assert problems(desk.put(path, {"company_id": company["id"]})) == {"company_id": "require_feature"}
    desk.switch(multiple_companies=True)
    assert desk.put(path, {"company_id": company["id"]}).json()["company_id"] == company["id"]


def test_html_is_cleaned(desk: Client) -> None:
    ticket = desk.create(description="<p onclick='x()'>Hola<!-- marca --></p><script>alert(1)</script>")
    assert (ticket["description"], ticket["description_text"]) == ("<p>Hola</p>", "Hola")


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        pytest.param({}, "body", "missing_field", id="no body"),
        pytest.param({"body": " "}, "body", "invalid_value", id="blank"),
        pytest.param({"body": 3}, "body", "datatype_mismatch", id="number"),
        pytest.param({"body": "x", "private": True}, "private", "invalid_field", id="private reply"),
        pytest.param({"body": "x", "user_id": 5}, "user_id", "invalid_value", id="unknown author"),
    ],
)
def test_reply_is_refused(desk: Client, body: Any, field: str, code: str) -> None:
    ticket = desk.create()
    response = desk.post(f"tickets/{ticket['id']}/reply", body)
    assert (response.status_code, problems(response)) == (400, {field: code})
    assert desk.whole(ticket["id"])["conversations"] == []


def test_duplicate_contact_and_company(desk: Client) -> None:
    contact = desk.post("contacts", {"name": "Ana", "email": "ana@cliente.example"}).json()
    twin = desk.post("contacts", {"name": "Otra", "email": "ANA@cliente.example"})
    assert (twin.status_code, problems(twin)) == (409, {"email": "duplicate_value"})
    assert twin.json()["errors"][0]["additional_info"] == {"user_id": contact["id"]}
    desk.post("companies", {"name": "Andina"})
    assert desk.post("companies", {"name": "Andina"}).status_code == 409


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        pytest.param({"time_spent": "90"}, "time_spent", "invalid_value", id="not hh:mm"),
        pytest.param({"agent_id": 5}, "agent_id", "invalid_value", id="unknown agent"),
        pytest.param(
            {"start_time": "2999-01-01T00:00:00Z"}, "start_time", "invalid_value", id="future start"
        ),
        pytest.param(
            {"start_time": "2020-01-01T00:00:00Z", "timer_running": False},
            "start_time",
            "incompatible_field",
            id="start without timer",
        ),
    ],
)
def test_time_entry_is_refused(desk: Client, body: Any, field: str, code: str) -> None:
    response = desk.post(f"tickets/{desk.create()['id']}/time_entries", body)
    assert (response.status_code, problems(response)) == (400, {field: code})


class TestEnvelope:
    """Refusals that come before any field is read."""

    def test_wrong_key(self, desk: Client) -> None:
        response = Client(desk.server, "nope").get("tickets")
        assert response.status_code == 401
        assert response.json()["code"] == "invalid_credentials"

    def test_no_key(self, desk: Client) -> None:
        assert desk.send("GET", "tickets", auth=None).status_code == 401

    @pytest.mark.parametrize(
        "path", ["tickets/77", "contacts/77", "nothing/here", "tickets/77/conversations"]
    )
    def test_unknown_is_an_empty_html_404(self, desk: Client, path: str) -> None:
        response = desk.get(path)
        assert (response.status_code, response.content) == (404, b"")
        assert response.headers["Content-Type"].startswith("text/html")

    def test_method(self, desk: Client) -> None:
        response = desk.send("PATCH", "tickets/1", {"priority": 1})
        assert response.status_code == 405
        assert response.headers["Allow"] == "DELETE, GET, PUT"
        assert response.json() == {"message": "PATCH method is not allowed. Allowed: DELETE, GET, PUT"}

    def test_accept(self, desk: Client) -> None:
        assert desk.send("GET", "tickets", headers={"Accept": "text/csv"}).status_code == 406

    def test_content_type(self, desk: Client) -> None:
        response = desk.send("POST", "tickets", data="a=b", headers={"Content-Type": "text/plain"})
        assert response.status_code == 415

    def test_broken_json(self, desk: Client) -> None:
        headers = {"Content-Type": "application/json"}
        response = desk.send("POST", "tickets", data="{", headers=headers)
        assert (response.status_code, response.json()["code"]) == (400, "invalid_json")

    def test_body_on_get(self, desk: Client) -> None:
        response = desk.send("GET", "tickets", {"a": 1})
        assert (response.status_code, response.json()["code"]) == (400, "no_content_required")

    def test_location_and_headers(self, desk: Client) -> None:
        response = desk.post("tickets", {"subject": "a", "description": "b", "email": "a@b.example"})
        assert response.headers["Location"] == f"{desk.server.url}/api/v2/tickets/1"
        assert response.headers["X-Request-Id"]
        assert requests.get(response.headers["Location"], auth=("sim-key", "X"), timeout=5).json()["id"] == 1


@pytest.mark.parametrize(("scope", "seen"), [(1, {1, 2, 3}), (2, {2, 3}), (3, {3})])
def test_agent_scope(start: Callable[..., Client], scope: Any, seen: set[int]) -> None:
    agents = (
        AgentSeed(id=BOT_ID, name="Bot", email="b@d.example", group_ids=(BILLING_ID,), ticket_scope=scope),
    )
    desk = start(seed=Seed(agents=agents))
    desk.customer_opens()
    desk.customer_opens(group_id=BILLING_ID)
    desk.customer_opens(responder_id=BOT_ID)
    if scope == 2:
        assert desk.get("tickets/1").json()["code"] == "access_denied"
    assert {n for n in (1, 2, 3) if desk.get(f"tickets/{n}").status_code == 200} == seen


def test_admin_pages_need_an_admin(start: Callable[..., Client]) -> None:
    agents = (AgentSeed(id=BOT_ID, name="Bot", email="b@d.example", admin=False),)
    desk = start(seed=Seed(agents=agents))
    assert {desk.get(p).status_code for p in ("admin/ticket_fields", "sla_policies", "email_configs")} == {
        403
    }
