"""Does a search follow the documented grammar?"""

from __future__ import annotations

import pytest

from bot.simulator.search_query import QueryError, parse

from .client import Client, problems

ROW = {"priority": 4, "status": 2, "tag": ["vip", "lima norte"], "type": None, "cf_ok": True, "cf_n": 2.5}
FIELDS = frozenset(ROW)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("priority:4", True),
        ("priority:4 AND status:3", False),
        ("priority:4 AND (status:3 OR status:2)", True),
        ("priority:1 OR priority:4 AND status:2", True),
        ("(priority:1 OR priority:4) AND status:3", False),
        ("priority:>4", True),
        ("priority:<4", True),
        ("priority:>5", False),
        ("tag:'vip'", True),
        ("tag:'lima norte'", True),
        ("tag:'VIP'", False),
        ("tag:null", False),
        ("type:null", True),
        ("cf_ok:true", True),
        ("cf_n:>2.4", True),
        ("type:>'2026-01-01'", False),
        ("priority:>'2026-01-01'", False),
    ],
)
def test_grammar(query: str, found: bool) -> None:
    assert parse(query, FIELDS)(ROW) is found


@pytest.mark.parametrize(
    "query",
    [
        "",
        "priority",
        "priority:",
        "priority:4 status:2",
        "(priority:4",
        "priority:4)",
        "AND priority:4",
        "color:4",
        "tag:vip",
        "tag:'vip",
        "priority:4 OR " * 50,
    ],
)
def test_what_is_not_a_query(query: str) -> None:
    with pytest.raises(QueryError):
        parse(query, FIELDS)


def test_total_pages_and_order(desk: Client) -> None:
    for _ in range(32):
        desk.create(tags=["vip"])
    first = desk.get("search/tickets", query="\"tag:'vip'\"").json()
    second = desk.get("search/tickets", query="\"tag:'vip'\"", page=2).json()
    assert (first["total"], len(first["results"])) == (32, 30)
    assert [row["id"] for row in second["results"]] == [2, 1]
    assert desk.get("search/tickets", query="\"tag:'vip'\"", page=11).status_code == 400


def test_dates_are_days_and_custom_fields_are_searched(desk: Client) -> None:
    desk.customer_opens(created_at="2026-03-04T23:59:00Z", custom_fields={"cf_region": "Cusco"})
    for query, total in (
        ("\"created_at:'2026-03-04' AND cf_region:'Cusco'\"", 1),
        ("\"created_at:<'2026-03-03'\"", 0),
        ("\"created_at:>'2026-03-04'\"", 1),
    ):
        assert desk.get("search/tickets", query=query).json()["total"] == total


@pytest.mark.parametrize("query", ["status:2", '"', '"nada:1"', "\"created_at:'2026-13-01'\""])
def test_bad_query_is_refused(desk: Client, query: str) -> None:
    response = desk.get("search/tickets", query=query)
    assert (response.status_code, problems(response)) == (400, {"query": "invalid_value"})


def test_index_lags_behind(desk: Client) -> None:
    desk.switch(search_lag_seconds=60)
    desk.create()
    assert desk.get("search/tickets", query='"status:2"').json()["total"] == 0
    desk.sim("PUT", "clock", {"offset_seconds": 61})
    assert desk.get("search/tickets", query='"status:2"').json()["total"] == 1
