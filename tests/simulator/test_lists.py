"""Does a list hold the right tickets, in pages, at the right cost?"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from bot.simulator.seed import DIEGO_ID

from .client import Client, problems


def numbers(response: requests.Response) -> list[int]:
    assert response.status_code == 200, response.text
    return [row["id"] for row in response.json()]


def test_pages_link_to_the_next(desk: Client) -> None:
    for _ in range(5):
        desk.create()
    first = desk.get("tickets", per_page=2, order_type="asc")
    assert numbers(first) == [1, 2]
    link = first.links["next"]["url"]
    assert parse_qs(urlsplit(link).query) == {"per_page": ["2"], "order_type": ["asc"], "page": ["2"]}
    second = requests.get(link, auth=("sim-key", "X"), timeout=5)
    third = requests.get(second.links["next"]["url"], auth=("sim-key", "X"), timeout=5)
    assert (numbers(second), numbers(third)) == ([3, 4], [5])
    assert "Link" not in third.headers


@pytest.mark.parametrize(
    "args", [{"per_page": 101}, {"per_page": 0}, {"page": 0}, {"page": 301}, {"page": "x"}]
)
def test_page_out_of_range(desk: Client, args: Any) -> None:
    response = desk.get("tickets", **args)
    assert (response.status_code, problems(response)) == (400, {next(iter(args)): "invalid_value"})


def test_full_last_page_has_no_link(desk: Client) -> None:
    desk.create()
    desk.create()
    assert "Link" in desk.get("tickets", per_page=1).headers
    assert "Link" not in desk.get("tickets", per_page=2).headers


def test_window_of_thirty_days(desk: Client) -> None:
    desk.customer_opens(created_at="2020-01-01T00:00:00Z", updated_at="2020-01-02T00:00:00Z")
    new = desk.create()["id"]
    assert numbers(desk.get("tickets")) == [new]
    assert numbers(desk.get("tickets", updated_since="2020-01-02", order_type="asc")) == [1, new]
    assert numbers(desk.get("tickets", updated_since="2020-01-02T00:00:01Z")) == [new]


@pytest.mark.parametrize(
    "since", ["2020-01-02", "2020-01-01T19:00-05:00", "2020-01-02T00:00:00Z", "2020-01-02T05:30:00+0530"]
)
def test_updated_since_is_read_in_many_forms(desk: Client, since: str) -> None:
    desk.customer_opens(created_at="2020-01-01T00:00:00Z", updated_at="2020-01-02T00:00:00Z")
    assert numbers(desk.get("tickets", updated_since=since)) == [1]


@pytest.mark.parametrize(
    ("args", "found"),
    [
        pytest.param({}, [6, 2, 1], id="default hides deleted and spam"),
        pytest.param({"filter": "deleted"}, [3], id="deleted"),
        pytest.param({"filter": "spam"}, [4], id="spam"),
        pytest.param({"filter": "new_and_my_open"}, [6, 1], id="new and my open"),
        pytest.param({"filter": "watching"}, [], id="watching"),
        pytest.param({"email": "eva@andina.example"}, [6, 2], id="requester's mail"),
        pytest.param({"order_by": "status", "order_type": "asc"}, [1, 6, 2], id="by status"),
    ],
)
def test_filters(desk: Client, args: Any, found: list[int]) -> None:
    desk.customer_opens()
    desk.customer_opens(email="eva@andina.example", status=3, responder_id=DIEGO_ID)
    desk.customer_opens(deleted=True)
    desk.customer_opens(spam=True)
    desk.customer_opens(archived=True)
    desk.customer_opens(email="eva@andina.example")
    assert numbers(desk.get("tickets", **args)) == found


def test_filter_by_company_and_requester(desk: Client) -> None:
    ticket = desk.customer_opens(company="Andina")
    desk.customer_opens(email="otro@otra.example")
    assert numbers(desk.get("tickets", company_id=ticket["company_id"])) == [ticket["id"]]
    assert numbers(desk.get("tickets", requester_id=ticket["requester_id"])) == [ticket["id"]]


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"company_id": 5}, "invalid_value"),
        ({"requester_id": "x"}, "invalid_value"),
        ({"email": "no@one.example"}, "invalid_value"),
        ({"filter": "mine"}, "invalid_value"),
        ({"order_by": "subject"}, "invalid_value"),
        ({"updated_since": "ayer"}, "invalid_value"),
        ({"include": "conversations"}, "invalid_value"),
        ({"color": "rojo"}, "invalid_field"),
    ],
)
def test_bad_query(desk: Client, args: Any, code: str) -> None:
    response = desk.get("tickets", **args)
    assert (response.status_code, problems(response)) == (400, {next(iter(args)): code})


def test_order_by_due_date(desk: Client) -> None:
    desk.switch(native_sla=False)
    desk.customer_opens(due_by="2999-01-02T00:00:00Z")
    desk.customer_opens()
    desk.customer_opens(due_by="2999-01-01T00:00:00Z")
    assert numbers(desk.get("tickets", order_by="due_by")) == [1, 3, 2]


def test_includes_and_what_they_cost(desk: Client) -> None:
    ticket = desk.customer_opens(company="Andina", text="línea")
    for _ in range(11):
        desk.post(f"tickets/{ticket['id']}/notes", {"body": "nota"})
    plain = desk.get("tickets")
    assert plain.headers["X-RateLimit-Used-CurrentRequest"] == "1"
    assert not {"description", "conversations", "stats", "requester"} & plain.json()[0].keys()
    rich = desk.get("tickets", include="stats,requester,description,company")
    assert rich.headers["X-RateLimit-Used-CurrentRequest"] == "9"
    assert rich.json()[0]["company"]["name"] == "Andina"
    assert rich.json()[0]["description_text"] == "línea"
    one = desk.get(f"tickets/{ticket['id']}", include="conversations")
    assert one.headers["X-RateLimit-Used-CurrentRequest"] == "2"
    assert len(one.json()["conversations"]) == 10


def test_rows_shift_while_paging(desk: Client) -> None:
    for _ in range(4):
        desk.create()
    first = numbers(desk.get("tickets", per_page=2))
    desk.create()
    assert first == [4, 3]
    assert numbers(desk.get("tickets", per_page=2, page=2)) == [3, 2]


def test_list_lags_behind(desk: Client) -> None:
    ticket = desk.create(priority=1)
    desk.sim("PUT", "clock", {"offset_seconds": 100})
    desk.switch(list_lag_seconds=30)
    desk.put(f"tickets/{ticket['id']}", {"priority": 4, "custom_fields": {"cf_pedido": "A"}})
    desk.create()
    rows = desk.get("tickets").json()
    assert [(r["id"], r["priority"], r["custom_fields"]["cf_pedido"]) for r in rows] == [
        (ticket["id"], 1, None)
    ]
    assert rows[0]["updated_at"] == ticket["updated_at"]
    assert desk.whole(ticket["id"])["set_by_hand"] == []
    desk.sim("PUT", "clock", {"offset_seconds": 131})
    assert [row["priority"] for row in desk.get("tickets", order_type="asc").json()] == [4, 1]


@pytest.mark.parametrize(("choice", "status"), [("redirect", 301), ("not_found", 404)])
def test_archived_tickets(desk: Client, choice: str, status: int) -> None:
    desk.switch(archived=choice)
    ticket = desk.customer_opens(archived=True, replies=[{"text": "gracias"}])
    path = f"tickets/{ticket['id']}"
    response = desk.get(path)
    assert response.status_code == status
    if status == 301:
        assert response.headers["Location"].endswith("/api/v2/tickets/archived/1")
    assert desk.put(path, {"priority": 2}).status_code == 404
    assert desk.get(f"tickets/archived/{ticket['id']}").json()["subject"] == "Consulta"
    assert len(desk.get(f"tickets/archived/{ticket['id']}/conversations").json()) == 1


def test_merge_closes_the_secondary(desk: Client) -> None:
    first, second = desk.create()["id"], desk.create()["id"]
    body = {
        "primary_id": first,
        "ticket_ids": [second],
        "note_in_secondary": {"body": "unido", "private": True},
    }
    assert desk.put("tickets/merge", body).status_code == 204
    merged = desk.whole(second)
    assert (merged["status"], merged["merged_into"]) == (5, first)
    assert [c["body"] for c in merged["conversations"]] == ["unido"]
    assert desk.whole(first)["status"] == 2


def test_restore(desk: Client) -> None:
    path = f"tickets/{desk.create()['id']}"
    assert desk.send("DELETE", path).status_code == 204
    assert desk.get(path).json()["deleted"] is True
    assert desk.put(f"{path}/restore").status_code == 204
    assert "deleted" not in desk.get(path).json()


def test_codes_and_timestamps_nobody_expects(desk: Client) -> None:
    desk.customer_opens(status=42, source=101, priority=9, subject=None)
    desk.switch(null_timestamps=True)
    row = desk.get("tickets").json()[0]
    assert (row["status"], row["source"], row["priority"]) == (42, 101, 9)
    assert (row["subject"], row["updated_at"]) == (None, None)
