"""Which endpoint does a request speak to, and what does it cost?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

LimitClass = Literal["ticket_create", "ticket_update", "ticket_list", "contact_list"]

_ROUTES: tuple[tuple[str, re.Pattern[str], str], ...] = tuple(
    (method, re.compile(pattern), name)
    for method, pattern, name in (
        ("GET", r"/tickets", "ticket_list"),
        ("POST", r"/tickets", "ticket_create"),
        ("GET", r"/tickets(?:/archived)?/(\d+)", "ticket_get"),
        ("PUT", r"/tickets/(\d+)", "ticket_update"),
        ("DELETE", r"/tickets/(\d+)", "ticket_delete"),
        ("PUT", r"/tickets/(\d+)/restore", "ticket_restore"),
        ("PUT", r"/tickets/merge", "ticket_merge"),
        ("*", r"/tickets(?:/archived)?/(\d+)/conversations", "conversations"),
        ("*", r"/conversations/\d+", "conversations"),
        ("*", r"/tickets/(\d+)/notes", "notes"),
        ("*", r"/tickets/(\d+)/reply", "replies"),
        ("*", r"/tickets/(\d+)/(?:forward|reply_to_forward)", "forwards"),
        ("*", r"(?:/tickets/(\d+))?/time_entries(?:/.*)?", "time_entries"),
        ("*", r"/search/.*", "search"),
        ("GET", r"/contacts", "contact_list"),
        ("*", r"/contacts(?:/.*)?", "contacts"),
        ("*", r"/companies(?:/.*)?", "companies"),
        ("*", r"/agents(?:/.*)?", "agents"),
        ("*", r".*", "settings"),
    )
)
CLASSES = frozenset(name for _, _, name in _ROUTES)
_LIMITED: dict[str, LimitClass] = {
    "ticket_create": "ticket_create",
    "ticket_update": "ticket_update",
    "ticket_list": "ticket_list",
    "contact_list": "contact_list",
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The class of a request; `writes` is true for every method but GET."""

    name: str
    writes: bool
    ticket_id: int | None = None

    @property
    def limit(self) -> LimitClass | None:
        """Return the sub-limit it falls under, if any."""
        return _LIMITED.get(self.name)

    def belongs_to(self, chosen: frozenset[str]) -> bool:
        """Say whether the chosen names (classes, `reads`, `writes`; none means all) take it in."""
        return not chosen or self.name in chosen or ("writes" if self.writes else "reads") in chosen


def endpoint_of(method: str, path: str) -> Endpoint:
    """Return the endpoint of a method and a path below `/api/v2`."""
    for wanted, pattern, name in _ROUTES:
        match = pattern.fullmatch(path)
        if match and wanted in ("*", method):
            ticket_id = match.group(1) if match.groups() else None
            return Endpoint(name, method != "GET", int(ticket_id) if ticket_id else None)
    return Endpoint("settings", method != "GET")


def cost_of(endpoint: Endpoint, include: str) -> int:
    """Return how many requests of the budget a call spends: an include adds 1, in a list 2."""
    included = len([name for name in include.split(",") if name])
    if endpoint.name == "ticket_list":
        return 1 + 2 * included
    return 1 + included if endpoint.name == "ticket_get" else 1
