"""Are all rows of a list read, each once, whatever moves while pages are turned?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses

from bot.freshdesk.client import FreshdeskClient
from bot.freshdesk.errors import RateLimited, TemporaryError

from .samples import API, client, conversation

START = datetime(2026, 3, 1, tzinfo=UTC)
Answer = tuple[int, dict[str, str], str]


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


@dataclass
class Desk:
    """Serve a list of tickets by time of update, as Freshdesk does: by offset, into a list that moves."""

    updated: dict[int, datetime]
    inclusive: bool = True
    last_page: int = 300
    asked: list[dict[str, str]] = field(default_factory=list)
    between: Callable[[Desk], None] = lambda desk: None

    def __call__(self, request: requests.PreparedRequest) -> Answer:
        query = {name: value[0] for name, value in parse_qs(urlsplit(str(request.url)).query).items()}
        assert all(len(value) == 1 for value in parse_qs(urlsplit(str(request.url)).query).values())
        self.asked.append(query)
        since, page, size = (
            datetime.fromisoformat(query["updated_since"]),
            int(query["page"]),
            int(query["per_page"]),
        )
        if page > self.last_page:
            return 400, {}, ""
        wanted = sorted(
            (moment, number)
            for number, moment in self.updated.items()
            if moment > since or (self.inclusive and moment == since)
        )
        shown = wanted[(page - 1) * size : page * size]
        more = {"Link": f'<{API}/tickets?page={page + 1}>; rel="next"'} if len(wanted) > page * size else {}
        rows = [{"id": number, "status": 2, "updated_at": moment.isoformat()} for moment, number in shown]
        self.between(self)
        return 200, more, json.dumps(rows)


def walk(wire: responses.RequestsMock, desk: Desk, **options: int) -> list[int]:
    wire.add_callback("GET", f"{API}/tickets", desk)
    return [row.ticket_id for row in client().list_tickets(START, **options)]


def seconds(*offsets: int) -> dict[int, datetime]:
    return {number: START + timedelta(seconds=offset) for number, offset in enumerate(offsets, 1)}


SPREADS = {
    "none": seconds(),
    "one": seconds(5),
    "a page exactly": seconds(*range(100)),
    "several pages": seconds(*range(1, 351)),
    "all in one second": seconds(*[7] * 350),
    "a second that spans pages": seconds(*range(90), *[90] * 130, *range(91, 150)),
    "the very second asked for": seconds(*[0] * 250, *[1] * 10),
    "pairs": seconds(*[number // 2 for number in range(301)]),
}


@pytest.mark.parametrize("inclusive", [True, False], ids=["inclusive", "exclusive"])
@pytest.mark.parametrize("updated", SPREADS.values(), ids=SPREADS.keys())
def test_every_ticket_is_walked_once_oldest_first(
    wire: responses.RequestsMock, updated: dict[int, datetime], inclusive: bool
) -> None:
    desk = Desk(updated, inclusive)
    expected = {number for number, moment in updated.items() if inclusive or moment > START}
    walked = walk(wire, desk)
    assert sorted(walked) == sorted(expected)
    assert [updated[number] for number in walked] == sorted(updated[number] for number in walked)


def test_asks_for_all_tickets_in_the_documented_way(wire: responses.RequestsMock) -> None:
    desk = Desk(seconds(5))
    walk(wire, desk)
    assert desk.asked == [
        {
            "updated_since": "2026-03-01T00:00:00Z",
            "order_by": "updated_at",
            "order_type": "asc",
            "page": "1",
            "per_page": "100",
        }
    ]


def test_no_row_is_lost_when_tickets_are_updated_meanwhile(wire: responses.RequestsMock) -> None:
    clock = iter(range(1000, 2000))

    def update_some(desk: Desk) -> None:
        # Tickets already shown move to the end, and all rows behind them one place up.
        for number in list(desk.updated)[:40]:
            if desk.updated[number] < START + timedelta(seconds=200):
                desk.updated[number] = START + timedelta(seconds=next(clock))

    desk = Desk(seconds(*range(1, 501)), between=update_some)
    walked = walk(wire, desk)
    assert sorted(walked) == list(range(1, 501))


@pytest.mark.parametrize("inclusive", [True, False], ids=["inclusive", "exclusive"])
def test_the_last_page_freshdesk_serves_is_never_passed(
    wire: responses.RequestsMock, inclusive: bool
) -> None:
    # 900 tickets on pages of 100, of which this account serves two: more than one window can show.
    desk = Desk(seconds(*range(1, 901)), inclusive, last_page=2)
    assert sorted(walk(wire, desk, max_pages=2)) == list(range(1, 901))


def test_more_updates_in_one_second_than_pages_do_not_keep_it_for_ever(wire: responses.RequestsMock) -> None:
    desk = Desk(seconds(*[5] * 350, *range(6, 20)), last_page=2)
    walked = walk(wire, desk, max_pages=2)
    assert set(range(351, 365)) < set(walked)
    assert len(desk.asked) < 10


def test_a_list_that_never_ends_is_left(wire: responses.RequestsMock) -> None:
    rows = [{"id": number, "status": 2, "updated_at": "2026-03-01T00:00:05Z"} for number in range(1, 101)]
    link = {"Link": f'<{API}/tickets?page=2>; rel="next"'}
    wire.add("GET", f"{API}/tickets", json=rows, headers=link)
    assert len(list(client().list_tickets(START, max_pages=3))) == 100


def test_an_error_midway_loses_no_earlier_row(wire: responses.RequestsMock) -> None:
    desk, calls = Desk(seconds(*range(1, 250))), iter(range(100))
    wire.add_callback(
        "GET", f"{API}/tickets", lambda request: desk(request) if next(calls) < 2 else (429, {}, "")
    )
    rows = client().list_tickets(START)
    # A second is read twice at the seam of two pages, so two pages of 100 hold 198 tickets.
    assert [next(rows).ticket_id for _ in range(198)] == list(range(1, 199))
    with pytest.raises(RateLimited):
        next(rows)


def test_a_row_without_times_is_still_walked(wire: responses.RequestsMock) -> None:
    wire.add("GET", f"{API}/tickets", json=[{"id": 1, "status": 2, "updated_at": None, "due_by": None}])
    assert [row.updated_at for row in client().list_tickets(START)] == [START]


@pytest.mark.parametrize("body", ["{}", "[1]", "[null]", '[{"id":null}]', '{"results":[]}'])
def test_a_list_that_is_none_is_not_taken_for_an_empty_one(wire: responses.RequestsMock, body: str) -> None:
    wire.add("GET", f"{API}/tickets", body=body)
    with pytest.raises(TemporaryError):
        list(client().list_tickets(START))


PAGED: dict[str, tuple[str, Callable[[FreshdeskClient], object], Callable[[int], dict[str, Any]], object]] = {
    "messages": (
        "tickets/4711/conversations",
        lambda api: [message.id for message in api.list_messages(4711)],
        lambda number: conversation(id=number),
        [1, 2, 3],
    ),
    "time entries": (
        "tickets/4711/time_entries",
        lambda api: [entry.id for entry in api.list_time_entries(4711)],
        lambda number: {"id": number, "time_spent": "00:10"},
        [1, 2, 3],
    ),
    "companies": (
        "companies",
        lambda api: [company.id for company in api.list_companies()],
        lambda number: {"id": number},
        [1, 2, 3],
    ),
    "agents": (
        "agents",
        lambda api: [agent.id for agent in api.list_agents()],
        lambda number: {"id": number},
        [1, 2, 3],
    ),
    "groups": (
        "groups",
        lambda api: api.list_groups(),
        lambda number: {"id": number, "name": f"g{number}"},
        {"g1": 1, "g2": 2, "g3": 3},
    ),
}


@pytest.mark.parametrize(("path", "call", "row", "expected"), PAGED.values(), ids=PAGED.keys())
def test_pages_are_turned_by_the_link_header_and_not_by_their_length(
    wire: responses.RequestsMock,
    path: str,
    call: Callable[[FreshdeskClient], object],
    row: Callable[[int], dict[str, Any]],
    expected: object,
) -> None:
    pages = {"1": [1], "2": [], "3": [2, 3]}

    def page(request: requests.PreparedRequest) -> Answer:
        query = parse_qs(urlsplit(str(request.url)).query)
        assert query["per_page"] == ["100"]
        number = query["page"][0]
        more = {} if number == "3" else {"Link": '<https://evil.example/api/v2/x>; rel="next"'}
        return 200, more, json.dumps([row(each) for each in pages[number]])

    wire.add_callback("GET", f"{API}/{path}", page)
    assert call(client()) == expected
    assert len(wire.calls) == 3
