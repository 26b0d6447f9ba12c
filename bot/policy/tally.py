"""How many tickets would a change of rules alter, and in which way?

A tally is a sum: tallies of parts of a file add up, in order, to the tally of the whole, and it stays small
however long the file is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.level import Level
from bot.policy.backtest import DEFAULT_CREATED_AT, Dues, Outcome, Pair, PastTicket, TicketId

EXAMPLES = 3
CLOCKS = ("response", "resolution")
_NO_RULE = ""


@dataclass(frozen=True, slots=True)
class Move:
    """Name one way in which tickets go from level and rule to level and rule."""

    before: Level
    after: Level
    rule_before: str | None
    rule_after: str | None

    def order(self) -> tuple[int, int, str, str]:
        """Return the key by which moves of one size are sorted: the most severe new level first."""
        return (
            -self.after.rank,
            -self.before.rank,
            self.rule_before or _NO_RULE,
            self.rule_after or _NO_RULE,
        )


@dataclass(slots=True)
class Tally:
    """Count tickets; `examples` keeps the first ids of every change of level."""

    tickets: int = 0
    undated: int = 0
    moves: Counter[Move] = field(default_factory=Counter)
    examples: dict[Move, list[TicketId]] = field(default_factory=dict)
    flags: Counter[tuple[str, bool]] = field(default_factory=Counter)
    dues: Counter[tuple[str, str]] = field(default_factory=Counter)
    kept: Counter[tuple[str, bool, bool]] = field(default_factory=Counter)
    labels: Counter[tuple[Level, Level, Level]] = field(default_factory=Counter)

    def add(self, ticket: PastTicket, before: Outcome, after: Outcome) -> None:
        """Count one ticket."""
        self.tickets += 1
        self.undated += ticket.created_at is None
        move = Move(before.level, after.level, before.decided_by, after.decided_by)
        self.moves[move] += 1
        if move.before is not move.after:
            self._remember(move, [ticket.id])
        for flag in set(before.flags) ^ set(after.flags):
            self.flags[flag, flag in after.flags] += 1
        if ticket.label is not None:
            self.labels[ticket.label, before.level, after.level] += 1
        if before.dues is not None and after.dues is not None:
            self._add_dues(before.dues, after.dues)

    def _add_dues(self, before: Dues, after: Dues) -> None:
        for clock in CLOCKS:
            old, new = getattr(before, clock), getattr(after, clock)
            self.dues[clock, _direction(old, new)] += 1
            late = getattr(before, f"{clock}_late"), getattr(after, f"{clock}_late")
            if None not in late:
                self.kept[clock, late[0], late[1]] += 1

    def merge(self, later: Tally) -> None:
        """Add the tally of what follows in the file."""
        self.tickets += later.tickets
        self.undated += later.undated
        for name in ("moves", "flags", "dues", "kept", "labels"):
            getattr(self, name).update(getattr(later, name))
        for move, ids in later.examples.items():
            self._remember(move, ids)

    def _remember(self, move: Move, ids: Iterable[TicketId]) -> None:
        kept = self.examples.setdefault(move, [])
        kept.extend(list(ids)[: EXAMPLES - len(kept)])


def _direction(old: tuple[datetime, datetime], new: tuple[datetime, datetime]) -> str:
    """Compare the limits; with equal limits the early warnings."""
    if old == new:
        return "unchanged"
    if old[1] == new[1]:
        return "only_target"
    return "earlier" if new[1] < old[1] else "later"


def report(tally: Tally, pair: Pair, unusable: int) -> dict[str, Any]:
    """Return everything counted as plain data; the same tickets and rules give the same data."""
    changed = {move: count for move, count in tally.moves.items() if move.before is not move.after}
    return {
        "base": pair.base.version,
        "candidate": pair.candidate.version,
        "tickets": tally.tickets,
        "unusable_lines": unusable,
        "levels": {
            "changed": sum(changed.values()),
            "raised": sum(n for move, n in changed.items() if move.after.rank > move.before.rank),
            "lowered": sum(n for move, n in changed.items() if move.after.rank < move.before.rank),
            "matrix": _matrix(tally.moves),
        },
        "rules": _rules(tally.moves),
        "moves": [
            {
                "from": move.before.value,
                "to": move.after.value,
                "rule_before": move.rule_before,
                "rule_after": move.rule_after,
                "tickets": count,
                "examples": tally.examples[move],
            }
            for move, count in sorted(changed.items(), key=lambda item: (-item[1], item[0].order()))
        ],
        "flags": {
            flag: {"gained": tally.flags[flag, True], "lost": tally.flags[flag, False]}
            for flag in sorted({flag for flag, _ in tally.flags})
        },
        "due": _due(tally) if pair.with_dues else None,
        "breaches": _breaches(tally) if pair.with_dues else None,
        "accuracy": _accuracy(tally.labels) if tally.labels else None,
    }


def _matrix(moves: Counter[Move]) -> dict[str, dict[str, int]]:
    matrix = {before.value: {after.value: 0 for after in Level} for before in Level}
    for move, count in moves.items():
        matrix[move.before.value][move.after.value] += count
    return matrix


def _rules(moves: Counter[Move]) -> list[dict[str, Any]]:
    """Return, for each rule that decides anything, how many tickets it decides; null stands for no rule."""
    before: Counter[str | None] = Counter()
    after: Counter[str | None] = Counter()
    both: Counter[str | None] = Counter()
    for move, count in moves.items():
        before[move.rule_before] += count
        after[move.rule_after] += count
        if move.rule_before == move.rule_after:
            both[move.rule_before] += count
    return [
        {
            "rule": rule,
            "before": before[rule],
            "after": after[rule],
            "gained": after[rule] - both[rule],
            "lost": before[rule] - both[rule],
        }
        for rule in sorted({*before, *after}, key=lambda rule: rule or _NO_RULE)
    ]


def _due(tally: Tally) -> dict[str, Any]:
    directions = ("unchanged", "only_target", "earlier", "later")
    counted = {clock: {way: tally.dues[clock, way] for way in directions} for clock in CLOCKS}
    return {**counted, "undated": tally.undated, "undated_as": DEFAULT_CREATED_AT.isoformat()}


def _breaches(tally: Tally) -> dict[str, Any]:
    return {
        clock: {
            "known": sum(tally.kept[clock, old, new] for old in (True, False) for new in (True, False)),
            "before": tally.kept[clock, True, True] + tally.kept[clock, True, False],
            "after": tally.kept[clock, True, True] + tally.kept[clock, False, True],
            "arise": tally.kept[clock, False, True],
            "go_away": tally.kept[clock, True, False],
        }
        for clock in CLOCKS
    }


def _accuracy(labels: Counter[tuple[Level, Level, Level]]) -> dict[str, Any]:
    labelled = labels.total()
    right = {
        side: sum(n for key, n in labels.items() if key[0] is key[place])
        for place, side in enumerate(("before", "after"), start=1)
    }
    mended = sum(n for (label, old, new), n in labels.items() if old is not label and new is label)
    broken = sum(n for (label, old, new), n in labels.items() if old is label and new is not label)
    return {
        "labelled": labelled,
        "right_before": right["before"],
        "right_after": right["after"],
        "before": round(right["before"] / labelled, 4),
        "after": round(right["after"] / labelled, 4),
        "mended": mended,
        "broken": broken,
        "levels": {level.value: _recall(labels, level) for level in Level},
    }


def _recall(labels: Counter[tuple[Level, Level, Level]], level: Level) -> dict[str, int]:
    own = {key: n for key, n in labels.items() if key[0] is level}
    return {
        "labelled": sum(own.values()),
        "right_before": sum(n for key, n in own.items() if key[1] is level),
        "right_after": sum(n for key, n in own.items() if key[2] is level),
    }
