"""Where does the ticket id stand in a body that is not well-formed?

Freshdesk puts unquoted placeholders into a rule's own JSON as they are, so `"body": "He said "no""` is on the
wire. XML is read here too, by its tags alone: no parser, so no entity and no DTD to be careful of.
Every pattern runs in linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(r'"((?:[^"\\]++|\\.)*+)"?|([{}\[\],:])|([^\s"{}\[\],:]++)', re.DOTALL)
_KEY = re.compile(r"ticket[_.-]?id", re.IGNORECASE)
_LOOSE_ID = re.compile(
    r"(?<![a-z])ticket[_.-]?id(?![a-z])[^\w-]{1,12}(\d{1,19})(?![\w-]|\.\d)", re.IGNORECASE | re.ASCII
)
_LOOSE_EVENT = re.compile(r"event[\"']?\s{0,3}[:=]\s{0,3}(.{1,80})", re.IGNORECASE | re.DOTALL)

_OPEN, _CDATA = r"(?:\s[^<>]*+)?>\s*+", r"(?:<!\[CDATA\[)?+\s*+"
_XML_ID = re.compile(rf"<ticket[_-]id{_OPEN}{_CDATA}([^<>\s\]]++)", re.IGNORECASE)
_XML_TICKET = re.compile(rf"<ticket{_OPEN}", re.IGNORECASE)
_XML_INNER_ID = re.compile(rf"<id{_OPEN}{_CDATA}([^<>\s\]]++)", re.IGNORECASE)
_XML_EVENT = re.compile(rf"<triggered[_-]event{_OPEN}{_CDATA}([^<>\]]{{1,80}})", re.IGNORECASE)


def ids(text: str) -> list[str]:
    """Return what stands after the key of a ticket id, in order; text that only looks like one if need be.

    Up to the first flaw quoted text is told from keys, so a customer's words there are passed over. Beyond it
    nothing can be told for sure.
    """
    return [*_keyed(text)] or _LOOSE_ID.findall(text)


def _keyed(text: str) -> Iterator[str]:
    """Yield the digits that follow a key and a colon as whole tokens."""
    recent = ["", "", ""]
    for token in _TOKEN.finditer(text):
        recent = [*recent[1:], (token[1] or token[2] or token[3] or "").strip()]
        key, colon, value = recent
        if colon == ":" and value.isdecimal() and _KEY.fullmatch(key):
            yield value


def events(text: str) -> list[str]:
    """Return what stands after an event's key."""
    return _LOOSE_EVENT.findall(text)


def xml_ids(text: str) -> list[str]:
    """Return the contents of ticket id elements (Rails writes `ticket-id`), or else of a ticket's own id."""
    return _XML_ID.findall(text) or _within_ticket(text)


def _within_ticket(text: str) -> list[str]:
    ticket = _XML_TICKET.search(text)
    inner = _XML_INNER_ID.search(text, ticket.end()) if ticket else None
    return [inner[1]] if inner else []


def xml_events(text: str) -> list[str]:
    """Return the contents of event elements."""
    return _XML_EVENT.findall(text)
