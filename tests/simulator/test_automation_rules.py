"""Automation rules over the API: what is read, made and changed, and that it fires."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from bot.simulator.automations import Automation
from bot.simulator.seed import BOT_ID, AgentSeed, Seed
from bot.simulator.server import SimulatorServer

HOOK: dict[str, Any] = {
    "field_name": "trigger_webhook",
    "request_type": "POST",
    "url": "http://127.0.0.1:1/hook",
    "content_type": "JSON",
    "content_layout": "2",
    "content": {"ticket_id": "{{ticket.id}}"},
    "custom_headers": {"X-Secret": "s"},
}
NEW: dict[str, Any] = {"name": "Avisar", "actions": [HOOK]}


@pytest.fixture
def account() -> Iterator[SimulatorServer]:
    seeded = Automation(url="http://127.0.0.1:1/old", on="update", events=frozenset({"status"}))
    with SimulatorServer(seed=Seed(automations=(seeded,))) as server:
        yield server


def call(server: SimulatorServer, method: str, path: str, body: object = None) -> requests.Response:
    url = f"{server.url}/api/v2/automations/{path}"
    return requests.request(method, url, json=body, auth=("sim-key", "X"), timeout=5)


def sent(server: SimulatorServer) -> list[str]:
    requests.post(f"{server.url}/_sim/tickets", json={"subject": "Hola", "text": "Hola"}, timeout=5)
    log = requests.get(f"{server.url}/_sim/webhooks?bodies=1", timeout=5).json()
    return [delivery["body"] for delivery in log]


def test_a_rule_of_the_control_route_is_read_as_freshdesk_writes_it(account: SimulatorServer) -> None:
    [rule] = call(account, "GET", "4/rules").json()
    assert call(account, "GET", "1/rules").json() == []
    assert rule["performer"] == {"type": 3}
    assert rule["events"] == [{"field_name": "status"}]
    assert rule["actions"][0]["url"] == "http://127.0.0.1:1/old"


def test_a_made_rule_is_listed_and_fires(account: SimulatorServer) -> None:
    made = call(account, "POST", "1/rules", NEW)
    assert made.status_code == 201
    assert call(account, "GET", "1/rules").json() == [made.json()]
    assert sent(account) == ['{"ticket_id": "1"}']


def test_a_rule_that_is_switched_off_fires_no_more(account: SimulatorServer) -> None:
    number = call(account, "POST", "1/rules", NEW).json()["id"]
    changed = call(account, "PUT", f"1/rules/{number}", {"active": False}).json()
    assert (changed["active"], changed["actions"]) == (False, [HOOK])
    assert sent(account) == []


def test_a_seeded_rule_that_is_changed_stays_one(account: SimulatorServer) -> None:
    [rule] = call(account, "GET", "4/rules").json()
    call(account, "PUT", f"4/rules/{rule['id']}", {"actions": [HOOK]})
    [changed] = call(account, "GET", "4/rules").json()
    assert (changed["id"], changed["actions"]) == (rule["id"], [HOOK])


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        pytest.param("1/rules", {"actions": [HOOK]}, "name", id="no name"),
        pytest.param("1/rules", {"name": "Nada", "actions": []}, "actions", id="no action"),
        pytest.param("4/rules", NEW, "events", id="update without events"),
        pytest.param("1/rules", {"name": "A", "actions": [{"field_name": "trigger_webhook"}]}, "content_type",
                     id="no content type"),
    ],
)  # fmt: skip
def test_what_is_missing_is_refused(
    account: SimulatorServer, path: str, body: dict[str, Any], field: str
) -> None:
    answer = call(account, "POST", path, body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


def test_names_are_unique_and_other_kinds_unknown(account: SimulatorServer) -> None:
    call(account, "POST", "1/rules", NEW)
    assert call(account, "POST", "1/rules", NEW).json()["errors"][0]["code"] == "duplicate_value"
    assert call(account, "POST", "2/rules", NEW).status_code == 404
    assert call(account, "PUT", "1/rules/7", NEW).status_code == 404


def test_only_administrators_see_rules() -> None:
    plain = AgentSeed(id=BOT_ID, name="Semáforo", email="s@demo.example", admin=False)
    with SimulatorServer(seed=Seed(agents=(plain,))) as server:
        assert call(server, "GET", "1/rules").status_code == 403
