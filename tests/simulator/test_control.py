"""Do the control routes let a test play everybody, and count what the client did?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from bot.simulator.seed import BOT_ID, LUCIA_ID, SUPPORT_ID, load_seed

from .client import Client


def test_a_back_dated_change_happened_then(desk: Client) -> None:
    ticket = desk.customer_opens(created_at="2026-03-04T09:00:00Z")["id"]
    wait = {"fields": {"status": 6}, "at": "2026-03-04T10:00:00Z", "fire": False}
    desk.sim("POST", f"tickets/{ticket}/update", wait)
    found = desk.whole(ticket)
    assert found["updated_at"] == found["stats"]["status_updated_at"] == "2026-03-04T10:00:00Z"
    assert {change["at"] for change in found["history"] if change["field"] == "status"} == {
        "2026-03-04T10:00:00Z"
    }


def test_customer_opens_a_back_dated_ticket_of_a_company(desk: Client) -> None:
    ticket = desk.customer_opens(
        subject="Caída total",
        text="No entra nadie\n<script>",
        email="eva@andina.example",
        name="Eva",
        company="Andina SAC",
        source=3,
        priority=4,
        type="Incident",
        tags=["vip"],
        group_id=SUPPORT_ID,
        created_at="2026-03-04T04:00:00-05:00",
        due_by="2026-03-05T00:00:00Z",
        custom_fields={"cf_region": "Cusco"},
        cc_emails=["jefe@andina.example"],
    )
    assert ticket["description"] == "<div>No entra nadie<br>&lt;script&gt;</div>"
    assert ticket["company"]["name"] == "Andina SAC"
    assert ticket["requester"]["name"] == "Eva"
    assert ticket["created_at"] == "2026-03-04T09:00:00Z"
    assert ticket["due_by"] == "2026-03-05T00:00:00Z"
    wanted = {"source": 3, "priority": 4, "type": "Incident", "tags": ["vip"], "group_id": SUPPORT_ID}
    read = desk.get(f"tickets/{ticket['id']}").json()
    assert {name: read[name] for name in wanted} == wanted
    assert (read["custom_fields"]["cf_region"], read["cc_emails"]) == ("Cusco", ["jefe@andina.example"])


def test_company_by_mail_domain_and_overdue_mark(desk: Client) -> None:
    company = desk.sim("POST", "companies", {"name": "Andina", "domains": ["andina.example"]})
    assert desk.customer_opens(email="eva@andina.example")["company_id"] == company["id"]
    marked = desk.sim("POST", "companies", {"name": "Andina", "custom_fields": {"factura_vencida": True}})
    assert marked["id"] == company["id"]
    read = desk.get(f"companies/{company['id']}").json()
    assert read["custom_fields"] == {"factura_vencida": True, "vencimiento_factura": None}
    assert read["domains"] == ["andina.example"]


def test_whole_ticket_shows_more_than_the_api(desk: Client) -> None:
    desk.customer_opens()
    for number in range(12):
        desk.sim("POST", "tickets/1/reply", {"as": "agent", "text": f"{number}", "private": number % 2 == 0})
    desk.sim("POST", "time_entries", {"ticket_id": 1, "time_spent": "00:20", "note": "llamada"})
    desk.sim("POST", "tickets/1/update", {"as": "agent", "agent_id": LUCIA_ID, "fields": {"priority": 2}})
    desk.sim("POST", "tickets/1/update", {"as": "system", "fields": {"status": 6}})
    whole = desk.whole(1)
    assert len(whole["conversations"]) == 12
    assert [entry["note"] for entry in whole["time_entries"]] == ["llamada"]
    assert [(c["field"], c["old"], c["new"], c["by"]["id"]) for c in whole["history"]] == [
        ("priority", 1, 2, LUCIA_ID),
        ("status", 2, 6, None),
    ]


def test_replies_of_other_people(desk: Client) -> None:
    desk.customer_opens(email="ana@cliente.example")
    desk.sim("POST", "tickets/1/reply", {"text": "yo", "email": "otro@cliente.example"})
    desk.sim("POST", "tickets/1/reply", {"as": "agent", "body": "<b>aquí</b>", "agent_id": LUCIA_ID})
    customer, agent = desk.whole(1)["conversations"]
    assert (customer["incoming"], customer["from_email"]) == (True, "otro@cliente.example")
    assert (agent["user_id"], agent["incoming"], agent["body"]) == (LUCIA_ID, False, "<b>aquí</b>")


def test_requests_are_counted_until_forgotten(desk: Client) -> None:
    desk.customer_opens()
    desk.customer_opens()
    desk.get("tickets/1")
    desk.get("tickets/2")
    desk.post("tickets/2/notes", {"body": "x"})
    desk.get("tickets/77")
    desk.get("tickets", include="stats")
    assert desk.sim("GET", "requests") == {
        "total": 5,
        "reads": 4,
        "writes": 1,
        "methods": {"GET": 4, "POST": 1},
        "classes": {"ticket_get": {"GET": 3}, "notes": {"POST": 1}, "ticket_list": {"GET": 1}},
        "statuses": {"200": 3, "201": 1, "404": 1},
    }
    assert desk.sim("GET", "requests?ticket=2")["classes"] == {"ticket_get": {"GET": 1}, "notes": {"POST": 1}}
    desk.sim("DELETE", "requests")
    assert desk.sim("GET", "requests")["total"] == 0


def test_lost_requests_are_counted_too(desk: Client) -> None:
    desk.customer_opens()
    desk.faults(drop_before_write=True)
    with pytest.raises(requests.ConnectionError):
        desk.post("tickets/1/notes", {"body": "x"})
    seen = desk.sim("GET", "requests")
    assert (seen["writes"], seen["statuses"]) == (1, {"none": 1})


def test_clock_moves_and_reset_goes_back_to_the_seed(desk: Client) -> None:
    desk.sim("PUT", "clock", {"offset_seconds": 86400 * 40})
    desk.create()
    desk.faults(error_500=0.5)
    desk.switch(past_due="accept")
    desk.sim("POST", "reset")
    assert desk.sim("GET", "tickets") == {"ids": []}
    assert desk.sim("GET", "clock")["offset_seconds"] == 0
    assert desk.sim("GET", "faults")["error_500"] == 0
    assert desk.sim("GET", "switches")["past_due"] == "reject"
    assert desk.sim("GET", "requests")["total"] == 0
    assert desk.create()["id"] == 1


def test_date_header_follows_the_clock(desk: Client) -> None:
    desk.sim("PUT", "clock", {"offset_seconds": 86400 * 365 * 900})
    assert " 29" in desk.get("agents/me").headers["Date"]


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("PUT", "switches", {"past_dues": "accept"}, "past_dues"),
        ("PUT", "switches", {"limits": {"totl": 5}}, "limits.totl"),
        ("POST", "tickets", {"subjet": "x"}, "subjet"),
        ("POST", "tickets", {"created_at": "ayer"}, "created_at"),
        ("POST", "tickets/1/reply", {"as": "robot"}, "as"),
        ("POST", "tickets/1/update", {"fields": {"colour": 1}}, "colour"),
        ("POST", "companies", {}, "name"),
        ("PUT", "clock", {"offset": 1}, "offset_seconds"),
        ("PUT", "automations", [{"uri": "x"}], "0.url"),
    ],
)
def test_bad_bodies_name_the_key(desk: Client, method: str, path: str, body: Any, field: str) -> None:
    desk.customer_opens()
    response = requests.request(method, f"{desk.server.url}/_sim/{path}", json=body, timeout=5)
    assert response.status_code == 400
    assert field in [error["field"] for error in response.json()["errors"]]


def test_unknown_ticket(desk: Client) -> None:
    for method, path in (("GET", "tickets/9"), ("POST", "tickets/9/reply")):
        response = requests.request(method, f"{desk.server.url}/_sim/{path}", json={"text": "x"}, timeout=5)
        assert response.status_code == 404


def test_seed_file(start: Callable[..., Client], tmp_path: Path) -> None:
    file = tmp_path / "seed.json"
    content = {
        "domain": "otro.freshdesk.com",
        "api_keys": {"k": BOT_ID},
        "companies": [{"name": "Andina", "custom_fields": {"factura_vencida": True}}],
        "contacts": [{"name": "Eva", "email": "eva@andina.example", "company": "Andina"}],
        "tickets": [
            {
                "subject": "Uno",
                "email": "eva@andina.example",
                "created_at": "2026-03-01T00:00:00Z",
                "replies": [{"as": "agent", "text": "hola", "at": "2026-03-01T01:00:00Z"}],
            }
        ],
        "automations": [{"url": "http://127.0.0.1:9/x", "on": "creation"}],
    }
    file.write_text(json.dumps(content), encoding="utf-8")
    desk = start(seed=file)
    desk.key = "k"
    ticket = desk.get("tickets/1", include="company,stats").json()
    assert (ticket["subject"], ticket["company"]["name"]) == ("Uno", "Andina")
    assert ticket["stats"]["first_responded_at"] == "2026-03-01T01:00:00Z"
    assert desk.sim("GET", "webhooks") == []
    assert Client(desk.server).get("tickets/1").status_code == 401


def test_bad_seed_file_names_the_key(tmp_path: Path) -> None:
    file = tmp_path / "seed.json"
    file.write_text('{"tickets": [{"subjet": "x"}]}', encoding="utf-8")
    with pytest.raises(ValueError, match="subjet"):
        load_seed(file)


def test_status_fields_tell_names_and_only_admins_see_the_timer(desk: Client) -> None:
    fields = {field["name"]: field for field in desk.get("ticket_fields").json()}
    assert fields["status"]["choices"]["8"] == ["Esperando aprobación", "Esperando su aprobación"]
    assert fields["priority"]["choices"]["Urgent"] == 4
    assert fields["cf_region"]["choices"] == ["Lima", "Cusco"]
    choices = desk.get("admin/ticket_fields").json()[0]["choices"]
    assert {choice["id"]: choice["stop_sla_timer"] for choice in choices}[3] is True


def test_descriptions_of_the_account(desk: Client) -> None:
    assert desk.get("settings/helpdesk").json()["primary_language"] == "es-LA"
    assert desk.get("business_hours").json()[0]["business_hours"]["monday"]["start_time"] == "9:00 am"
    assert desk.get("sla_policies").json()[0]["sla_target"]["priority_4"]["respond_within"] == 4 * 3600
    assert desk.get("email_configs").json()[0]["reply_email"] == "soporte@demo.example"
    assert [f["name"] for f in desk.get("company_fields").json()] == [
        "factura_vencida",
        "vencimiento_factura",
    ]
    assert desk.get("agents", email="lucia@demo.example").json()[0]["id"] == LUCIA_ID
    assert {desk.get(path).status_code for path in ("agents/5", "groups/5", "roles/5")} == {404}


def test_names_are_completed(desk: Client) -> None:
    desk.sim("POST", "companies", {"name": "Andina Minera"})
    desk.post("contacts", {"name": "Eva Luna", "email": "eva@andina.example"})
    found = desk.get("companies/autocomplete", name="min").json()["companies"]
    assert [row["name"] for row in found] == ["Andina Minera"]
    assert desk.get("companies/autocomplete", name="ina").json() == {"companies": []}
    assert [row["name"] for row in desk.get("contacts/autocomplete", term="lun").json()] == ["Eva Luna"]
