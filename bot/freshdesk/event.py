"""Which ticket does a webhook delivery point at?

A delivery is only a hint: the ticket is read again by its id and nothing else in the body is believed. A
wrong id costs one request; a lost id loses the event until the next sweep. So an id is looked for hard, and
where two are found the one standing outermost and first is taken: the account's rule writes the id, and as
Freshdesk's own content and the documented template do, before any text of the customer, which can only add
ids further in or further on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from bot.freshdesk import salvage

# Only these: some of Python's other codecs raise, or take very long, on bytes of a stranger.
_CODECS = frozenset({"utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-16le", "utf-16be", "iso-8859-1"})
_CHARSET = re.compile(r"charset\s{0,3}=\s{0,3}[\"']?([\w-]{1,20})", re.IGNORECASE | re.ASCII)
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_LARGEST_ID = 2**63 - 1
_DEEPEST = 4  # {"payload": {"freshdesk_webhook": {"ticket": {"id": 1}}}}
_WIDEST = 2000

_ID_NAMES = ("ticket_id", "ticketid", "ticket.id", "ticket-id")
_EVENT_NAMES = ("triggered_event", "event")
_URL_NAMES = ("ticket_url", "ticket_portal_url", "ticket_public_url")
_TICKET_URL = re.compile(r"/tickets/(\d{1,19})/?$", re.ASCII)
_FORM_PART = re.compile(r"[\[\].]+")

# event := "{" name ":" ( scalar | "{from:" value ",to:" value "}" ) "}", unquoted, which is not JSON.
_EVENT = re.compile(r"\W{0,4}(\w{1,40})\W{1,4}(\w{0,40})", re.ASCII)
_ACTIONS = {
    "created": "created",
    "create": "created",
    "update": "updated",
    "updated": "updated",
    "delete": "deleted",
}
_KINDS = {
    "status": "status",
    "priority": "priority",
    "note_type": "note",
    "reply_sent": "reply",
    "responder_id": "agent",
    "group_id": "group",
    "ticket_type": "type",
    "due_by": "due",
    "customer_feedback": "feedback",
    "time_sheet_action": "time",
}


class UnusableDelivery(ValueError):
    """No ticket id can be found; the reason quotes nothing of the body."""


@dataclass(frozen=True, slots=True)
class Event:
    """Hold a ticket to look at; `kind` is a hint for counting, from a closed list, never to decide on."""

    ticket_id: int
    kind: str


def parse_delivery(body: bytes, content_type: str | None) -> Event:
    """Find the ticket id in any body Freshdesk's rules may send; UnusableDelivery when there is none.

    The content type is believed for its charset only: rules are set up with a JSON text under a form's type
    and the other way round, so the form of the body is told by looking at it.
    """
    text = _decoded(body, content_type).strip(" \t\r\n\0")
    if not text:
        raise UnusableDelivery("empty body")
    ids, events = _read(text)
    if not ids:
        raise UnusableDelivery("no usable ticket id")
    kind = "ambiguous" if len(set(ids)) > 1 else _kind(events[0] if events else None)
    return Event(ids[0], kind)


def _read(text: str) -> tuple[list[int], list[object]]:
    """Return the ids of equal, best standing in order, and what the body says of the event."""
    if text.startswith("<"):
        return _usable(salvage.xml_ids(text)), [*salvage.xml_events(text)]
    whole = _json(text) or _form(text) or _json(unquote_plus(text))
    if isinstance(whole, str):  # JSON within JSON, from a template that is quoted as a whole
        whole = _json(whole)
    if isinstance(whole, list):
        return _from_values(whole)
    plain = unquote_plus(text) if "%" in text else text
    return _usable(salvage.ids(plain)), [*salvage.events(plain)]


def _from_values(whole: list[Any]) -> tuple[list[int], list[object]]:
    """Look through well-formed values; text within them is never searched, for it may be the customer's."""
    found: dict[int, list[object]] = {}
    events: list[object] = []
    spare: list[object] = []
    for depth, parent, pairs in _objects(whole):
        for name, value in pairs:
            if name in _ID_NAMES or (name == "id" and parent == "ticket"):
                found.setdefault(depth, []).append(value)
            elif name in _EVENT_NAMES:
                events.append(value)
            elif name in _URL_NAMES and isinstance(value, str):
                spare += _TICKET_URL.findall(value)
            elif name == "id" and depth == 0:
                spare.append(value)
    standings = [_usable(values) for values in found.values()]
    return next((ids for ids in standings if ids), _usable(spare)), events


