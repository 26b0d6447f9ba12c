"""Is every oddity of Freshdesk's JSON read as what it means?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from bot.domain.actions import SetFields
from bot.domain.ticket import Company, Message, Stats, Ticket, TicketKey
from bot.freshdesk import codec
from bot.freshdesk.api import Agent, Headline, TicketField, TicketRow, TimeEntry
from bot.freshdesk.codec import UnreadableError

from .samples import conversation, ticket

LIMA = timezone(timedelta(hours=-5))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


CREATED = moment("2026-03-04T09:15:02Z")


def test_reads_a_whole_ticket() -> None:
    assert codec.ticket(ticket(), "acelera") == Ticket(
        key=TicketKey("acelera", 4711),
        subject="No ingresa nadie",
        body="Desde las 8 am\nno entra nadie",
        status=2,
        priority=3,
        source=1,
        created_at=CREATED,
        updated_at=moment("2026-03-04T09:15:06Z"),
        requester_id=103021764887,
        requester_email="ana@customer.example",
        type="Incidente",
        tags=("vip",),
        responder_id=None,
        group_id=103000085325,
        company_id=103000150466,
        due_by=moment("2026-03-05T17:00:00Z"),
        fr_due_by=moment("2026-03-04T12:00:00Z"),
        stats=Stats(status_updated_at=CREATED),
        messages=(
            Message(103045550001, "¿Novedades?", True, False, 103021764887, moment("2026-03-04T10:02:11Z")),
        ),
        messages_complete=True,
        to_emails=("soporte@acme.example",),
        custom_fields={"cf_amount": "124.0", "cf_region": None},
    )


ODD: dict[str, tuple[dict[str, Any], str, object]] = {
    "id as text": ({"id": "4711"}, "key", TicketKey("acelera", 4711)),
    "id as a float": ({"id": 4711.0}, "key", TicketKey("acelera", 4711)),
    "64-bit id": ({"id": 2**62}, "key", TicketKey("acelera", 2**62)),
    "subject null": ({"subject": None}, "subject", ""),
    "description null": ({"description": None}, "body", "Desde las 8 am no entra nadie"),
    "description empty": ({"description": ""}, "body", "Desde las 8 am no entra nadie"),
    "description and text null": ({"description": None, "description_text": None}, "body", ""),
    "status of the account's own": ({"status": 17}, "status", 17),
    "status as text": ({"status": "6"}, "status", 6),
    "priority null": ({"priority": None}, "priority", 1),
    "priority unknown": ({"priority": 9}, "priority", 9),
    "source unknown": ({"source": 13}, "source", 13),
    "source custom": ({"source": 101}, "source", 101),
    "source null": ({"source": None}, "source", 2),
    "tags null": ({"tags": None}, "tags", ()),
    "tags of odd kinds": ({"tags": ["a", None, 3, "b"]}, "tags", ("a", "b")),
    "due dates null": ({"due_by": None}, "due_by", None),
    "due date empty": ({"due_by": ""}, "due_by", None),
    "due date with an offset": (
        {"due_by": "2026-03-05T22:30:00+05:30"},
        "due_by",
        moment("2026-03-05T17:00Z"),
    ),
    "due date, short offset": ({"due_by": "2026-03-05T12:00:00-0500"}, "due_by", moment("2026-03-05T17:00Z")),
    "due date with fractions": (
        {"due_by": "2026-03-05T17:00:00.000Z"},
        "due_by",
        moment("2026-03-05T17:00Z"),
    ),
    "due date without a zone": ({"due_by": "2026-03-05T17:00:00"}, "due_by", moment("2026-03-05T17:00Z")),
    "updated_at null": ({"updated_at": None}, "updated_at", CREATED),
    "requester null": ({"requester": None}, "requester_email", None),
    "requester without address": ({"requester": {"id": 1, "email": None}}, "requester_email", None),
    "responder": ({"responder_id": 150014937111}, "responder_id", 150014937111),
    "spam": ({"spam": True}, "spam", True),
    "spam null": ({"spam": None}, "spam", False),
    "deleted": ({"deleted": True}, "deleted", True),
    "stats null": ({"stats": None}, "stats", Stats()),
    "stats half there": (
        {"stats": {"first_responded_at": "2026-03-04T09:15:02Z"}},
        "stats",
        Stats(first_responded_at=CREATED),
    ),
    "to_emails null": ({"to_emails": None}, "to_emails", ()),
    "conversations missing": ({"conversations": None}, "messages_complete", False),
    "conversations none": ({"conversations": []}, "messages_complete", True),
    "conversations nine": (
        {"conversations": [conversation(id=n) for n in range(1, 10)]},
        "messages_complete",
        True,
    ),
    "conversations ten": (
        {"conversations": [conversation(id=n) for n in range(1, 11)]},
        "messages_complete",
        False,
    ),
    "unknown fields": ({"structured_description": {"x": []}, "form_id": 298}, "status", 2),
}


@pytest.mark.parametrize(("changes", "name", "value"), ODD.values(), ids=ODD.keys())
def test_reads_an_odd_ticket(changes: dict[str, Any], name: str, value: object) -> None:
    assert getattr(codec.ticket(ticket(**changes), "acelera"), name) == value


def test_reads_a_ticket_of_nothing_but_what_is_needed() -> None:
    read = codec.ticket({"id": 1, "status": 2, "created_at": "2026-03-04T09:15:02Z"}, "acelera")
    assert (read.updated_at, read.body, read.messages_complete) == (CREATED, "", False)


UNREADABLE: dict[str, dict[str, Any]] = {
    "id": {"id": None},
    "id of letters": {"id": "INC-1"},
    "id true": {"id": True},
    "id not a number": {"id": float("nan")},
    "id endless": {"id": float("inf")},
    "id of digits without end": {"id": "9" * 5000},
    "id in Arabic digits": {"id": "٤٧"},
    "status null": {"status": None},
    "status a word": {"status": "Open"},
    "created_at null": {"created_at": None},
    "created_at words": {"created_at": "March 05 2026 at 05:00 PM EST"},
    "due_by words": {"due_by": "tomorrow"},
    "due_by a number": {"due_by": 1772730000},
    "due_by before all time": {"due_by": "0001-01-01T00:00:00+14:00"},
    "stats words": {"stats": {"first_responded_at": "yes"}},
    "conversation null": {"conversations": [None]},
    "conversation without id": {"conversations": [conversation(id=None)]},
    "conversation without time": {"conversations": [conversation(created_at=None, updated_at=None)]},
}


@pytest.mark.parametrize("changes", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_refuses_what_it_would_have_to_guess(changes: dict[str, Any]) -> None:
    with pytest.raises(UnreadableError) as caught:
        codec.ticket(ticket(**changes), "acelera")
    assert str(caught.value) in {
        "id",
        "status",
        "created_at",
        "updated_at",
        "due_by",
        "first_responded_at",
        "conversation",
    }


MESSAGES: dict[str, tuple[dict[str, Any], str, object]] = {
    "from_email a number": ({"from_email": 103000032123}, "incoming", True),
    "from_email null": ({"from_email": None}, "incoming", True),
    "incoming null": ({"incoming": None}, "incoming", False),
    "private null": ({"private": None}, "private", True),
    "user null": ({"user_id": None}, "user_id", None),
    "body null": ({"body": None}, "text", "¿Novedades?"),
    "body and text null": ({"body": None, "body_text": None}, "text", ""),
    "body with a quote": ({"body": "<p>sí</p><blockquote>¿ya?</blockquote>"}, "text", "sí\n> ¿ya?"),
    "source unknown": ({"source": 42}, "source", 42),
    "source null": ({"source": None}, "source", 0),
    "created_at null": ({"created_at": None}, "created_at", moment("2026-03-04T10:02:11Z")),
}


@pytest.mark.parametrize(("changes", "name", "value"), MESSAGES.values(), ids=MESSAGES.keys())
def test_reads_an_odd_message(changes: dict[str, Any], name: str, value: object) -> None:
    assert getattr(codec.messages([conversation(**changes)])[0], name) == value


def test_messages_stand_in_order_of_creation_each_once() -> None:
    rows = [
        conversation(id=3, created_at="2026-03-04T12:00:00Z"),
        conversation(id=2, created_at="2026-03-04T11:00:00Z"),
        conversation(id=1, created_at="2026-03-04T11:00:00Z"),
        conversation(id=3, created_at="2026-03-04T12:00:00Z"),
    ]
    assert [message.id for message in codec.messages(rows)] == [1, 2, 3]


FIELDS: dict[str, tuple[SetFields, dict[str, Any]]] = {
    "nothing": (SetFields(), {}),
    "codes": (SetFields(priority=4, status=2), {"priority": 4, "status": 2}),
    "people": (SetFields(group_id=2**40, responder_id=7), {"group_id": 2**40, "responder_id": 7}),
    "tags": (SetFields(tags=("a", "b")), {"tags": ["a", "b"]}),
    "custom field": (SetFields(custom_field=("cf_x", "hoy")), {"custom_fields": {"cf_x": "hoy"}}),
    "no tags": (SetFields(tags=()), {"tags": []}),
    "times": (
        SetFields(
            due_by=datetime(2026, 3, 5, 12, 0, 0, 999_999, LIMA),
            fr_due_by=datetime(2026, 3, 4, 9, 0, 0, 0, UTC),
        ),
        {"fr_due_by": "2026-03-04T09:00:00Z", "due_by": "2026-03-05T17:00:00Z"},
    ),
}


@pytest.mark.parametrize(("changes", "body"), FIELDS.values(), ids=FIELDS.keys())
def test_writes_only_what_changes(changes: SetFields, body: dict[str, Any]) -> None:
    assert codec.fields(changes) == body


def test_a_time_without_a_zone_is_never_sent() -> None:
    with pytest.raises(ValueError, match="time zone"):
        codec.fields(SetFields(due_by=datetime(2026, 3, 5, 12, 0)))  # noqa: DTZ001


COMPANIES: dict[str, tuple[object, Company]] = {
    "says": ({"vencida": True, "vence": "2026-02-28"}, Company(1, True, date(2026, 2, 28))),
    "prefixed names": ({"cf_vencida": False, "cf_vence": None}, Company(1, False, None)),
    "words": ({"vencida": "Sí", "vence": "2026-02-28T00:00:00Z"}, Company(1, True, date(2026, 2, 28))),
    "other words": ({"vencida": "No", "vence": "28/02/2026"}, Company(1, False, None)),
    "unknown words": ({"vencida": "quizá", "vence": 20260228}, Company(1, None, None)),
    "numbers": ({"vencida": 1}, Company(1, True, None)),
    "empty": ({}, Company(1)),
    "null": (None, Company(1)),
    "empty text": ({"vencida": "", "vence": ""}, Company(1)),
}


@pytest.mark.parametrize(("custom", "company"), COMPANIES.values(), ids=COMPANIES.keys())
def test_reads_a_company(custom: object, company: Company) -> None:
    assert codec.company({"id": 1, "custom_fields": custom}, "vencida", "vence") == company


READ: dict[str, tuple[Callable[[Any], object], dict[str, Any], object]] = {
    "hours": (codec.time_entry, {"id": 1, "time_spent": "01:30", "billable": True}, TimeEntry(1, 90, True)),
    "many hours": (
        codec.time_entry,
        {"id": 1, "time_spent": "120:05", "billable": False},
        TimeEntry(1, 7205, False),
    ),
    "running timer": (codec.time_entry, {"id": 1, "time_spent": None}, TimeEntry(1, 0, True)),
    "agent": (
        codec.agent,
        {"id": 5, "contact": {"email": "a@x.example", "name": "Ana"}},
        Agent(5, "a@x.example", "Ana"),
    ),
    "agent without contact": (codec.agent, {"id": 5, "contact": None}, Agent(5, None, None)),
    "group": (codec.group, {"id": 9, "name": "Soporte"}, ("Soporte", 9)),
    "status field": (
        codec.ticket_field,
        {
            "name": "status",
            "type": "default_status",
            "choices": {"2": ["Open", "En curso"], "8": ["En espera"]},
        },
        TicketField("status", "default_status", {"Open": 2, "En espera": 8}),
    ),
    "priority field": (
        codec.ticket_field,
        {"name": "priority", "type": "default_priority", "choices": {"Low": 1, "Urgent": 4}},
        TicketField("priority", "default_priority", {"Low": 1, "Urgent": 4}),
    ),
    "drop-down": (
        codec.ticket_field,
        {"name": "cf_x", "type": "custom_dropdown", "choices": ["a", "b"]},
        TicketField("cf_x", "custom_dropdown", {}),
    ),
    "nested drop-down": (
        codec.ticket_field,
        {"name": "cf_y", "type": "nested_field", "choices": {"a": {"b": ["c"]}, "x": []}},
        TicketField("cf_y", "nested_field", {}),
    ),
    "field without choices": (codec.ticket_field, {"name": "cf_z"}, TicketField("cf_z", "", {})),
    "row": (
        lambda raw: codec.ticket_row(raw, CREATED),
        {"id": 3, "status": 8, "updated_at": "2026-03-04T10:00:00Z", "due_by": None},
        TicketRow(3, 8, moment("2026-03-04T10:00:00Z"), None, None),
    ),
    "row without times": (
        lambda raw: codec.ticket_row(raw, CREATED),
        {"id": 3},
        TicketRow(3, 0, CREATED, None, None),
    ),
}


@pytest.mark.parametrize(("reader", "raw", "value"), READ.values(), ids=READ.keys())
def test_reads_the_rest(reader: Callable[[Any], object], raw: dict[str, Any], value: object) -> None:
    assert reader(raw) == value


def test_hours_that_cannot_be_read_are_not_guessed() -> None:
    with pytest.raises(UnreadableError):
        codec.time_entry({"id": 1, "time_spent": "una hora"})


HEADLINES: dict[str, tuple[dict[str, Any], Headline]] = {
    "whole": (
        {"subject": "Ayuda", "company": {"id": 1, "name": "Norte"}, "requester": {"name": "Ana"}},
        Headline("Ayuda", "Norte", "Ana"),
    ),
    "no company": ({"subject": "Ayuda", "company": {}, "requester": None}, Headline("Ayuda", None, None)),
    "nothing": ({"subject": None}, Headline("", None, None)),
}


@pytest.mark.parametrize(("raw", "headline"), HEADLINES.values(), ids=HEADLINES.keys())
def test_reads_what_people_know_a_ticket_by(raw: dict[str, Any], headline: Headline) -> None:
    assert codec.headline(raw) == headline
    assert "Ana" not in repr(codec.headline(raw)), "a name stays out of logs"
