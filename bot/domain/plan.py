"""What should happen to one ticket, why, and when to look again?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.actions import Action
from bot.domain.level import Level
from bot.domain.record import Decision, Effect, StatusSeen, Written
from bot.domain.ticket import TicketKey


@dataclass(frozen=True, slots=True)
class DueView:
    """Hold one clock as people read it: running, paused, met or breached; times in UTC."""

    target: datetime | None
    limit: datetime | None
    state: str
    met_at: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class TimeSpent:
    """Hold where a ticket's business time went up to its close or to now: waiting, by cause, or worked on.

    `waits_for` is the cause it waits for now; `closed_at` when the desk was done with it; `exact` is False
    when a moment was inferred.
    """

    worked: timedelta
    waited: Mapping[str, timedelta]
    waits_for: str | None = None
    closed_at: datetime | None = None
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """Hold a decision about one ticket; no actions means the ticket is as the policy wants it.

    `writes` is the memory to put down before `SetFields` is sent; `proven_fields` and `proven_effects` are
    what the snapshot itself showed to be done. `wake_at` is None when nothing more can fall due.
    `moments` are named times to remember; `conflicts` are fields where Freshdesk keeps a value of its own;
    `overwritten` are dates that its own SLA was found to have put in the place of ours;
    `intents` are calls of webhooks to put down before anything is sent, for no ticket would remember them.
    """

    key: TicketKey
    level: Level
    decision: Decision
    response: DueView
    resolution: DueView
    spent: TimeSpent
    actions: tuple[Action, ...] = ()
    writes: Mapping[str, Written] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    wake_at: datetime | None = None
    tags: tuple[str, ...] = ()
    statuses: tuple[StatusSeen, ...] = ()
    proven_effects: Mapping[str, Effect] = field(default_factory=dict)
    proven_fields: Mapping[str, Written] = field(default_factory=dict)
    closed: bool = False
    moments: Mapping[str, datetime] = field(default_factory=dict)
    conflicts: tuple[str, ...] = ()
    overwritten: tuple[str, ...] = ()
    intents: Mapping[str, Effect] = field(default_factory=dict)
