"""Which past tickets would a change of rules alter, one row each, and what do rules in the shade see?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.policy.backtest import Dues, Outcome, Pair, PastTicket, TicketId
from bot.policy.rules import State
from bot.policy.statuses import DEFAULT_PORTAL

MOST_ROWS = 2000
EXAMPLES = 5


def row_of(ticket: PastTicket, before: Outcome, after: Outcome, zone: ZoneInfo) -> dict[str, Any] | None:
    """Return how a ticket changes as plain data, None when neither level, nor rule, nor dates do."""
    changes = _changes(before, after)
    if not changes:
        return None
    return {
        "id": ticket.id,
        "portal": ticket.portal,
        "changes": changes,
        "before": _side(before, zone),
        "after": _side(after, zone),
    }


def zone_of(pair: Pair, ticket: PastTicket) -> ZoneInfo:
    """Return the zone in which a ticket's dates are told."""
    policy = pair.candidate.policy or pair.base.policy
    return ZoneInfo("UTC") if policy is None else policy.zone(ticket.portal or DEFAULT_PORTAL)


def _changes(before: Outcome, after: Outcome) -> list[str]:
    old, new = before.dues, after.dues
    dated = old is not None and new is not None
    found = {
        "nivel": before.level is not after.level,
        "regla": before.decided_by != after.decided_by,
        "banderas": set(before.flags) != set(after.flags),
        "plazo": dated and _limits(old) != _limits(new),
        "incumplimiento": dated and _late(old) != _late(new),
    }
    return [name for name, changed in found.items() if changed]


def _limits(dues: Dues | None) -> tuple[datetime, ...]:
    return () if dues is None else (dues.response[1], dues.resolution[1])


def _late(dues: Dues | None) -> tuple[bool | None, ...]:
    return () if dues is None else (dues.response_late, dues.resolution_late)


def _side(outcome: Outcome, zone: ZoneInfo) -> dict[str, Any]:
    limits = [limit.astimezone(zone).isoformat(timespec="minutes") for limit in _limits(outcome.dues)]
    return {
        "level": outcome.level.value,
        "rule": outcome.decided_by,
        "flags": list(outcome.flags),
        "limits": limits,
        "late": [bool(late) for late in _late(outcome.dues)],
    }


@dataclass(slots=True)
class Shade:
    """Count what the candidate's rules in the state `sombra` match; they act on nothing."""

    pair: Pair
    matched: Counter[str] = field(default_factory=Counter)
    other_level: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[TicketId]] = field(default_factory=dict)

    def add(self, ticket: PastTicket, outcome: Outcome) -> None:
        """Count one ticket; costs nothing where no rule is in the shade."""
        for card in self.pair.candidate.classifier.rules:
            if card.estado is not State.SHADOW:
                continue
            if not self.pair.candidate.classifier.examine(card.id, ticket.subject, ticket.body).evidence:
                continue
            self.matched[card.id] += 1
            self.other_level[card.id] += card.nivel is not None and card.nivel is not outcome.level
            shown = self.examples.setdefault(card.id, [])
            if len(shown) < EXAMPLES:
                shown.append(ticket.id)

    def report(self) -> list[dict[str, Any]]:
        """Return a row for each rule in the shade, those that never matched included."""
        cards = [one for one in self.pair.candidate.classifier.rules if one.estado is State.SHADOW]
        return [
            {
                "rule": card.id,
                "level": None if card.nivel is None else card.nivel.value,
                "matched": self.matched[card.id],
                "other_level": self.other_level[card.id],
                "examples": self.examples.get(card.id, []),
            }
            for card in cards
        ]
