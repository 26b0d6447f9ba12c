"""Which ticket fields does the bot still own, and what should they say?

A field is the bot's while it holds its initial value or the one the bot last wrote; a person's edit ends
that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.record import FieldValue, Written
from bot.domain.ticket import Ticket

_MARGIN = timedelta(minutes=1)  # a date may pass while the request is on its way; Freshdesk refuses past ones
TAG_LONGEST = 32  # Freshdesk answers 400 to longer tags


@dataclass(frozen=True, slots=True)
class Step:
    """Hold what to do with one field: write it, remember what is there already, or leave it with a reason."""

    write: bool = False
    remember: Written | None = None
    reason: str | None = None


LEAVE = Step()


def field_step(memory: Written | None, current: FieldValue, wanted: FieldValue, label: str) -> Step:
    """Return what to do with a plain field (priority, dates) given what the bot remembers of it."""
    if memory is None:
        seen = Written(current, wanted, sure=True)
        return Step(remember=seen) if current == wanted else Step(write=True)
    if memory.people:
        return LEAVE
    if current == wanted:  # also when Freshdesk itself moved a date by a pause, just as the policy does
        known = memory.sure and memory.value == wanted
        return LEAVE if known else Step(remember=Written(memory.before, wanted, sure=True))
    if memory.refused and memory.value == wanted:
        return Step(reason=f"Freshdesk no aceptó {label}; no se insiste")
    if memory.sure and current != memory.value:
        return Step(reason=f"{label}: alguien lo cambió y se respeta")
    # Freshdesk fills its own dates into empty fields seconds after creation: that is nobody's choice.
    if not memory.sure and memory.before is not None and current not in {memory.before, memory.value}:
        return Step(reason=f"{label}: alguien lo cambió y se respeta")
    return Step(write=True)


def as_text(at: datetime | None) -> str | None:
    """Return a moment as the ledger keeps it: ISO 8601, UTC, whole seconds as Freshdesk stores them."""
    return None if at is None else at.astimezone(UTC).replace(microsecond=0).isoformat()


def whole_second(at: datetime) -> datetime:
    """Round a moment up to a whole second; Freshdesk keeps no fractions."""
    return at if at.microsecond == 0 else at.replace(microsecond=0) + timedelta(seconds=1)


def sendable_dates(
    fr_due: datetime | None, due: datetime | None, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """Return the dates Freshdesk would accept: in the future, the resolution after the response."""
    earliest = now + _MARGIN
    response = fr_due if fr_due is not None and fr_due > earliest else None
    resolution = due if due is not None and due > earliest else None
    if response is not None and resolution is not None and resolution <= response:
        resolution = None
    return response, resolution


def merged_tags(
    ticket: Ticket, memory: Written | None, state: Iterable[str], info: Iterable[str], managed: Iterable[str]
) -> tuple[str, ...] | None:
    """Return the whole new tag set, or None when the ticket's tags are as wanted.

    `state` tags mirror the ticket's state and are kept true; `info` tags are put on once: one that a person
    took off stays off. `managed` names every state tag; those not in `state` come off. Foreign tags stay.
    """
    state, info = _clean(state), _clean(info)
    put_before = {tag.casefold() for tag in tags_put(memory)}
    present = {tag.casefold() for tag in ticket.tags}
    off = {tag.casefold() for tag in managed} - {tag.casefold() for tag in state}
    kept = [tag for tag in ticket.tags if tag.casefold() not in off]
    missing = [tag for tag in state if tag.casefold() not in present]
    missing += [tag for tag in info if tag.casefold() not in present | put_before]
    if len(kept) == len(ticket.tags) and not missing:
        return None
    if memory and memory.rewrites and is_same_wish(memory, state, info):
        return None  # another hand takes them off again and again: one rewrite, then it is for people
    return tuple(kept + list(dict.fromkeys(missing)))


def tags_put(memory: Written | None) -> tuple[str, ...]:
    """Return the tags that the bot has put on so far; a write that may not have arrived does not count."""
    put = None if memory is None else memory.value if memory.sure else memory.before
    return put if isinstance(put, tuple) else ()


def is_same_wish(memory: Written, state: Iterable[str], info: Iterable[str]) -> bool:
    """Tell whether the bot wanted exactly these tags the last time it wrote."""
    return isinstance(memory.value, tuple) and set(memory.value) == {*_clean(state), *_clean(info)}


def _clean(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag[:TAG_LONGEST] for tag in tags))
