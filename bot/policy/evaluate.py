"""Does a condition hold in one ticket, on which words, and what takes their weight away?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.policy.compile import AnyNode, CountNode, Leaf, Node, Strike
from bot.policy.conditions import Place, Scope
from bot.policy.negation import Negation
from bot.policy.occurrence import Found, Occurrences
from bot.policy.text import Reading

_WHOLE = 0


class Match(NamedTuple):
    """One occurrence of one leaf."""

    found: Found
    leaf: Leaf


Matches = dict[int, list[Match]]


@dataclass(slots=True)
class Struck:
    """Hold the parts of a ticket whose words no longer count, and why."""

    clauses: set[int] = field(default_factory=set)
    sentences: set[int] = field(default_factory=set)
    until: int = -1
    everything: bool = False
    reasons: list[str] = field(default_factory=list)

    def add(self, other: Struck) -> None:
        self.clauses |= other.clauses
        self.sentences |= other.sentences
        self.until = max(self.until, other.until)
        self.everything |= other.everything
        self.reasons += other.reasons

    def covers(self, reading: Reading, found: Found) -> bool:
        """Tell whether a piece of the occurrence stands in a part that no longer counts."""
        if self.everything:
            return True
        sentence = reading.sentences[found.start]
        if sentence <= self.until or sentence in self.sentences:
            return True
        return bool(self.clauses) and any(reading.clauses[first] in self.clauses for first, _ in found.parts)


NOTHING_STRUCK = Struck()


@dataclass(slots=True)
class Case:
    """Evaluate conditions on one ticket."""

    reading: Reading
    occurrences: Occurrences
    negation: Negation
    _negated: dict[Found, bool] = field(default_factory=dict)

    def matches(self, node: Node, struck: Struck, *, typos: bool) -> list[Match]:
        """Return the occurrences that make a condition hold in the ticket; empty when it does not."""
        return _Evaluation(self, struck, typos).units(node, Scope.TICKET).get(_WHOLE, [])

    def struck_by(self, strikes: Iterable[Strike], struck: Struck, *, typos: bool) -> Struck:
        """Return which parts of the ticket a list of exceptions or filters takes the weight from."""
        total = Struck()
        for strike in strikes:
            if self.may_strike(strike) and (matches := self.matches(strike.when, struck, typos=typos)):
                total.add(self._reach(strike, matches))
        return total

    def may_strike(self, strike: Strike) -> bool:
        """Tell whether the ticket holds anything without which the condition cannot hold."""
        return not strike.woken_by.isdisjoint(self.occurrences.possible)

    def _reach(self, strike: Strike, matches: list[Match]) -> Struck:
        reach = Struck(reasons=[strike.name])
        words = [first for match in matches for first, _ in match.found.parts]
        match strike.scope:
            case Scope.TICKET:
                reach.everything = True
            case Scope.EARLIER:
                reach.until = max(self.reading.sentences[word] for word in words)
            case Scope.SENTENCE:
                reach.sentences = {self.reading.sentences[word] for word in words}
            case Scope.CLAUSE:
                reach.clauses = {self.reading.clauses[word] for word in words}
        return reach

    def is_negated(self, found: Found) -> bool:
        known = self._negated.get(found)
        if known is None:
            known = self._negated[found] = self.negation.reaches(self.reading, found)
        return known

    def is_in(self, place: Place, found: Found) -> bool:
        """Tell whether an occurrence stands in the part of the ticket that a leaf names."""
        match place:
            case Place.BOTH:
                return True
            case Place.SUBJECT:
                return found.start < self.reading.body_from
            case Place.BODY:
                return found.start >= self.reading.body_from
            case Place.END:
                sentences = self.reading.sentences
                return found.start >= self.reading.body_from and sentences[found.start] >= sentences[-1] - 1


class _Evaluation:
    """Evaluate one condition with what no longer counts."""

    def __init__(self, case: Case, struck: Struck, typos: bool) -> None:
        self.case = case
        self.struck = struck
        self.typos = typos

    def units(self, node: Node, scope: Scope) -> Matches:
        """Return the units of a scope in which a node holds, each with the occurrences that say so."""
        return self._any(node, scope) if isinstance(node, AnyNode) else self._count(node, scope)

    def _any(self, node: AnyNode, scope: Scope) -> Matches:
        found: Matches = {}
        occurrences = self.case.occurrences
        for element in node.leaves.keys() & occurrences.possible:
            places = occurrences.at(element)
            for leaf in node.leaves[element] if places else ():
                for place in places:
                    if self._counts(leaf, place):
                        found.setdefault(self._unit(place, scope), []).append(Match(place, leaf))
        for group in node.groups:
            _merge(found, self.units(group, scope))
        return found

    def _count(self, node: CountNode, scope: Scope) -> Matches:
        parts = []
        missing_allowed = len(node.parts) - node.least
        possible = self.case.occurrences.possible
        if sum(map(possible.isdisjoint, node.needs)) > missing_allowed:
            return {}
        for part in node.parts:
            parts.append(self.units(part, node.unit))
            missing_allowed -= not parts[-1]
            if missing_allowed < 0:
                return {}
        counts = Counter(unit for part in parts for unit in part)
        holding = {unit for unit, count in counts.items() if count >= node.least}
        for barred in node.barred:
            holding -= _Evaluation(self.case, NOTHING_STRUCK, self.typos).units(barred, node.unit).keys()
        found: Matches = {}
        for units in parts:
            _merge(found, {unit: matches for unit, matches in units.items() if unit in holding})
        return found if scope is node.unit else self._widen(found, scope)

    def _widen(self, found: Matches, scope: Scope) -> Matches:
        wider: Matches = {}
        for matches in found.values():
            _merge(wider, {self._unit(matches[0].found, scope): matches})
        return wider

    def _counts(self, leaf: Leaf, found: Found) -> bool:
        case = self.case
        if not self.typos and not case.occurrences.misspelt.isdisjoint(_words(found)):
            return False
        if self.struck is not NOTHING_STRUCK and self.struck.covers(case.reading, found):
            return False
        return case.is_in(leaf.place, found) and (leaf.even_negated or not case.is_negated(found))

    def _unit(self, found: Found, scope: Scope) -> int:
        if scope is Scope.TICKET:
            return _WHOLE
        reading = self.case.reading
        return (reading.sentences if scope is Scope.SENTENCE else reading.clauses)[found.start]


def _words(found: Found) -> Iterable[int]:
    return (word for first, end in found.parts for word in range(first, end))


def _merge(into: Matches, more: Matches) -> None:
    for unit, matches in more.items():
        into.setdefault(unit, []).extend(matches)
