"""Which verdict follows from what the rules found in a ticket and what its words weigh?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.domain.level import Level
from bot.policy.evaluate import Match
from bot.policy.rules import Rule, State
from bot.policy.scorecard import NAME, Count, Reason, Scorecard, Weighing
from bot.policy.text import Reading
from bot.policy.verdict import Evidence, Verdict

MOST_EVIDENCE = 5
_RANKS = {level: level.rank for level in Level}


@dataclass(frozen=True, slots=True)
class Finding:
    """Hold what one rule found in a ticket: its matches in order, or why words it found do not count."""

    rule: Rule
    matches: tuple[Match, ...] = ()
    reading: Reading | None = None
    struck_by: tuple[str, ...] = ()

    @property
    def first_word(self) -> int:
        """Return where its first words stand."""
        return self.matches[0].found.start

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Return its first matches as slices of the ticket."""
        return tuple(
            _slice(self.rule.id, match.leaf.phrase, match.found.parts, self.reading)
            for match in self.matches[:MOST_EVIDENCE]
            if self.reading is not None
        )


def verdict_of(
    findings: Iterable[Finding],
    scorecard: Scorecard | None,
    count: Count | None,
    reading: Reading,
    *,
    with_evidence: bool = True,
) -> Verdict:
    """Return the level of the most severe firm rule, else what the scorecard says with the rules' vote.

    `count` is the scorecard's, of this reading.
    """
    found = list(findings)
    acting = [one for one in found if one.rule.estado is State.ACTIVE]
    acting.sort(key=lambda one: (-_rank(one.rule), one.first_word, one.rule.id))
    rule = _deciding(acting)
    level = (rule.nivel if rule else None) or Level.NORMAL
    flags = {flag for one in acting for flag in one.rule.flags}
    weighed: tuple[Evidence, ...] = ()
    by = rule.id if rule else None
    weighing = scorecard.weigh(count, rule.nivel if rule else None, flags) if scorecard and count else None
    if scorecard and weighing and not (rule is None and weighing.is_scant()):
        if rule is None or not rule.firme:
            level = weighing.winner()
            by = next((one.rule.id for one in acting if one.rule.nivel is level), NAME)
        firm = {flag for one in acting if one.rule.firme for flag in one.rule.flags}
        flags = firm | weighing.raised() | (flags - weighing.flags.keys())
        if with_evidence:
            weighed = tuple(_weighed(scorecard, weighing, level if by == NAME else None, flags, reading))
    return Verdict(
        level=level,
        decided_by=by,
        rules=tuple(one.rule.id for one in acting),
        evidence=(*weighed, *(each for one in acting for each in one.evidence)) if with_evidence else (),
        flags=tuple(sorted(flags)),
        shadow=tuple(sorted(one.rule.id for one in found if one.rule.estado is State.SHADOW)),
        tags=_tags(acting, level),
    )


def _deciding(acting: list[Finding]) -> Rule | None:
    """Return the firm rule of the most severe level, else the one whose level is the others' vote."""
    with_level = [one.rule for one in acting if one.rule.nivel is not None]
    return next((rule for rule in with_level if rule.firme), with_level[0] if with_level else None)


def _weighed(
    scorecard: Scorecard, weighing: Weighing, level: Level | None, flags: Iterable[str], reading: Reading
) -> Iterator[Evidence]:
    """Yield the strongest words for a level and for flags, for each none inside another yielded before."""
    for name in ([level] if level else []) + sorted(weighing.flags.keys() & set(flags)):
        told: list[Reason] = []
        for reason in scorecard.reasons(weighing, name):
            if len(told) == MOST_EVIDENCE:
                break
            words = _covered(reason)
            if not any(words & _covered(other) for other in told):
                told.append(reason)
        for points, entry, pieces in told:
            yield _slice(NAME if name is level else name, f"{entry} (+{points})", pieces, reading)


def _covered(reason: Reason) -> set[int]:
    return {word for first, end in reason.pieces for word in range(first, end)}


def _slice(rule: str, phrase: str, pieces: tuple[tuple[int, int], ...], reading: Reading) -> Evidence:
    start, end, text = reading.slice(pieces[0][0], pieces[-1][1])
    words = " … ".join(reading.slice(first, last)[2] for first, last in pieces)
    return Evidence(rule, reading.field_of(pieces[0][0]), text, start, end, phrase, words)


def _tags(acting: list[Finding], level: Level) -> tuple[str, ...]:
    """Return the tags of the rules of the level that won and of those without one; others are overruled."""
    speaking = (one.rule for one in acting if one.rule.nivel in (level, None))
    return tuple(sorted({tag for rule in speaking for tag in rule.etiquetas}))


def _rank(rule: Rule) -> int:
    return -1 if rule.nivel is None else _RANKS[rule.nivel]
