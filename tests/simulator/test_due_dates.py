"""Which due dates does the simulator take, and what does its native SLA do to them?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from .client import Client, problems


def ahead(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def opened(desk: Client, **fields: Any) -> int:
    """Open a ticket that has no due dates of its own."""
    desk.switch(native_sla=False)
    return int(desk.customer_opens(**fields)["id"])


def put(desk: Client, ticket: int, **fields: Any) -> requests.Response:
    return desk.put(f"tickets/{ticket}", fields)


def test_any_offset_is_read_and_utc_is_shown(desk: Client) -> None:
    ticket = opened(desk)
    updated = put(
        desk, ticket, fr_due_by="2999-03-05T12:56:15+05:00", due_by="2999-03-06T07:00:00-0500"
    ).json()
    assert (updated["fr_due_by"], updated["due_by"]) == ("2999-03-05T07:56:15Z", "2999-03-06T12:00:00Z")


REFUSED = [
    pytest.param({}, {"due_by": -1}, {"due_by": "invalid_value"}, id="past"),
    pytest.param({}, {"fr_due_by": 3, "due_by": 2}, {"due_by": "invalid_value"}, id="wrong order"),
    pytest.param({}, {"fr_due_by": 3, "due_by": 3}, {"due_by": "invalid_value"}, id="equal"),
    pytest.param({"due_by": 5}, {"fr_due_by": 6}, {"fr_due_by": "invalid_value"}, id="after the stored one"),
    pytest.param(
        {"fr_due_by": 4, "due_by": 6}, {"due_by": 3}, {"due_by": "invalid_value"}, id="before the stored one"
    ),
]


@pytest.mark.parametrize(("stored", "sent", "refused"), REFUSED)
def test_refused(desk: Client, stored: dict[str, int], sent: dict[str, int], refused: dict[str, str]) -> None:
    ticket = opened(desk, **{field: ahead(hours) for field, hours in stored.items()})
    response = put(desk, ticket, **{field: ahead(hours) for field, hours in sent.items()})
    assert (response.status_code, problems(response)) == (400, refused)


def test_past_dates_by_switch(desk: Client) -> None:
    ticket = opened(desk)
    desk.switch(past_due="accept")
    assert put(desk, ticket, due_by="2020-01-01T00:00:00Z").json()["due_by"] == "2020-01-01T00:00:00Z"


def test_both_dates_required_by_switch(desk: Client) -> None:
    ticket = opened(desk)
    assert put(desk, ticket, due_by=ahead(5)).status_code == 200
    desk.switch(due_requires_both=True)
    assert problems(put(desk, ticket, due_by=ahead(6))) == {"fr_due_by": "missing_field"}
    assert put(desk, ticket, due_by=ahead(6), fr_due_by=ahead(2)).status_code == 200


@pytest.mark.parametrize("status", [3, 4, 5, 6, 7, 8])
@pytest.mark.parametrize("code", ["incompatible_field", "invalid_value"])
def test_status_with_its_timer_off_refuses(desk: Client, status: int, code: str) -> None:
    ticket = opened(desk, status=status)
    desk.switch(timer_off_code=code)
    response = put(desk, ticket, due_by=ahead(4), fr_due_by=ahead(2))
    assert (response.status_code, problems(response)) == (400, {"due_by": code, "fr_due_by": code})


def test_timer_off_by_switch_and_by_the_status_sent_along(desk: Client) -> None:
    ticket = opened(desk, status=3)
    assert put(desk, ticket, status=2, due_by=ahead(4)).status_code == 200
    assert problems(put(desk, ticket, status=3, due_by=ahead(5))) == {"due_by": "incompatible_field"}
    desk.switch(due_while_timer_off="accept")
    assert put(desk, ticket, status=3, due_by=ahead(5)).status_code == 200


@pytest.mark.parametrize(("answer", "status", "moved"), [("accept", 200, True), ("ignore", 200, False)])
def test_first_response_due_after_the_response(desk: Client, answer: str, status: int, moved: bool) -> None:
    ticket = opened(desk, fr_due_by="2998-01-01T00:00:00Z")
    desk.sim("POST", f"tickets/{ticket}/reply", {"as": "agent", "body": "hola"})
    desk.switch(fr_due_after_response=answer)
    response = put(desk, ticket, fr_due_by="2998-02-01T00:00:00Z", priority=2)
    assert response.status_code == status
    assert (response.json()["fr_due_by"] == "2998-02-01T00:00:00Z") is moved


def test_first_response_due_after_the_response_refused(desk: Client) -> None:
    ticket = opened(desk)
    desk.sim("POST", f"tickets/{ticket}/reply", {"as": "agent", "body": "hola"})
    desk.switch(fr_due_after_response="reject")
    assert problems(put(desk, ticket, fr_due_by=ahead(2))) == {"fr_due_by": "incompatible_field"}


class TestNativeSla:
    """Dates that Freshdesk sets by itself, from the moment of creation and the priority."""

    CREATED = "2026-03-02T15:00:00Z"

    def test_null_at_first_then_filled(self, desk: Client) -> None:
        desk.switch(sla_fill_seconds=30)
        ticket = desk.create()
        assert (ticket["due_by"], ticket["fr_due_by"]) == (None, None)
        desk.sim("PUT", "clock", {"offset_seconds": 31})
        read = desk.get(f"tickets/{ticket['id']}").json()
        created = datetime.fromisoformat(read["created_at"])
        assert datetime.fromisoformat(read["fr_due_by"]) - created == timedelta(hours=24)
        assert datetime.fromisoformat(read["due_by"]) - created == timedelta(hours=72)

    def test_date_set_by_hand_before_the_fill_stays(self, desk: Client) -> None:
        desk.switch(sla_fill_seconds=30)
        ticket = desk.create()
        put(desk, ticket["id"], due_by="2999-01-01T00:00:00Z")
        desk.sim("PUT", "clock", {"offset_seconds": 31})
        read = desk.get(f"tickets/{ticket['id']}").json()
        assert read["due_by"] == "2999-01-01T00:00:00Z"
        assert read["fr_due_by"] is not None

    @pytest.mark.parametrize(("sticky", "kept"), [(True, True), (False, False)])
    def test_change_of_priority(self, desk: Client, sticky: bool, kept: bool) -> None:
        desk.switch(sla_fill_seconds=0, manual_due_sticky=sticky)
        ticket = desk.customer_opens(created_at=self.CREATED, due_by="2999-01-01T00:00:00Z")
        changed = put(desk, ticket["id"], priority=4).json()
        assert changed["fr_due_by"] == "2026-03-02T19:00:00Z"
        assert changed["due_by"] == ("2999-01-01T00:00:00Z" if kept else "2026-03-03T03:00:00Z")

    @pytest.mark.parametrize(
        ("shifts", "native_moves", "manual_moves"),
        [("none", False, False), ("native", True, False), ("all", True, True)],
    )
    def test_pause(self, desk: Client, shifts: str, native_moves: bool, manual_moves: bool) -> None:
        desk.switch(sla_fill_seconds=0, resume_shifts_due=shifts)
        ticket = desk.customer_opens(fr_due_by="2998-01-01T00:00:00Z")
        before = desk.whole(ticket["id"])
        put(desk, ticket["id"], status=6)
        desk.sim("PUT", "clock", {"offset_seconds": 3600})
        after = put(desk, ticket["id"], status=2).json()
        assert (after["due_by"] != before["due_by"]) is native_moves
        assert (after["fr_due_by"] != before["fr_due_by"]) is manual_moves
        if native_moves:
            moved = datetime.fromisoformat(after["due_by"]) - datetime.fromisoformat(before["due_by"])
            assert timedelta(hours=1) <= moved < timedelta(hours=1, seconds=30)

    def test_pause_leaves_the_due_date_of_a_response_already_given(self, desk: Client) -> None:
        desk.switch(sla_fill_seconds=0, resume_shifts_due="all")
        ticket = desk.customer_opens(replies=[{"as": "agent", "text": "hola"}])
        before = put(desk, ticket["id"], status=6).json()
        desk.sim("PUT", "clock", {"offset_seconds": 3600})
        after = put(desk, ticket["id"], status=2).json()
        assert after["fr_due_by"] == before["fr_due_by"]
        assert after["due_by"] != before["due_by"]

    def test_lateness_is_flagged(self, desk: Client) -> None:
        ticket = desk.customer_opens(
            created_at="2026-03-01T00:00:00Z", fr_due_by="2026-03-01T04:00:00Z", due_by="2999-01-01T00:00:00Z"
        )
        read = desk.get(f"tickets/{ticket['id']}").json()
        assert (read["fr_escalated"], read["is_escalated"]) == (True, True)
        on_time = desk.customer_opens(created_at="2026-03-01T00:00:00Z", fr_due_by="2999-01-01T00:00:00Z")
        assert on_time["fr_escalated"] is False
