"""Do replies and notes leave the marks on a ticket that they leave in Freshdesk?"""

from __future__ import annotations

from typing import Any

import pytest

from bot.simulator.seed import BOT_ID, LUCIA_ID

from .client import Client

LATER = "2026-03-04T10:00:00Z"
CREATED = "2026-03-04T09:00:00Z"


def stats(desk: Client, ticket: int) -> dict[str, Any]:
    return dict(desk.get(f"tickets/{ticket}", include="stats").json()["stats"])


@pytest.fixture
def ticket(desk: Client) -> int:
    return int(desk.customer_opens(created_at=CREATED)["id"])


def say(desk: Client, ticket: int, **message: Any) -> None:
    desk.sim("POST", f"tickets/{ticket}/reply", {"text": "hola"} | message)


def test_private_note_is_no_response(desk: Client, ticket: int) -> None:
    note = desk.post(f"tickets/{ticket}/notes", {"body": "<p>interno</p>"}).json()
    assert (note["private"], note["incoming"], note["source"], note["body_text"]) == (
        True,
        False,
        2,
        "interno",
    )
    assert stats(desk, ticket)["first_responded_at"] is None


@pytest.mark.parametrize(("path", "extra"), [("reply", {}), ("notes", {"private": False})])
def test_public_words_through_the_api_are_the_first_response(
    desk: Client, ticket: int, path: str, extra: dict[str, Any]
) -> None:
    written = desk.post(f"tickets/{ticket}/{path}", {"body": "x"} | extra).json()
    assert stats(desk, ticket)["first_responded_at"] == written["created_at"]


def test_first_response_stays_the_first(desk: Client, ticket: int) -> None:
    say(desk, ticket, **{"as": "agent", "at": LATER, "agent_id": LUCIA_ID})
    say(desk, ticket, **{"as": "agent", "at": "2026-03-04T11:00:00Z"})
    say(desk, ticket, **{"as": "customer", "at": "2026-03-04T12:00:00Z"})
    seen = stats(desk, ticket)
    assert seen["first_responded_at"] == LATER
    assert seen["agent_responded_at"] == "2026-03-04T11:00:00Z"
    assert seen["requester_responded_at"] == "2026-03-04T12:00:00Z"


def test_status_marks(desk: Client, ticket: int) -> None:
    path = f"tickets/{ticket}"
    desk.put(path, {"status": 3})
    assert stats(desk, ticket)["pending_since"] is not None
    desk.put(path, {"status": 4})
    solved = stats(desk, ticket)
    assert (solved["pending_since"], solved["closed_at"]) == (None, None)
    assert solved["resolved_at"] == solved["status_updated_at"]
    desk.put(path, {"status": 5})
    assert stats(desk, ticket)["closed_at"] is not None
    desk.put(path, {"status": 2})
    again = stats(desk, ticket)
    assert again["reopened_at"] is not None
    assert (again["resolved_at"], again["closed_at"]) == (None, None)


def test_reopening_may_keep_the_resolution(desk: Client, ticket: int) -> None:
    desk.switch(reopen_clears_resolution=False)
    desk.put(f"tickets/{ticket}", {"status": 4})
    desk.put(f"tickets/{ticket}", {"status": 2})
    assert stats(desk, ticket)["resolved_at"] is not None


@pytest.mark.parametrize(
    ("switch", "status", "after"),
    [
        ("resolved_or_closed", 4, 2),
        ("resolved_or_closed", 5, 2),
        ("resolved_or_closed", 6, 6),
        ("always", 6, 2),
        ("never", 4, 4),
    ],
)
def test_customer_reply_reopens(desk: Client, ticket: int, switch: str, status: int, after: int) -> None:
    desk.switch(customer_reply_reopens=switch)
    desk.put(f"tickets/{ticket}", {"status": status})
    say(desk, ticket, **{"as": "customer"})
    assert desk.whole(ticket)["status"] == after


def test_list_is_oldest_first_and_paged(desk: Client, ticket: int) -> None:
    say(desk, ticket, at=LATER, text="segunda")
    say(desk, ticket, at="2026-03-04T09:30:00Z", text="primera")
    first = desk.get(f"tickets/{ticket}/conversations", per_page=1)
    assert [c["body_text"] for c in first.json()] == ["primera"]
    assert 'rel="next"' in first.headers["Link"]
    assert desk.get(f"tickets/{ticket}/conversations", per_page=101).status_code == 400


