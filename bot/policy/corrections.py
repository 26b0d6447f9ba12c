"""Which rules do people correct, and which words might a rule be missing?

A correction keeps the ticket's reference and what the bot itself had decided: levels, rule, matched words.
None of the ticket's other words is kept: words the rules know already could not point at a missing one, and
words they do not know are where names and numbers are. So proposals and examples are worked out from the
tickets themselves, read again when somebody asks and forgotten when shown.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.level import Level
from bot.domain.record import Decision
from bot.domain.ticket import TicketKey
from bot.policy.decision import PERSON
from bot.policy.masking import masked_ticket
from bot.policy.text import read

FEWEST_TICKETS = 2  # a word of a single customer says more about the customer than about the rules
SURE = 1.96  # standard deviations: 95 of 100
PRIOR_WEIGHT = 20.0  # tickets that the prior counts for
SHORTEST_WORD = 4
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Correction:
    """Hold that a person gave a ticket another level; `rule` is None when no rule had decided."""

    key: TicketKey
    rule: str | None
    words: tuple[str, ...]
    before: Level
    after: Level
    rules_version: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """Hold how often a rule decided and was corrected, and the 95 % interval of its precision."""

    rule: str | None
    decided: int
    corrected: int
    precision: float
    low: float
    high: float
    changes: tuple[tuple[Level, Level, int], ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Hold a word that tickets corrected to `level` have and others lack; `score` in standard deviations."""

    level: Level
    word: str
    score: float
    tickets: int
    of: int
    elsewhere: int


def is_correction(before: Decision | None, after: Decision) -> bool:
    """Tell whether a person gave the ticket another level between two decisions."""
    return before is not None and after.decided_by == PERSON and before.level is not after.level


def correction_of(
    key: TicketKey, before: Decision, after: Level, earlier: Correction | None, now: datetime
) -> Correction | None:
    """Return the correction that stands once a person has changed the level to `after`.

    One ticket has one correction at most: a second change moves its level on, and a change back to what the
    rules had said takes it away. None also when what the rules had said is not known any more.
    """
    if earlier is not None:
        return None if after is earlier.before else replace(earlier, after=after, at=now)
    if before.decided_by == PERSON:
        return None
    return Correction(key, before.decided_by, before.words, before.level, after, before.rules_version, now)


def wilson(right: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927), which holds for small counts too."""
    if not of:
        return 0.0, 1.0
    share, square = right / of, SURE**2
    middle = share + square / (2 * of)
    spread = SURE * math.sqrt(share * (1 - share) / of + square / (4 * of**2))
    scale = 1 + square / of
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def rule_records(
    decided_by: Mapping[TicketKey, str | None], corrections: Iterable[Correction]
) -> list[RuleRecord]:
    """Return the rules that were corrected, those that are surely wrong most often first.

    `decided_by` names, for each ticket that a rule or none decided, which; a corrected ticket counts once,
    whether it is in there or not.
    """
    corrected = list(corrections)
    deciders = {**decided_by, **{one.key: one.rule for one in corrected}}
    decided = Counter(deciders.values())
    changes: defaultdict[str | None, Counter[tuple[Level, Level]]] = defaultdict(Counter)
    for one in corrected:
        changes[one.rule][one.before, one.after] += 1
    records = [_record(rule, decided[rule], found) for rule, found in changes.items()]
    return sorted(records, key=lambda record: (record.high, -record.corrected, record.rule or ""))


def _record(rule: str | None, decided: int, changes: Counter[tuple[Level, Level]]) -> RuleRecord:
    corrected = changes.total()
    low, high = wilson(decided - corrected, decided)
    return RuleRecord(
        rule,
        decided,
        corrected,
        (decided - corrected) / decided,
        low,
        high,
        tuple((a, b, n) for (a, b), n in sorted(changes.items(), key=lambda item: (-item[1], item[0]))),
    )


def words_of(subject: str, body: str, requester_email: str | None = None) -> frozenset[str]:
    """Return the folded words of a ticket that may be shown to people: none that is known to be personal."""
    subject, body = masked_ticket(subject, body)
    own = set(_WORD.findall((requester_email or "").casefold()))
    words = {word for word in read(subject, body).words if _WORD.fullmatch(word)}
    return frozenset(word for word in words - own if len(word) >= SHORTEST_WORD)


def proposals(
    corrected: Sequence[tuple[Level, frozenset[str]]],
    background: Sequence[tuple[Level, frozenset[str]]],
    *,
    most: int = 10,
) -> list[Proposal]:
    """Return the words that set the tickets corrected to a level apart, the surest first.

    Log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008), counting texts and not
    occurrences. Compared are all texts of other levels; the prior is the frequency in all texts.
    `background` holds texts whose level is known without a correction, such as the rules' own examples.
    """
    texts = [*corrected, *background]
    everywhere = Counter(word for _, words in texts for word in words)
    found: list[Proposal] = []
    for level in {level for level, _ in corrected}:
        inside = [words for to, words in corrected if to is level]
        outside = [words for of, words in texts if of is not level]
        found += _apart(level, inside, outside, everywhere)
    found.sort(key=lambda one: (-one.score, one.level, one.word))
    return found[:most]


def _apart(
    level: Level,
    inside: Sequence[frozenset[str]],
    outside: Sequence[frozenset[str]],
    everywhere: Counter[str],
) -> Iterable[Proposal]:
    own, others = (Counter(word for words in texts for word in words) for texts in (inside, outside))
    total = everywhere.total()
    for word, tickets in own.items():
        if tickets < FEWEST_TICKETS:
            continue
        prior = PRIOR_WEIGHT * everywhere[word] / total
        score = _log_odds((tickets, own.total()), (others[word], others.total()), prior)
        if score >= SURE:
            yield Proposal(level, word, score, tickets, len(inside), others[word])


def _log_odds(one: tuple[int, int], other: tuple[int, int], prior: float) -> float:
    """Return the difference of two log-odds in standard deviations; pairs are (word, all words)."""
    odds = [math.log((word + prior) / (total + PRIOR_WEIGHT - word - prior)) for word, total in (one, other)]
    return (odds[0] - odds[1]) / math.sqrt(1 / (one[0] + prior) + 1 / (other[0] + prior))
