"""How promises and time are counted for a report."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.level import Level
from bot.domain.plan import TimeSpent
from bot.domain.record import Record, StatusSeen
from bot.domain.ticket import Stats, Ticket, TicketKey
from bot.policy.report import COLUMNS, Cell, Period, count_cells, last_full_weeks, report_data
from bot.policy.report_outcome import Kept, Promise, TicketOutcome, outcome_of
from bot.policy.sla import ClockState
from tests.policy.planner.desk import MONDAY, OVERDUE, message, plan, policy, ticket

LIMA = ZoneInfo("America/Lima")
OPEN, PENDING, RESOLVED, CLIENT, VENDOR = 2, 3, 4, 6, 7
WHOLE = Period(date(2026, 11, 1), date(2026, 11, 30))


@pytest.mark.parametrize(
    ("state", "late", "expected"),
    [
        (ClockState.MET, True, Kept.MET),
        (ClockState.BREACHED, False, Kept.MISSED),
        (ClockState.RUNNING, False, Kept.PENDING),
        (ClockState.RUNNING, True, Kept.MISSED),
        (ClockState.PAUSED, True, Kept.PENDING),
    ],
    ids=["met", "missed", "open", "open and past due", "a stopped clock is never late"],
)
def test_a_promise_at_the_moment_of_the_report(state: ClockState, late: bool, expected: Kept) -> None:
    at = MONDAY if late else MONDAY - timedelta(seconds=1)
    assert Promise(state, limit=MONDAY).kept(at) is expected


def seen(*statuses: tuple[int, float]) -> Record:
    """Return a record of statuses, each with its hours after Monday ten."""
    return Record(
        statuses=tuple(StatusSeen(status, MONDAY + timedelta(hours=h), exact=True) for status, h in statuses)
    )


# Monday 10:00 in Lima; the desk is open from 9 to 18, so seven hours after ten on the same day.
SPENT: dict[str, tuple[Record, float, float, dict[str, float], str | None]] = {
    "worked on": (seen((OPEN, 0)), 2, 2, {}, None),
    "over night": (seen((OPEN, 0)), 24, 9, {}, None),
    "waits for the client": (seen((OPEN, 0), (CLIENT, 1)), 3, 1, {"cliente": 2}, "cliente"),
    "waited and goes on": (seen((OPEN, 0), (PENDING, 1), (OPEN, 3)), 4, 2, {"cliente": 2}, None),
    "waits for a vendor": (seen((OPEN, 0), (VENDOR, 2)), 3, 2, {"tercero": 1}, "tercero"),
    "begins to wait now": (seen((OPEN, 0), (VENDOR, 2)), 2, 2, {}, "tercero"),
    "closed": (seen((OPEN, 0), (CLIENT, 1), (RESOLVED, 2)), 5, 1, {"cliente": 1}, None),
    "closed and reopened": (seen((OPEN, 0), (RESOLVED, 1), (OPEN, 4)), 5, 2, {}, None),
    "waits after the limit": (seen((OPEN, 0), (CLIENT, 8 * 24)), 9 * 24, 6 * 9, {"cliente": 9}, "cliente"),
}


@pytest.mark.parametrize(
    ("record", "hours", "worked", "waited", "waits_for"), SPENT.values(), ids=SPENT.keys()
)
def test_where_business_time_went(
    record: Record, hours: float, worked: float, waited: dict[str, float], waits_for: str | None
) -> None:
    now, last = MONDAY + timedelta(hours=hours), record.statuses[-1]
    of = ticket(
        status=last.status, stats=Stats(status_updated_at=last.at), messages=(message("Ya lo vemos."),)
    )
    spent = plan(of, record, now=now).spent
    assert (spent.worked / timedelta(hours=1), spent.waits_for) == (worked, waits_for)
    assert {cause: length / timedelta(hours=1) for cause, length in spent.waited.items()} == waited
    assert spent.closed_at == (last.at if last.status == RESOLVED else None)


def test_a_suspension_is_waiting_for_billing() -> None:
    moments = {"morosidad:0:inicio": MONDAY + timedelta(hours=1)}
    record = replace(seen((OPEN, 0)), moments=moments)
    spent = plan(ticket(company_id=9), record, now=MONDAY + timedelta(hours=3), company=OVERDUE).spent
    assert (spent.worked, dict(spent.waited)) == (timedelta(hours=1), {"facturacion": timedelta(hours=2)})


def test_before_an_answer_there_is_no_promise_of_resolution() -> None:
    late = MONDAY + timedelta(days=90)
    outcome = outcome_of(ticket(), Record(), plan(ticket(), now=late), late)
    assert (outcome.kept("response", late), outcome.kept("resolution", late)) == (Kept.MISSED, Kept.PENDING)


@pytest.mark.parametrize("of", [ticket(spam=True), ticket(deleted=True)], ids=["spam", "deleted"])
def test_spam_and_deleted_tickets_do_not_count(of: Ticket) -> None:
    outcome = outcome_of(of, Record(), plan(of), MONDAY)
    assert not outcome.counts
    assert count_cells([outcome], policy(), WHOLE, MONDAY) == {}


def outcome(number: int = 7, **changes: Any) -> TicketOutcome:
    """Return an URGENTE ticket of Monday, answered in time and closed after three hours."""
    plain = TicketOutcome(
        key=TicketKey("acelera", number),
        level=Level.URGENTE,
        created_at=MONDAY,
        looked_at=MONDAY + timedelta(hours=3),
        response=Promise(ClockState.MET, MONDAY + timedelta(hours=24)),
        resolution=Promise(ClockState.MET, MONDAY + timedelta(days=7)),
        spent=TimeSpent(
            worked=timedelta(hours=1),
            waited={"cliente": timedelta(hours=2)},
            closed_at=MONDAY + timedelta(hours=3),
        ),
        escalations=1,
        company_id=9,
    )
    return replace(plain, **changes)


@pytest.mark.parametrize(
    ("moment", "counted"),
    [
        (datetime(2026, 11, 23, 4, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 23, 5, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 30, 4, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 30, 5, 0, tzinfo=UTC), False),
    ],
    ids=["Sunday in Lima", "Monday", "Sunday's last second", "Monday after"],
)
def test_days_are_those_of_the_portals_zone(moment: datetime, counted: bool) -> None:
    week = Period(date(2026, 11, 23), date(2026, 11, 29))
    cells = count_cells([outcome(created_at=moment)], policy(), week, MONDAY)
    assert [cell.week for cell in cells] == ([date(2026, 11, 23)] if counted else [])


@pytest.mark.parametrize(
    ("waits_for", "worked", "waited"), [(None, 4, 2), ("cliente", 1, 5), ("tercero", 1, 2)], ids=str
)
def test_an_open_tickets_time_goes_on_to_the_last_full_hour(
    waits_for: str | None, worked: float, waited: float
) -> None:
    spent = replace(outcome().spent, waits_for=waits_for, closed_at=None)
    at = MONDAY + timedelta(hours=6, minutes=59)
    (count,) = count_cells([outcome(spent=spent)], policy(), WHOLE, at).values()
    hour = timedelta(hours=1)
    assert (count.worked / hour, count.waited["cliente"] / hour) == (worked, waited)
    assert count.waited["tercero"] / hour == (3 if waits_for == "tercero" else 0)


MANY = [
    outcome(1),
    outcome(2, response=Promise(ClockState.BREACHED, MONDAY), company_id=None),
    outcome(3, level=Level.NORMAL, resolution=None, created_at=MONDAY - timedelta(days=7)),
    outcome(4, key=TicketKey("mda", 4), response=Promise(ClockState.PAUSED, MONDAY)),
    outcome(5, spent=TimeSpent(timedelta(hours=2), {"interno": timedelta(hours=6)}, exact=False)),
]


def told(outcomes: list[TicketOutcome]) -> dict[str, Any]:
    at = MONDAY + timedelta(hours=3)
    return report_data(count_cells(outcomes, policy(), WHOLE, at), WHOLE)


def test_promises_by_level_client_and_week() -> None:
    data = told(MANY)
    promises = data["total"]["response"], data["total"]["resolution"]
    assert promises == (
        {"met": 3, "missed": 1, "pending": 1, "met_share": 0.75},
        {"met": 4, "missed": 0, "pending": 1, "met_share": 1.0},
    )
    assert [(one["level"], one["tickets"]) for one in data["levels"]] == [
        ("URGENTE", 4), ("IMPORTANTE", 0), ("PREFERENTE", 0), ("NORMAL", 1),
    ]  # fmt: skip
    assert data["levels"][1]["response"]["met_share"] is None
    assert [(one["portal"], one["company_id"], one["tickets"]) for one in data["clients"]] == [
        ("acelera", None, 1), ("acelera", 9, 3), ("mda", 9, 1),
    ]  # fmt: skip
    assert [(one["week"], one["tickets"]) for one in data["weeks"]] == [("2026-11-16", 1), ("2026-11-23", 4)]
    assert (data["total"]["escalations"], data["total"]["inferred"]) == (5, 1)


def test_waiting_and_whose_delay_it_was() -> None:
    total = told(MANY)["total"]
    # Four tickets of one hour worked and two waiting for the client, and one of two and six.
    assert total["waiting"]["cliente"] == {"hours": 8.0, "share": 0.4}
    assert total["waiting"]["interno"] == {"hours": 6.0, "share": 0.3}
    assert total["delay"] == {
        "ours": {"hours": 12.0, "share": 0.6},
        "client": {"hours": 8.0, "share": 0.4},
        "vendor": {"hours": 0.0, "share": 0.0},
    }


def test_the_order_of_what_is_read_does_not_show() -> None:
    texts = set()
    for seed in range(5):
        shuffled = list(MANY)
        random.Random(seed).shuffle(shuffled)
        texts.add(json.dumps(told(shuffled)))
    assert len(texts) == 1


def test_nothing_to_report_has_the_same_shape() -> None:
    data = told([])
    assert (data["total"].keys(), data["rows"]) == (told(MANY)["total"].keys(), [])
    assert data["total"]["waiting"]["cliente"] == {"hours": 0.0, "share": None}


def test_rows_add_up() -> None:
    data = told(MANY)
    assert all(tuple(row) == COLUMNS for row in data["rows"])
    for column, clock, fate in (
        ("response_met", "response", "met"),
        ("resolution_pending", "resolution", "pending"),
    ):
        assert sum(row[column] for row in data["rows"]) == data["total"][clock][fate]
    assert sum(row["hours_cliente"] for row in data["rows"]) == 8


@pytest.mark.parametrize(
    ("now", "first", "last"),
    [
        ("2026-11-23T15:00Z", date(2026, 10, 26), date(2026, 11, 22)),
        ("2026-11-23T04:59Z", date(2026, 10, 19), date(2026, 11, 15)),
        ("2026-11-29T23:00Z", date(2026, 10, 26), date(2026, 11, 22)),
    ],
    ids=["Monday", "still Sunday in Lima", "Sunday"],
)
def test_without_dates_the_last_four_full_weeks(now: str, first: date, last: date) -> None:
    assert last_full_weeks(datetime.fromisoformat(now), LIMA) == Period(first, last)


def test_a_portal_by_itself() -> None:
    cells = count_cells(MANY, policy(), WHOLE, MONDAY, portal="mda")
    assert list(cells) == [Cell(date(2026, 11, 23), "mda", 9, Level.URGENTE)]
