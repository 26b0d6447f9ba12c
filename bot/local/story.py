"""What is a story of the demo: what people do on a ticket, when, and how it must end?

Every moment is relative to the story's beginning, so that a clause of two days comes due within seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from bot.domain.level import Level
from bot.local.outcome import Outcome
from bot.local.stand_in import PORTAL

OPEN, PENDING, RESOLVED, CLOSED, ON_CUSTOMER, ON_VENDOR = 2, 3, 4, 5, 6, 7
EMAIL = 1

Fields = Mapping[str, Any]
When = Callable[[Outcome], bool]


def looked_at(found: Outcome) -> bool:
    """Tell whether the bot has given the ticket a level and written its journal."""
    return bool(found.journal) and bool(found.levels)


def tagged(tag: str) -> When:
    """Return what tells whether the ticket carries a tag."""
    return lambda found: looked_at(found) and tag in found.tags


def leveled(level: Level) -> When:
    """Return what tells whether the ticket carries the tag of a level and no other."""
    return lambda found: looked_at(found) and found.levels == [level]


def clock_is(state: str) -> When:
    """Return what tells whether the resolution clock is in a state: running, paused, met or breached."""
    return lambda found: looked_at(found) and found.clock("resolution") == state


def put_away(found: Outcome) -> bool:
    """Tell whether the bot has seen that the ticket is closed."""
    return found.journal.get("state") == "closed"


@dataclass(frozen=True, slots=True)
class Says:
    """Let the desk or the customer write: so long ago, or now, once `when` holds."""

    text: str
    agent: bool = False
    ago: timedelta | None = None
    when: When = looked_at


@dataclass(frozen=True, slots=True)
class Sets:
    """Let the desk change fields: so long ago, or now, once `when` holds; `tags` come on top."""

    fields: Fields = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    ago: timedelta | None = None
    when: When = looked_at


@dataclass(frozen=True, slots=True)
class Marks:
    """Let accounting mark the story's company as overdue, or lift the mark, once `when` holds."""

    overdue: bool
    when: When = looked_at


Step = Says | Sets | Marks


@dataclass(frozen=True, slots=True)
class End:
    """Hold how a story must end.

    `tags` are all tags but level and topics; `notes` counts forwards too, `replies` what the desk's people
    wrote as well. `clock` and `answer_clock` are the states of the resolution and response clocks; `due` and
    `answer_due` their limits, after the story's beginning. `says` and `never` are words that must, or must
    not, stand in notes or replies.
    """

    level: Level
    status: int = OPEN
    tags: frozenset[str] = frozenset()
    notes: int = 1
    replies: int = 1
    clock: str = "running"
    answer_clock: str | None = None
    due: timedelta | None = None
    answer_due: timedelta | None = None
    group: int | None = None
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """Hold one clause at work on one ticket; `past` is played before the bot hears of the ticket."""

    clause: str
    title: str
    subject: str
    text: str
    email: str
    end: End
    portal: str = PORTAL
    age: timedelta = timedelta()
    company: str = ""
    overdue: bool = False
    invoice_due_in: int | None = None
    past: tuple[Says | Sets, ...] = ()
    then: tuple[Step, ...] = ()

    def company_fields(self, today: date) -> Fields:
        """Return the marks of the story's company."""
        due = None if self.invoice_due_in is None else today + timedelta(days=self.invoice_due_in)
        return {"factura_vencida": self.overdue, "vencimiento_factura": due and due.isoformat()}
