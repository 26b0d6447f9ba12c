"""What do Freshdesk's JSON objects mean in our words, and ours in its?

Absent (null, missing, empty) is None; unreadable raises `UnreadableError`: better to read a ticket again
later than to act on one half understood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from bot.domain.actions import SetFields
from bot.domain.ticket import Company, Message, Stats, Ticket, TicketKey
from bot.freshdesk.api import Agent, Headline, TicketField, TicketRow, TimeEntry
from bot.policy.markup import visible_text

Raw = Mapping[str, Any]

CONVERSATIONS_IN_TICKET = 10  # `include=conversations` gives the first ten, oldest first, and no sign of more

_DURATION = re.compile(r"(\d{1,6}):(\d{2})")
_YES = frozenset({"true", "yes", "sí", "si", "1"})
_NO = frozenset({"false", "no", "0"})


class UnreadableError(ValueError):
    """Say which part of an answer cannot be read, never its value."""


def ticket(raw: Raw, portal: str) -> Ticket:
    """Read a ticket as the single GET and the PUT give it."""
    created_at = _required_moment(raw, "created_at")
    conversations = raw.get("conversations")
    return Ticket(
        key=TicketKey(portal, _required_number(raw, "id")),
        subject=_text(raw, "subject") or "",
        body=_visible(raw, "description", "description_text"),
        status=_required_number(raw, "status"),
        # Null where the ticket was never given one; Freshdesk documents 1 (low) and 2 (portal) as defaults.
        priority=_number(raw, "priority") or 1,
        source=_number(raw, "source") or 2,
        created_at=created_at,
        updated_at=_moment(raw, "updated_at") or created_at,
        requester_id=_number(raw, "requester_id"),
        requester_email=_text(_object(raw, "requester"), "email"),
        type=_text(raw, "type"),
        tags=_texts(raw, "tags"),
        responder_id=_number(raw, "responder_id"),
        group_id=_number(raw, "group_id"),
        company_id=_number(raw, "company_id"),
        due_by=_moment(raw, "due_by"),
        fr_due_by=_moment(raw, "fr_due_by"),
        spam=raw.get("spam") is True,
        deleted=raw.get("deleted") is True,  # absent from most live tickets
        stats=_stats(_object(raw, "stats")),
        messages=messages(conversations if isinstance(conversations, list) else []),
        messages_complete=isinstance(conversations, list) and len(conversations) < CONVERSATIONS_IN_TICKET,
        to_emails=_texts(raw, "to_emails"),
        custom_fields=_object(raw, "custom_fields"),
    )


def headline(raw: Raw) -> Headline:
    """Read what people know a ticket by; `company` is empty where the ticket has none."""
    return Headline(
        subject=_text(raw, "subject") or "",
        company=_text(_object(raw, "company"), "name"),
        requester=_text(_object(raw, "requester"), "name"),
    )


def messages(rows: list[Any]) -> tuple[Message, ...]:
    """Read conversation entries into order of creation, each id once: pages overlap when one is added."""
    by_id = {entry.id: entry for entry in (_message(row) for row in rows)}
    return tuple(sorted(by_id.values(), key=lambda entry: (entry.created_at, entry.id)))


def _message(row: object) -> Message:
    if not isinstance(row, Mapping):
        raise UnreadableError("conversation")
    # `from_email` is a string, an integer id or null on live accounts, so the author is read from `user_id`.
    return Message(
        id=_required_number(row, "id"),
        text=_visible(row, "body", "body_text"),
        incoming=row.get("incoming") is True,
        # A message whose visibility is not told must not count as an answer the customer has seen.
        private=row.get("private") is not False,
        user_id=_number(row, "user_id"),
        created_at=_moment(row, "created_at") or _required_moment(row, "updated_at"),
        source=_number(row, "source") or 0,
    )


def _stats(raw: Raw) -> Stats:
    return Stats(**{name: _moment(raw, name) for name in Stats.__dataclass_fields__})


def ticket_row(raw: Raw, otherwise: datetime) -> TicketRow:
    """Read a row of a list; one without a time of update gets `otherwise`, for it must still be rung."""
    return TicketRow(
        ticket_id=_required_number(raw, "id"),
        status=_number(raw, "status") or 0,
        updated_at=_moment(raw, "updated_at") or otherwise,
        due_by=_moment(raw, "due_by"),
        fr_due_by=_moment(raw, "fr_due_by"),
    )


def fields(changes: SetFields) -> dict[str, Any]:
    """Return the JSON of a change: only what changes, for a read-only or empty extra is refused with 400."""
    body: dict[str, Any] = {
        name: _outward(value) for name, value in changes.changes().items() if name != "custom_field"
    }
    if changes.custom_field is not None:
        # Freshdesk merges custom fields by name: those left out keep their value.
        body["custom_fields"] = dict([changes.custom_field])
    return body


def _outward(value: int | tuple[str, ...] | datetime) -> int | list[str] | str:
    if isinstance(value, datetime):
        return zulu(value)
    return list(value) if isinstance(value, tuple) else int(value)


def zulu(moment: datetime) -> str:
    """Write an aware moment as Freshdesk stores it: UTC, whole seconds, `Z`; ValueError without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def company(raw: Raw, overdue_field: str, invoice_due_field: str) -> Company:
    """Read a company; its two custom fields may carry the `cf_` prefix of newer accounts."""
    custom = _object(raw, "custom_fields")
    return Company(
        id=_required_number(raw, "id"),
        overdue=_yes_or_no(_custom(custom, overdue_field)),
        invoice_due=_day(_custom(custom, invoice_due_field)),
    )