class _Pairs(list[tuple[str, Any]]):
    """Hold a JSON object with every key it came with, twice if it came twice."""


def _objects(whole: object) -> Iterator[tuple[int, str, _Pairs]]:
    """Yield depth, parent's key and pairs of each object, outermost first, down to a depth that is enough."""
    level: list[tuple[str, object]] = [("", whole)]
    for depth in range(_DEEPEST):
        inner: list[tuple[str, object]] = []
        for parent, value in level[:_WIDEST]:
            if isinstance(value, _Pairs):
                yield depth, parent, value
                inner += value
            elif isinstance(value, list):
                inner += [(parent, item) for item in value]
        level = inner


def _json(text: str) -> object:
    """Parse JSON, raw line breaks in strings allowed; None when it is none, or nested beyond all sense."""
    try:
        return json.loads(text, object_pairs_hook=_lowered, strict=False)
    except (ValueError, RecursionError):
        return None


def _lowered(pairs: list[tuple[str, Any]]) -> _Pairs:
    return _Pairs((name.strip().lower(), value) for name, value in pairs)


def _form(text: str) -> _Pairs | None:
    """Read a form's fields by the last part of their names; None when none of them names a ticket."""
    if "=" not in text or text[0] in "{[\"'":
        return None
    try:
        flat = parse_qsl(text, keep_blank_values=True, max_num_fields=500, errors="replace")
    except ValueError:
        return None
    pairs = _Pairs(_form_pair(name, value) for name, value in flat)
    return pairs if any(name in (*_ID_NAMES, *_URL_NAMES) for name, _ in pairs) else None


def _form_pair(name: str, value: str) -> tuple[str, object]:
    """Name `freshdesk_webhook[ticket_id]` by its last part, and `ticket[id]` a ticket's id."""
    parts = [part for part in _FORM_PART.split(name.strip().lower()) if part] or [""]
    if parts[-1] == "id" and parts[-2:-1] == ["ticket"]:
        return "ticket_id", value
    return parts[-1], value


def _usable(values: list[Any] | list[str]) -> list[int]:
    """Keep the ticket ids, 1 to 2^63-1: Freshservice, under the same root key, sends ids like INC-123."""
    return [number for number in map(_ticket_id, values) if number]


def _ticket_id(value: object) -> int | None:
    if isinstance(value, str):
        digits = value.strip()
        value = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 20 else None
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 < value <= _LARGEST_ID else None


def _kind(event: object) -> str:
    """Name what is said to have happened; only the first matching change is ever reported."""
    if isinstance(event, _Pairs) and event:
        event = f"{event[0][0]}:{event[0][1] if isinstance(event[0][1], str) else ''} "
    parts = _EVENT.match(event) if isinstance(event, str) else None
    if parts is None:
        return "unknown"
    name, value = parts[1].lower(), parts[2].lower()
    return _ACTIONS.get(value, "unknown") if name == "ticket_action" else _KINDS.get(name, "unknown")


def _decoded(body: bytes, content_type: str | None) -> str:
    """Decode by byte order mark, else by the declared charset; key names and digits survive all of these."""
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    declared = _CHARSET.search(content_type or "")
    charset = declared[1].lower() if declared else "utf-8"
    # A declared UTF-16 is believed only of a body that can be it.
    known = charset in _CODECS and (b"\0" in body or not charset.startswith("utf-16"))
    return body.decode(charset if known else "utf-8", "replace")
