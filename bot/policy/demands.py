"""What does the contract demand of one ticket, whichever of its clauses demands it?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.actions import OnceOnly
from bot.policy import texts
from bot.policy.case import Case
from bot.policy.marks import reference
from bot.policy.replies import Language, language_of
from bot.policy.templates import render


@dataclass(frozen=True, slots=True)
class Finish:
    """Hold the last step of a change of state, taken once every effect in `needs` is surely done.

    The tags are what the ticket itself remembers, so they say «done» only when it is.
    """

    needs: tuple[str, ...] = ()
    on: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Demands:
    """Hold what one clause, or all of them, want of a ticket; times in UTC.

    `state_tags` are kept true and `managed` ones not among them come off; `info_tags` are put on once. `once`
    are notes, replies and forwards in order; those done are left out later. `keys` are effects that the
    ticket may prove.
    """

    state_tags: tuple[str, ...] = ()
    info_tags: tuple[str, ...] = ()
    managed: tuple[str, ...] = ()
    once: tuple[OnceOnly, ...] = ()
    finish: Finish | None = None
    keys: tuple[str, ...] = ()
    moments: Mapping[str, datetime] = field(default_factory=dict)
    wake_at: datetime | None = None
    reasons: tuple[str, ...] = ()


NOTHING = Demands()


def combine(parts: Iterable[Demands]) -> Demands:
    """Return all demands as one; only one clause may have a last step."""
    found = tuple(parts)
    finishes = [part.finish for part in found if part.finish is not None]
    assert len(finishes) <= 1
    return Demands(
        state_tags=_joined(part.state_tags for part in found),
        info_tags=_joined(part.info_tags for part in found),
        managed=_joined(part.managed for part in found),
        once=tuple(effect for part in found for effect in part.once),
        finish=finishes[0] if finishes else None,
        keys=_joined(part.keys for part in found),
        moments={name: at for part in found for name, at in part.moments.items()},
        wake_at=min((part.wake_at for part in found if part.wake_at is not None), default=None),
        reasons=_joined(part.reasons for part in found),
    )


def _joined(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for part in parts for one in part))


def written(case: Case, effect: str, template: str, values: Mapping[str, object]) -> str:
    """Fill a template of the contract and end it with the reference of its effect."""
    return texts.signed(render(template, values), reference(case.ticket.key, effect))


def in_language(case: Case, by_language: Mapping[Language, str]) -> str:
    """Return the text in the ticket's language, in Spanish where there is no other."""
    return by_language.get(language_of(case.ticket, case.policy.replies)) or by_language["es"]


def local(case: Case, at: datetime) -> str:
    """Write a moment as people of the portal read it."""
    return texts.moment(at, case.policy.calendar(case.ticket.key.portal))