def company_name(raw: Raw) -> tuple[int, str]:
    """Read a company's number and name."""
    return _required_number(raw, "id"), str(raw.get("name") or "")[:200]


def _custom(custom: Raw, name: str) -> object:
    return custom.get(name, custom.get(f"cf_{name}"))


def _yes_or_no(value: object) -> bool | None:
    """Read a check box, or a drop-down in Spanish or English; any other word tells nothing."""
    word = str(value).strip().casefold()
    return True if word in _YES else False if word in _NO else None


def _day(value: object) -> date | None:
    """Read `YYYY-MM-DD`, with or without a time; a text field may hold anything, which tells nothing."""
    try:
        return date.fromisoformat(value.strip()[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def time_entry(raw: Raw) -> TimeEntry:
    """Read logged hours; `time_spent` is `hh:mm`, null while the timer runs."""
    spent = _text(raw, "time_spent") or "00:00"
    parts = _DURATION.fullmatch(spent)
    if parts is None:
        raise UnreadableError("time_spent")
    minutes = int(parts[1]) * 60 + int(parts[2])
    return TimeEntry(
        id=_required_number(raw, "id"), minutes=minutes, billable=raw.get("billable") is not False
    )


def agent(raw: Raw) -> Agent:
    """Read an agent; name and address are those of its contact."""
    contact = _object(raw, "contact")
    return Agent(
        id=_required_number(raw, "id"),
        email=_text(contact, "email"),
        name=_text(contact, "name"),
        scope=_number(raw, "ticket_scope"),
        occasional=raw.get("occasional") is True,
    )


def group(raw: Raw) -> tuple[str, int]:
    """Read a group's name and id."""
    return _text(raw, "name") or "", _required_number(raw, "id")


def ticket_field(raw: Raw) -> TicketField:
    """Read a ticket field."""
    return TicketField(
        name=_text(raw, "name") or "", type=_text(raw, "type") or "", choices=_choices(raw.get("choices"))
    )


def _choices(raw: object) -> dict[str, int]:
    """Read choices as label to id: status is `id: [label, …]`, priority `label: id`, others none."""
    choices: dict[str, int] = {}
    for key, value in raw.items() if isinstance(raw, Mapping) else ():
        if isinstance(value, list) and value and key.isdecimal():
            choices[str(value[0])] = int(key)
        elif isinstance(value, int) and not isinstance(value, bool):
            choices[key] = value
    return choices


def identity(raw: Raw) -> int:
    """Return the id of what was just made."""
    return _required_number(raw, "id")


def _visible(raw: Raw, html_name: str, text_name: str) -> str:
    """Read the HTML where there is any: its text twin runs all lines together and so hides what is quoted."""
    html = _text(raw, html_name)
    return visible_text(html) if html else (_text(raw, text_name) or "")


def _object(raw: Raw, name: str) -> Raw:
    value = raw.get(name)
    return value if isinstance(value, Mapping) else {}


def _text(raw: Raw, name: str) -> str | None:
    value = raw.get(name)
    if isinstance(value, str):
        return value or None
    return None if value is None or isinstance(value, bool | list | Mapping) else str(value)


def _texts(raw: Raw, name: str) -> tuple[str, ...]:
    value = raw.get(name)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _number(raw: Raw, name: str) -> int | None:
    """Read an id (64 bits) or a code, known or not: accounts add statuses and sources of their own."""
    value = raw.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdecimal() and len(value) < 20:
        return int(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1:
        return int(value)
    raise UnreadableError(name)


def _required_number(raw: Raw, name: str) -> int:
    number = _number(raw, name)
    if number is None:
        raise UnreadableError(name)
    return number


def _moment(raw: Raw, name: str) -> datetime | None:
    """Read any ISO 8601 moment as UTC; some resources carry `+05:30`, and none at all means UTC."""
    value = raw.get(name)
    if value is None or value == "":
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, AttributeError, TypeError):
        pass
    raise UnreadableError(name)


def _required_moment(raw: Raw, name: str) -> datetime:
    moment = _moment(raw, name)
    if moment is None:
        raise UnreadableError(name)
    return moment