def test_reading_lags_behind(desk: Client, ticket: int) -> None:
    desk.switch(conversation_lag_seconds=20)
    desk.post(f"tickets/{ticket}/notes", {"body": "x"})
    assert desk.get(f"tickets/{ticket}/conversations").json() == []
    assert desk.get(f"tickets/{ticket}", include="conversations").json()["conversations"] == []
    assert len(desk.whole(ticket)["conversations"]) == 1
    desk.sim("PUT", "clock", {"offset_seconds": 21})
    assert len(desk.get(f"tickets/{ticket}/conversations").json()) == 1


@pytest.mark.parametrize(
    ("switch", "shown"), [("address", "soporte@demo.example"), ("number", BOT_ID), ("null", None)]
)
def test_from_email_has_three_types(desk: Client, ticket: int, switch: str, shown: Any) -> None:
    desk.switch(from_email=switch)
    assert desk.post(f"tickets/{ticket}/reply", {"body": "x"}).json()["from_email"] == shown


def test_only_notes_are_edited_and_no_customer_is_deleted(desk: Client, ticket: int) -> None:
    note = desk.post(f"tickets/{ticket}/notes", {"body": "x"}).json()
    reply = desk.post(f"tickets/{ticket}/reply", {"body": "x"}).json()
    say(desk, ticket, **{"as": "customer"})
    customer = desk.get(f"tickets/{ticket}/conversations").json()[-1]
    assert desk.put(f"conversations/{note['id']}", {"body": "<b>y</b>"}).json()["body_text"] == "y"
    assert desk.put(f"conversations/{reply['id']}", {"body": "y"}).status_code == 400
    assert desk.send("DELETE", f"conversations/{customer['id']}").status_code == 400
    assert desk.send("DELETE", f"conversations/{note['id']}").status_code == 204
    assert [c["id"] for c in desk.whole(ticket)["conversations"]] == [reply["id"], customer["id"]]


def test_forward_needs_recipients_and_is_no_response(desk: Client, ticket: int) -> None:
    assert desk.post(f"tickets/{ticket}/forward", {"body": "x"}).status_code == 400
    for path in ("forward", "reply_to_forward"):
        sent = desk.post(f"tickets/{ticket}/{path}", {"body": "x", "to_emails": ["p@fabrica.example"]})
        assert (sent.status_code, sent.json()["source"]) == (201, 8)
    assert stats(desk, ticket)["first_responded_at"] is None


def test_a_key_writes_as_its_agent(desk: Client, ticket: int) -> None:
    human = Client(desk.server, "lucia-key")
    assert human.post(f"tickets/{ticket}/notes", {"body": "x"}).json()["user_id"] == LUCIA_ID
    human.put(f"tickets/{ticket}", {"priority": 3})
    assert desk.whole(ticket)["history"][-1]["by"] == {"kind": "agent", "id": LUCIA_ID}


def test_timer_of_a_time_entry(desk: Client, ticket: int) -> None:
    entry = desk.post(f"tickets/{ticket}/time_entries", {"note": "visita"}).json()
    assert (entry["timer_running"], entry["time_spent"], entry["agent_id"]) == (True, "00:00", BOT_ID)
    path = f"time_entries/{entry['id']}"
    assert desk.put(path, {"agent_id": LUCIA_ID}).status_code == 400
    desk.sim("PUT", "clock", {"offset_seconds": 5400})
    stopped = desk.put(f"{path}/toggle_timer").json()
    assert (stopped["timer_running"], stopped["time_spent"]) == (False, "01:30")
    assert desk.put(path, {"time_spent": "02:00", "agent_id": LUCIA_ID}).json()["time_spent"] == "02:00"
    assert desk.get("time_entries", agent_id=LUCIA_ID).json()[0]["id"] == entry["id"]
    assert desk.send("DELETE", path).status_code == 204
    assert desk.get(f"tickets/{ticket}/time_entries").json() == []
