"""Which due dates are sent to Freshdesk, and which are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.policy.fields import sendable_dates, whole_second

from .desk import MONDAY, NORMAL, fields, message, plan, settled, ticket, wrote

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)

SENDABLE: list[Any] = [
    pytest.param(HOUR, 2 * HOUR, (True, True), id="both ahead"),
    pytest.param(-HOUR, 2 * HOUR, (False, True), id="response past"),
    pytest.param(-2 * HOUR, -HOUR, (False, False), id="both past"),
    pytest.param(MINUTE, 2 * HOUR, (False, True), id="response may pass on its way"),
    pytest.param(MINUTE + SECOND, 2 * HOUR, (True, True), id="response just far enough"),
    pytest.param(2 * HOUR, HOUR, (True, False), id="resolution before response"),
    pytest.param(2 * HOUR, 2 * HOUR, (True, False), id="resolution at response"),
    pytest.param(None, HOUR, (False, True), id="answered"),
    pytest.param(None, None, (False, False), id="none"),
]


@pytest.mark.parametrize(("response", "resolution", "sent"), SENDABLE)
def test_sendable_dates(
    response: timedelta | None, resolution: timedelta | None, sent: tuple[bool, bool]
) -> None:
    given = [None if part is None else MONDAY + part for part in (response, resolution)]
    expected = tuple(moment if taken else None for moment, taken in zip(given, sent, strict=True))
    assert sendable_dates(given[0], given[1], MONDAY) == expected


def test_fractions_are_rounded_up_for_freshdesk_keeps_none() -> None:
    assert whole_second(MONDAY) == MONDAY
    assert whole_second(MONDAY + timedelta(microseconds=1)) == MONDAY + SECOND
    born = MONDAY + timedelta(milliseconds=300)
    of, record = settled(ticket(created_at=born), now=born)
    assert of.fr_due_by == MONDAY + 24 * HOUR + SECOND
    assert plan(of, record, now=born).actions == ()


@pytest.mark.parametrize("status", [3, 6, 7])
def test_no_dates_while_freshdesks_timer_is_off(status: int) -> None:
    planned = plan(ticket(status=status))
    assert set(fields(planned)) == {"priority", "tags"}


def test_dates_come_once_the_timer_is_on_again() -> None:
    of, record = settled(ticket(status=6))
    assert (of.fr_due_by, of.due_by) == (None, None)
    of, _ = settled(replace(of, status=2), record, now=MONDAY + HOUR)
    assert of.fr_due_by == MONDAY + 24 * HOUR


def test_an_old_ticket_gets_only_the_date_that_is_still_ahead() -> None:
    assert set(fields(plan(ticket(), now=MONDAY + 30 * HOUR))) == {"priority", "tags", "due_by"}


def test_a_very_old_ticket_gets_none() -> None:
    assert set(fields(plan(ticket(), now=MONDAY + timedelta(days=60)))) == {"priority", "tags"}


def test_an_answered_ticket_gets_only_the_resolution_date_from_the_answer() -> None:
    answered = ticket(messages=(message("Ya lo vemos", at=MONDAY + 2 * HOUR),))
    found = fields(plan(answered, now=MONDAY + 3 * HOUR))
    assert "fr_due_by" not in found
    assert found["due_by"] == MONDAY + 2 * HOUR + timedelta(days=7)


def test_both_dates_go_when_one_changes() -> None:
    of, record = settled(ticket())
    later = replace(of, due_by=None)
    forgot = replace(record, written={k: v for k, v in record.written.items() if k != "due_by"})
    assert set(fields(plan(later, forgot))) == {"fr_due_by", "due_by"}


def test_a_date_of_a_persons_is_not_sent_beside_the_other() -> None:
    of, record = settled(ticket())
    chosen = of.fr_due_by and of.fr_due_by + HOUR
    edited = replace(of, fr_due_by=chosen, priority=2)
    assert "fr_due_by" not in fields(plan(edited, record))
    assert fields(plan(edited, record))["due_by"] > of.due_by


def paused(of: Any, record: Any, status: int, start: datetime, end: datetime) -> Any:
    """Take a ticket into a status and back, as the bot sees it."""
    for state, moment in ((status, start), (2, end)):
        stats = replace(of.stats, status_updated_at=moment)
        of, record = settled(replace(of, status=state, stats=stats), record, now=moment)
    return of, record


@pytest.mark.parametrize("status", [3, 6, 7])
def test_the_resolution_date_moves_by_exactly_the_paused_time(status: int) -> None:
    of, record = settled(ticket(messages=(message("Lo vemos", at=MONDAY),)))
    due = of.due_by
    of, record = paused(of, record, status, MONDAY + 5 * HOUR, MONDAY + 53 * HOUR + SECOND)
    assert due is not None
    assert of.due_by == due + 48 * HOUR + SECOND
    of, record = settled(replace(of, priority=2), record, now=MONDAY + 60 * HOUR)
    assert of.due_by == MONDAY + timedelta(days=15) + 48 * HOUR + SECOND, "a new level keeps the pause"


def test_waiting_for_the_customer_does_not_move_the_response_date() -> None:
    of, record = settled(ticket())
    of, record = paused(of, record, 6, MONDAY + HOUR, MONDAY + 5 * HOUR)
    assert of.fr_due_by == MONDAY + 24 * HOUR


def test_a_date_moved_by_freshdesk_to_where_it_belongs_stays_the_bots() -> None:
    of, record = settled(ticket(messages=(message("Lo vemos", at=MONDAY),)))
    gone = replace(of, status=6, stats=replace(of.stats, status_updated_at=MONDAY + HOUR))
    gone, record = settled(gone, record, now=MONDAY + HOUR)
    assert gone.due_by is not None
    back = replace(
        gone,
        status=2,
        due_by=gone.due_by + 9 * HOUR,
        stats=replace(of.stats, status_updated_at=MONDAY + 10 * HOUR),
    )
    planned = plan(back, record, now=MONDAY + 10 * HOUR)
    assert planned.actions == ()
    assert planned.proven_fields["due_by"].sure
    assert not any("alguien" in reason for reason in planned.reasons)


def test_refused_dates_are_left_until_the_wish_changes() -> None:
    of, record = settled(ticket())
    wish = (MONDAY + timedelta(hours=24)).isoformat()
    kept = {**record.written, "fr_due_by": wrote(None, wish, refused=True)}
    refused = replace(record, written=kept)
    planned = plan(replace(of, fr_due_by=None), refused)
    assert fields(planned) == {}
    assert "Freshdesk no aceptó fecha de respuesta; no se insiste" in planned.reasons
    assert "fr_due_by" in fields(plan(replace(of, fr_due_by=None, priority=2), refused))


DONE_WITH: list[Any] = [
    pytest.param({"status": 4}, id="resolved"),
    pytest.param({"status": 5}, id="closed"),
    pytest.param({"spam": True}, id="spam"),
    pytest.param({"deleted": True}, id="deleted"),
]


@pytest.mark.parametrize("facts", DONE_WITH)
@pytest.mark.parametrize("days", [0, 1, 60])
def test_what_the_desk_is_done_with_is_not_touched(facts: dict[str, Any], days: int) -> None:
    planned = plan(ticket(body=NORMAL, **facts), now=MONDAY + timedelta(days=days))
    assert (planned.actions, planned.wake_at, planned.closed) == ((), None, True)
    assert any("cerrado" in reason for reason in planned.reasons)


@pytest.mark.parametrize("facts", DONE_WITH)
def test_a_ticket_that_was_in_work_is_let_go(facts: dict[str, Any]) -> None:
    of, record = settled(ticket())
    planned = plan(replace(of, **facts), record, now=MONDAY + timedelta(days=3))
    assert (planned.actions, planned.wake_at) == ((), None)


def test_a_reopened_ticket_goes_on_with_its_level() -> None:
    of, record = settled(ticket())
    shut = replace(of, status=5, stats=replace(of.stats, status_updated_at=MONDAY + HOUR))
    record = replace(record, statuses=plan(shut, record, now=MONDAY + HOUR).statuses)
    again = replace(of, stats=replace(of.stats, status_updated_at=MONDAY + 5 * HOUR))
    planned = plan(again, record, now=MONDAY + 5 * HOUR)
    assert planned.response.limit == MONDAY + 28 * HOUR, "the four hours closed do not count"
    assert fields(planned)["fr_due_by"] == MONDAY + 28 * HOUR
