"""Whose are a ticket's due dates in Freshdesk: the bot's, or those of the account's own SLA?"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Protocol

from pydantic import Field

from bot.domain.record import Written
from bot.domain.ticket import Ticket
from bot.policy.calendar import Calendar
from bot.policy.fields import as_text

MIRRORED = "espejo"  # the moment under which a mirrored limit is remembered
CustomFieldName = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9_]{0,79}$",
        description="Campo de texto del ticket que muestra el plazo que corre; solo con «sla: espejo».",
    ),
]


class SlaMode(StrEnum):
    """Say who owns priority and due dates: the bot, or the account, beside whose dates ours are mirrored."""

    OWNER = "propio"
    MIRROR = "espejo"


class _Dates(Protocol):
    @property
    def due_by(self) -> Written | None: ...
    @property
    def fr_due_by(self) -> Written | None: ...
    @property
    def priority(self) -> Written | None: ...


def mirrored_text(limit: datetime, calendar: Calendar) -> str:
    """Write a limit as the custom field shows it, in the portal's zone and in an order that sorts."""
    return calendar.local(limit).strftime("%Y-%m-%d %H:%M")


def is_overwritten(ticket: Ticket, memory: _Dates, *, answered: bool) -> bool:
    """Tell whether the account's own SLA engine put its dates in the place of the bot's.

    Nothing in Freshdesk says who moved a date. The engine moves all that still run at once: back to what
    stood there before the bot, or both anew because the priority changed. A person edits one.
    """
    dates = [(memory.due_by, ticket.due_by)]
    if not answered:
        dates.append((memory.fr_due_by, ticket.fr_due_by))
    # Where the account would promise the same, its date tells nothing.
    told = [(each, shown) for each, shown in dates if each is not None and each.before != each.value]
    ours = [(each, as_text(shown)) for each, shown in told if _is_ours(each)]
    if not ours or any(shown is None or shown == each.value for each, shown in ours):
        return False
    priority = memory.priority
    reprioritised = priority is not None and _is_ours(priority) and ticket.priority != priority.value
    both = len(ours) == len(dates) > 1
    return (reprioritised and both) or all(shown == each.before for each, shown in ours)


def _is_ours(written: Written) -> bool:
    return written.sure and not written.refused and not written.people
