"""Does a ticket wait, has it really resumed, and who moved its date meanwhile?"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from bot.domain.record import StatusSeen, Written
from bot.domain.ticket import Message, Ticket
from bot.policy.folding import fold_text
from bot.policy.section import Section
from bot.policy.statuses import PortalPolicy
from bot.policy.visible import visible_spans

# Freshdesk may move a date by the time it believes its own timer stood still; it notes status changes late.
_SLACK = timedelta(minutes=5)
_WORD = re.compile(r"\w+|\?")
_NAME_FOLLOWS = re.compile(r"[ ,]{1,3}")
_CLOSING = re.compile(
    r"(?:(?:muchos|cordiales|un) )?saludos?(?: cordiales)?|atte|atentamente|(?:best |kind )?regards"
)
_SMALL = frozenset({"de", "del", "la", "y"})
_READ = 2000  # characters; a longer message is no mere thanks


class ReopeningSection(Section):
    """Mirror the section `reapertura`: which words after a closing are a farewell and no new request."""

    agradecen: Annotated[
        frozenset[str], Field(min_length=1, description="Palabras de despedida; hace falta una.")
    ]
    acompanan: frozenset[str] = Field(default=frozenset(), description="Palabras que pueden acompañarlas.")
    maximo_palabras: Annotated[int, Field(ge=1, le=40, description="Un mensaje más largo reabre.")] = 12


def is_farewell(text: str, section: ReopeningSection) -> bool:
    """Tell whether a message only says thanks: short, every word known, and no question.

    What it quotes and its signature do not count. After a word of thanks one name may follow.
    """
    own = _without_names("".join(text[start:end] for start, end in visible_spans(text[:_READ])))
    found = list(_WORD.finditer(own))
    words = [fold_text(word[0]) for word in found]
    thanks = {fold_text(word) for word in section.agradecen}
    known = thanks | {fold_text(word) for word in section.acompanan}
    if len(text) > _READ or len(words) > section.maximo_palabras or not thanks & set(words):
        return False
    strange = [at for at, word in enumerate(words) if word not in known]
    if len(strange) != 1 or strange[0] == 0 or words[strange[0] - 1] not in thanks:
        return not strange
    before, name = found[strange[0] - 1], found[strange[0]]
    between = own[before.end() : name.start()]
    return name[0].isalpha() and name[0].istitle() and _NAME_FOLLOWS.fullmatch(between) is not None


def _without_names(own: str) -> str:
    """Drop what follows a line of greeting such as «Saludos», if it is but names, offices and the like.

    After so few words it is not surely a signature, and elsewhere it is read as the message.
    """
    lines = own.splitlines()
    for at, line in enumerate(lines):
        if _CLOSING.fullmatch(fold_text(line.strip(" ,.!"))):
            rest = [
                word for word in _WORD.findall(" ".join(lines[at + 1 :])) if word.casefold() not in _SMALL
            ]
            return "\n".join(lines[: at + 1]) if all(word[0].isupper() for word in rest) else own
    return own


def reopened_at(portal: PortalPolicy, seen: Sequence[StatusSeen]) -> int | None:
    """Return which of the statuses seen is the last reopening: the latest one, after a closed one."""
    last = len(seen) - 1
    opened = last > 0 and portal.is_closed(seen[last - 1].status) and not portal.is_closed(seen[last].status)
    return last if opened and portal.pause_cause(seen[last].status) is None else None


def with_forgotten_closing(
    portal: PortalPolicy, seen: tuple[StatusSeen, ...], ticket: Ticket
) -> tuple[StatusSeen, ...]:
    """Return the statuses with the closing before a reopening, where nothing but Freshdesk remembers it.

    Freshdesk may clear the time of a resolution when a ticket is reopened; the desk's last message before
    that stands in for it.
    """
    stats, again = ticket.stats, ticket.stats.reopened_at
    if len(seen) != 2 or again is None or again != stats.status_updated_at or portal.is_closed(ticket.status):
        return seen
    told = [m.created_at for m in ticket.messages if not m.incoming and not m.private]
    moments = [at for at in (stats.resolved_at, stats.closed_at, *told) if at is not None and at < again]
    closed_at = stats.resolved_at if stats.resolved_at in moments else max(moments, default=again)
    closed = StatusSeen(min(portal.cerrados), closed_at or again, exact=False)
    return (seen[0], closed, seen[1])


def without_farewell(
    portal: PortalPolicy,
    seen: tuple[StatusSeen, ...],
    messages: Sequence[Message],
    section: ReopeningSection | None,
    is_robots: Callable[[str], bool],
) -> tuple[StatusSeen, ...]:
    """Return the statuses that count for the clocks: a reopening by thanks or by a robot alone is none."""
    last = reopened_at(portal, seen)
    if last is None:
        return seen
    closed_at = seen[last - 1].at
    said = [m.text for m in messages if m.incoming and not m.private and m.created_at >= closed_at]
    asks = any(not is_robots(text) and not (section and is_farewell(text, section)) for text in said)
    return seen[:last] if said and not asks else seen


def is_freshdesks_shift(
    known: Written | None, current: datetime | None, wanted: datetime, waited: timedelta
) -> bool:
    """Tell whether a date that differs from the bot's last one was moved by Freshdesk itself on resuming.

    So it seems when the date is due to move now, and stands later by no more than the ticket has waited.
    """
    ours = _date(known)
    if known is None or not known.sure or ours is None or current is None or wanted <= ours:
        return False
    return ours < current <= ours + waited + _SLACK


def is_contested(known: Written | None, current: datetime | None, waited: timedelta) -> bool:
    """Tell whether Freshdesk moved a date again after the bot had put it right once."""
    ours = _date(known)
    if known is None or not known.sure or not known.rewrites or ours is None or current is None:
        return False
    return ours < current <= ours + waited + _SLACK


def _date(known: Written | None) -> datetime | None:
    if known is None or not isinstance(known.value, str):
        return None
    return datetime.fromisoformat(known.value)
