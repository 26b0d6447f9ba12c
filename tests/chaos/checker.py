"""Did every ticket get exactly its effects? In the manner of Jepsen's checker of a queue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from bot.domain.level import Level
from bot.domain.ticket import TicketKey
from bot.policy.marks import REFERENCE, announcement, reference
from bot.policy.replies import ACKNOWLEDGEMENT
from tests.policy.planner.desk import IMPORTANT, NORMAL, PREFERRED, URGENT

LEVELS = (("URGENTE", 4), ("IMPORTANTE", 3), ("PREFERENTE", 2), ("NORMAL", 1))
TEXTS = dict(zip((name for name, _ in LEVELS), (URGENT, IMPORTANT, PREFERRED, NORMAL), strict=True))


@dataclass(frozen=True, slots=True)
class Cause:
    """Hold a ticket that a customer opened, and the level its text deserves."""

    ticket: int
    level: str

    @property
    def effects(self) -> dict[str, str]:
        """Return what it must get, by the reference that each message carries."""
        key = TicketKey("acelera", self.ticket)
        return {
            reference(key, announcement(0, Level[self.level])): "note",
            reference(key, ACKNOWLEDGEMENT): "reply",
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """Hold the tickets by what befell them; all but `right` and `recovered` must be empty."""

    right: tuple[int, ...] = ()
    lost: tuple[int, ...] = ()
    duplicated: tuple[int, ...] = ()
    unexpected: tuple[int, ...] = ()
    wrong_fields: tuple[int, ...] = ()
    recovered: tuple[int, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Tell whether every ticket is as it must be."""
        return not (self.lost or self.duplicated or self.unexpected or self.wrong_fields)

    def table(self) -> str:
        """Return one line a class of tickets: how many, and the first few."""
        rows = ((field.name, getattr(self, field.name)) for field in fields(self))
        return "\n".join(f"  {name:<13}{len(found):>6}  {_first(name, found)}" for name, found in rows)


def check(causes: Iterable[Cause], found: Mapping[int, dict[str, Any]], doubts: Iterable[int]) -> Verdict:
    """Compare what tickets must have got with what they have.

    `found` are the simulator's whole tickets by id, `doubts` those with an effect whose answer was lost.
    """
    sorts: dict[str, list[int]] = {field.name: [] for field in fields(Verdict)}
    doubted, known = set(doubts), {cause.ticket: cause for cause in causes}
    for number in found.keys() - known.keys():
        sorts["unexpected"] += [number] * bool(found[number]["conversations"])
    for number, cause in sorted(known.items()):
        for sort in _sorts(cause, found[number], doubted):
            sorts[sort].append(number)
    return Verdict(**{name: tuple(numbers) for name, numbers in sorts.items()})


def _sorts(cause: Cause, ticket: dict[str, Any], doubted: set[int]) -> list[str]:
    messages = [(_reference(m), "note" if m["private"] else "reply") for m in ticket["conversations"]]
    expected = set(cause.effects.items())
    sorts = []
    if expected - set(messages):
        sorts.append("lost")
    if len(messages) > len(set(messages)):
        sorts.append("duplicated")
    if set(messages) - expected:
        sorts.append("unexpected")
    if not _fields_are_right(cause, ticket):
        sorts.append("wrong_fields")
    if not sorts:
        sorts = ["right", *(["recovered"] if cause.ticket in doubted else [])]
    return sorts


def _fields_are_right(cause: Cause, ticket: dict[str, Any]) -> bool:
    tags = [tag for tag in ticket["tags"] if tag.startswith("sla-")]
    priority = dict(LEVELS)[cause.level]
    dated = ticket["set_by_hand"] == ["due_by", "fr_due_by"]
    return dated and tags == [f"sla-{cause.level.lower()}"] and ticket["priority"] == priority


def _reference(message: Mapping[str, Any]) -> str:
    found = REFERENCE.findall(message["body_text"])
    return found[-1] if found else "a stranger's"


def _first(name: str, found: tuple[int, ...]) -> str:
    return "" if name == "right" else " ".join(map(str, found[:12]))
