"""What does the ledger remember of one ticket?

Ids, levels, times and matched words only: no text of a ticket, no name and no mail address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from bot.domain.level import Level

FieldValue = int | str | tuple[str, ...] | None


class EffectState(StrEnum):
    """Say how far a once-only effect has come."""

    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Effect:
    """Hold one once-only effect: OPEN since `at` means it was sent and no answer is known."""

    state: EffectState
    at: datetime
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Written:
    """Hold what the bot last wrote to a field, and what stood there before.

    `sure` once Freshdesk showed the value back; `refused` when it answered 400 to it, or 200 twice and
    kept another date; `people` once a person has changed the field, which ends the bot's ownership;
    `rewrites` counts how often a value that would not stay was written again. Dates are kept as ISO 8601
    text in UTC, tags as the names the bot itself put on.
    """

    before: FieldValue
    value: FieldValue
    sure: bool = False
    refused: bool = False
    people: bool = False
    rewrites: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """Hold how the ticket was classified, with the words that decided it."""

    level: Level
    decided_by: str | None
    rules: tuple[str, ...]
    words: tuple[str, ...]
    flags: tuple[str, ...]
    tags: tuple[str, ...]
    rules_version: str


@dataclass(frozen=True, slots=True)
class StatusSeen:
    """Hold that the ticket was in `status` from `at`; `exact` when Freshdesk itself gave the moment."""

    status: int
    at: datetime
    exact: bool


@dataclass(frozen=True, slots=True)
class Record:
    """Hold all the ledger knows of one ticket; empty for a ticket never seen, or after Redis was emptied.

    `moments` are named times that Freshdesk does not keep, such as when a suspension was first seen.
    """

    effects: Mapping[str, Effect] = field(default_factory=lambda: MappingProxyType({}))
    written: Mapping[str, Written] = field(default_factory=lambda: MappingProxyType({}))
    decision: Decision | None = None
    statuses: tuple[StatusSeen, ...] = ()
    moments: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing at all is known."""
        return not (self.effects or self.written or self.decision or self.statuses)

    def open_effects(self) -> Mapping[str, Effect]:
        """Return the effects that were sent and never confirmed."""
        return {key: effect for key, effect in self.effects.items() if effect.state is EffectState.OPEN}
