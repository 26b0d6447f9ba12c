"""Do the automations send what Freshdesk sends, for what happened and to whom it concerns?"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs
from xml.etree import ElementTree as ET

import pytest
import requests

from bot.simulator.seed import BOT_ID, DIEGO_ID, LUCIA_ID

from .client import Client
from .receiver import Receiver


def test_simple_creation(rigged: Callable[..., Client], receiver: Receiver) -> None:
    desk = rigged(on="creation", headers={"X-Webhook-Secret": "s3"}, username="bot", password="clave")
    desk.customer_opens(
        subject='Falla el "pago"', email="ana@andina.example", name="Ana Ruiz", priority=3, tags=["vip", "b"]
    )
    assert desk.server.wait_webhooks()
    headers, body = receiver.got[0]
    sent = json.loads(body)["freshdesk_webhook"]
    assert (sent["ticket_id"], sent["ticket_subject"], sent["ticket_priority"]) == (
        1,
        'Falla el "pago"',
        "High",
    )
    assert (sent["ticket_tags"], sent["ticket_contact_name"]) == ("vip, b", "Ana Ruiz")
    assert sent["ticket_url"] == "https://demo.freshdesk.com/a/tickets/1"
    assert sent["triggered_event"] == "{ticket_action:created}"
    assert (sent["ticket_group_name"], sent["ticket_latest_public_comment"]) == (None, None)
    assert headers["X-Webhook-Secret"] == "s3"
    assert headers["Authorization"] == requests.auth._basic_auth_str("bot", "clave")
    assert headers["Content-Type"] == "application/json"


def test_due_date_is_a_local_human_text(rigged: Callable[..., Client], receiver: Receiver) -> None:
    desk = rigged(on="creation")
    desk.customer_opens(due_by="2026-03-05T22:00:00Z")
    assert desk.server.wait_webhooks()
    assert receiver.bodies()[0]["freshdesk_webhook"]["ticket_due_by_time"] == "March 05 2026 at 05:00 PM -05"


def test_advanced(rigged: Callable[..., Client], receiver: Receiver) -> None:
    desk = rigged(style="advanced")
    desk.customer_opens(priority=1)
    desk.put("tickets/1", {"priority": 3})
    assert desk.server.wait_webhooks()
    assert receiver.bodies() == [
        {
            "v": 1,
            "ticket_id": "1",
            "event": "{priority:{from:1,to:3}}",
            "status": "Open",
            "priority": "High",
        }
    ]


def test_advanced_content_of_ones_own(rigged: Callable[..., Client], receiver: Receiver) -> None:
    desk = rigged(style="advanced", on="creation", content='{"id":{{ticket.id}},"s":"{{ ticket.subject }}"}')
    desk.customer_opens(subject='dice "no"\n y {{ticket.id}}')
    assert desk.server.wait_webhooks()
    assert receiver.bodies() == [{"id": 1, "s": 'dice "no"\n y {{ticket.id}}'}]


def test_advanced_broken(rigged: Callable[..., Client], receiver: Receiver) -> None:
    desk = rigged(style="advanced_broken")
    desk.customer_opens()
    desk.sim("POST", "tickets/1/reply", {"text": 'dijo "no"'})
    assert desk.server.wait_webhooks()
    body = receiver.got[0][1]
    assert b'"ticket_id": 1,' in body
    with pytest.raises(ValueError):
        json.loads(body)


def test_form_and_xml(rigged: Callable[..., Client], receiver: Receiver) -> None:
    desk = rigged(style="form", on="creation")
    desk.customer_opens(subject="a&b=ñ")
    assert desk.server.wait_webhooks()
    headers, body = receiver.got[0]
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert parse_qs(body.decode())["freshdesk_webhook[ticket_subject]"] == ["a&b=ñ"]
    desk = rigged(style="xml", on="creation")
    desk.customer_opens(subject="a<b>\x00ñ")
    assert desk.server.wait_webhooks()
    root = ET.fromstring(receiver.got[1][1])  # noqa: S314 - written by the simulator itself
    assert (root.tag, root.findtext("ticket_id"), root.findtext("ticket_subject")) == (
        "freshdesk_webhook",
        "1",
        "a<b>ñ",
    )


@pytest.mark.parametrize(
    ("fields", "event"),
    [
        ({"status": 3}, "{status:{from:2,to:3}}"),
        ({"responder_id": LUCIA_ID}, f"{{responder_id:{{from:,to:{LUCIA_ID}}}}}"),
        ({"status": 3, "priority": 2}, "{priority:{from:1,to:2}}"),
        ({"type": "Incident"}, "{ticket_type:{from:,to:Incident}}"),
        ({"tags": ["x"]}, "{ticket_action:update}"),
    ],
)
def test_only_the_first_change_is_told(
    rigged: Callable[..., Client], receiver: Receiver, fields: Any, event: str
) -> None:
    desk = rigged()
    desk.customer_opens()
    desk.put("tickets/1", fields)
    desk.put("tickets/1", fields)  # changes nothing, so tells nothing
    assert desk.server.wait_webhooks()
    assert receiver.events() == [event]


@pytest.mark.parametrize(
    ("act", "event"),
    [
        (lambda d: d.post("tickets/1/notes", {"body": "x"}), "{note_type:private}"),
        (lambda d: d.post("tickets/1/notes", {"body": "x", "private": False}), "{note_type:public}"),
        (lambda d: d.post("tickets/1/reply", {"body": "x"}), "{note_type:public}"),
        (lambda d: d.sim("POST", "tickets/1/reply", {"text": "x"}), "{note_type:public}"),
        (lambda d: d.send("DELETE", "tickets/1"), "{ticket_action:delete}"),
    ],
)
def test_other_events(
    rigged: Callable[..., Client], receiver: Receiver, act: Callable[[Client], Any], event: str
) -> None:
    desk = rigged()
    desk.customer_opens()
    act(desk)
    assert desk.server.wait_webhooks()
    assert receiver.events() == [event]


def test_replies_may_have_an_event_of_their_own(rigged: Callable[..., Client], receiver: Receiver) -> None:
    desk = rigged()
    desk.switch(reply_event="reply_sent")
    desk.customer_opens()
    desk.post("tickets/1/reply", {"body": "x"})
    assert desk.server.wait_webhooks()
    assert receiver.events() == ["{reply_sent:sent}"]


@pytest.mark.parametrize(
    ("rule", "fired"),
    [
        pytest.param({}, [BOT_ID, LUCIA_ID, "requester"], id="agents and requesters"),
        pytest.param({"exclude_agent_id": BOT_ID}, [LUCIA_ID, "requester"], id="not the bot"),
        pytest.param({"performers": ["requester"]}, ["requester"], id="requesters"),
        pytest.param({"performers": ["system"]}, ["system"], id="system"),
        pytest.param({"events": ["status"]}, [], id="another event"),
        pytest.param({"active": False}, [], id="switched off"),
        pytest.param({"on": "creation"}, ["created"], id="creation only"),
    ],
)
def test_who_fires_a_rule(
    rigged: Callable[..., Client], receiver: Receiver, rule: Any, fired: list[Any]
) -> None:
    desk = rigged(**rule)
    desk.customer_opens(priority=1)
    desk.put("tickets/1", {"priority": 2})
    Client(desk.server, "lucia-key").put("tickets/1", {"priority": 3})
    for who, priority in (("requester", 4), ("system", 1)):
        desk.sim("POST", "tickets/1/update", {"as": who, "fields": {"priority": priority}})
    assert desk.server.wait_webhooks()
    told = {
        "{priority:{from:1,to:2}}": BOT_ID,
        "{priority:{from:2,to:3}}": LUCIA_ID,
        "{priority:{from:3,to:4}}": "requester",
        "{priority:{from:4,to:1}}": "system",
        "{ticket_action:created}": "created",
    }
    assert sorted(map(str, (told[event] for event in receiver.events()))) == sorted(map(str, fired))


def test_reopening_by_a_reply_is_the_systems_doing(rigged: Callable[..., Client], receiver: Receiver) -> None:
    desk = rigged(performers=["system"])
    desk.customer_opens(status=4)
    desk.sim("POST", "tickets/1/reply", {"text": "sigue igual"})
    assert desk.server.wait_webhooks()
    assert receiver.events() == ["{status:{from:4,to:2}}"]


def test_quiet_changes(rigged: Callable[..., Client], receiver: Receiver) -> None:
    desk = rigged()
    desk.customer_opens(fire=False)
    desk.sim(
        "POST",
        "tickets/1/update",
        {"as": "agent", "agent_id": DIEGO_ID, "fields": {"status": 3}, "fire": False},
    )
    assert desk.server.wait_webhooks()
    assert receiver.got == []
    assert desk.whole(1)["history"][-1]["by"]["id"] == DIEGO_ID


def test_rules_are_replaced_and_stay_on_loopback(desk: Client, receiver: Receiver) -> None:
    desk.sim("PUT", "automations", [{"url": receiver.url, "on": "creation", "name": "una"}])
    assert [rule["name"] for rule in desk.sim("GET", "automations")] == ["una"]
    desk.create()
    assert desk.server.wait_webhooks()
    assert len(receiver.got) == 1
    bad = requests.put(
        f"{desk.server.url}/_sim/automations", json=[{"url": "https://example.com/x"}], timeout=5
    )
    assert bad.status_code == 400
    assert "loopback" in bad.json()["errors"][0]["message"]
    assert len(desk.sim("GET", "automations")) == 1
