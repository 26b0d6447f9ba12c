"""Which level, flags and rules does a ticket get?

All rules are evaluated; the most severe level wins. Where there is a scorecard, only firm rules decide so:
the level of the others is a vote beside the points of the words. Nothing depends on the order of the rules:
of several that give the deciding level, the one whose words come first in the ticket is named, then the first
by id.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.policy.compile import CompiledFilter, CompiledRule, Compiler
from bot.policy.evaluate import NOTHING_STRUCK, Case, Struck
from bot.policy.folding import fold_text, fold_word
from bot.policy.negation import Negation
from bot.policy.occurrence import whole
from bot.policy.patterns import QUESTION, PatternIndex
from bot.policy.reading_aids import ReadingAids
from bot.policy.regexes import RegexSet
from bot.policy.rules import ANYWHERE, Ambit, Filter, Rule, State
from bot.policy.ruling import Finding, verdict_of
from bot.policy.scorecard import Count, Scorecard, ScorecardSection
from bot.policy.text import Reading, read
from bot.policy.verdict import Verdict

NEGATION = "una negación delante de sus palabras"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Hold what is known of a ticket besides its text; None where it is not."""

    portal: str | None = None
    company: str | None = None
    type: str | None = None
    source: str | None = None

    def lie_in(self, ambit: Ambit) -> bool:
        """Tell whether a rule of this ambit looks at the ticket."""
        pairs = (
            (ambit.portal, self.portal),
            (ambit.empresa, self.company),
            (ambit.tipo, self.type),
            (ambit.fuente, self.source),
        )
        return all(
            not wanted or (value is not None and fold_text(value) in map(fold_text, wanted))
            for wanted, value in pairs
        )


class Classifier:
    """Answer for any ticket what the rules say; immutable once built, safe to share between threads."""

    def __init__(
        self,
        compiler: Compiler,
        rules: Iterable[Rule],
        filters: Iterable[Filter],
        aids: ReadingAids,
        scorecard: Scorecard | None = None,
    ) -> None:
        cards = tuple(filters)
        self._index = compiler.index
        self.scorecard = scorecard
        self.short_forms: Mapping[str, str] = compiler.index.equivalents
        self._rules = tuple(compiler.rule(rule, cards) for rule in rules)
        self._filters = tuple(compiler.filter(card) for card in cards)
        self._regexes = RegexSet(compiler.patterns)
        self._negation = Negation(aids.negadores, aids.puentes)
        self._abbreviations = frozenset(map(fold_word, aids.abreviaturas))
        self._connectives = frozenset(map(fold_word, aids.conectores))
        self._woken_by = _waking(self._rules)
        self._index.finish(typos=aids.erratas, known=map(fold_word, aids.palabras_conocidas))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Return every rule card, whatever its state, in file order."""
        return tuple(rule.card for rule in self._rules)

    def classify(
        self,
        subject: str,
        body: str,
        *,
        portal: str | None = None,
        company: str | None = None,
        type: str | None = None,
        source: str | None = None,
        on: date | None = None,
    ) -> Verdict:
        """Return the verdict on a ticket, on a given day in its portal's zone.

        The day ends filters and pauses; without one, filters hold and paused rules rest.
        """
        reading = self.read(subject, body)
        about = Circumstances(portal, company, type, source)
        return self.judge(reading, self.count(reading), about, on)

    def judge(
        self,
        reading: Reading,
        count: Count | None,
        about: Circumstances,
        on: date | None,
        *,
        with_evidence: bool = True,
    ) -> Verdict:
        """Return the verdict on a ticket that was read, and its words counted, with the same aids and tables.

        Evidence costs as much as the decision; without it the verdict is the same otherwise.
        """
        case = self._case(reading)
        strikes = _Strikes(self._filters, case, on)
        found = [
            finding
            for rule in self._woken(case)
            if _acts(rule.card, about, on) and (finding := self._examine(rule, case, strikes)).matches
        ]
        return verdict_of(found, self.scorecard, count, reading, with_evidence=with_evidence)

    def watched_words(self, rules: Collection[str]) -> frozenset[str] | None:
        """Return words, spelt as in the trie, one of which is in every ticket that wakes one of some rules.

        None when there are no such words: a question or a regular expression may wake one of them.
        """
        elements = {one for rule in self._rules if rule.card.id in rules for one in rule.woken_by}
        return self._index.watched_words(elements)

    def meaning(self, word: str) -> tuple[tuple[str, ...], bool]:
        """Return how the trie spells a word, and whether that forgives a slip."""
        return self._index.meaning(word)

    def examine(self, rule_id: str, subject: str, body: str, about: Circumstances | None = None) -> Finding:
        """Return what one rule finds in a ticket, whatever its state; KeyError for an unknown rule."""
        rule = next((one for one in self._rules if one.card.id == rule_id), None)
        if rule is None:
            raise KeyError(rule_id)
        if not (about or Circumstances()).lie_in(rule.card.ambito):
            return Finding(rule.card)
        case = self._case(self.read(subject, body))
        return self._examine(rule, case, _Strikes(self._filters, case, None))

    def near_misses(
        self, subject: str, body: str, about: Circumstances | None = None, on: date | None = None
    ) -> list[Finding]:
        """Return the rules whose words stand in a ticket and do not count, each with what stopped it.

        Unlike elsewhere `evidence` is then the words that would have counted.
        """
        case = self._case(self.read(subject, body))
        unnegated = Case(case.reading, case.occurrences, Negation((), ()))
        strikes, found = _Strikes(self._filters, case, on), []
        for rule in self._woken(case):
            finding = self._examine(rule, case, strikes)
            if finding.matches or not _acts(rule.card, about or Circumstances(), on):
                continue
            matches = unnegated.matches(rule.when, NOTHING_STRUCK, typos=rule.card.erratas)
            if matches:
                stopped = finding.struck_by or (NEGATION,)
                found.append(Finding(rule.card, tuple(sorted(set(matches))), case.reading, stopped))
        return found

    def filter_holds(self, filter_id: str, subject: str, body: str) -> bool:
        """Tell whether a filter holds in a ticket, whatever its dates; KeyError for an unknown one."""
        number = next((n for n, one in enumerate(self._filters) if one.card.id == filter_id), None)
        if number is None:
            raise KeyError(filter_id)
        return bool(_Strikes(self._filters, self._case(self.read(subject, body)), None).of(number).reasons)

    def read(self, subject: str, body: str) -> Reading:
        """Return what the rules read of a ticket."""
        return read(subject, body, self._abbreviations, self._connectives)

    def count(self, reading: Reading) -> Count | None:
        """Return the points of a ticket's words; None without a scorecard."""
        return self.scorecard.count(reading) if self.scorecard else None

    def _case(self, reading: Reading) -> Case:
        occurrences = self._index.find(reading)
        if reading.questions:
            occurrences.add(QUESTION, [whole(*span) for span in reading.questions])
        for element, places in self._regexes.find(reading).items():
            occurrences.add(element, places)
        return Case(reading, occurrences, self._negation)

    def _woken(self, case: Case) -> list[CompiledRule]:
        possible = self._woken_by.keys() & case.occurrences.possible
        numbers = {n for element in possible for n in self._woken_by[element]}
        return [self._rules[number] for number in sorted(numbers)]

    def _examine(self, rule: CompiledRule, case: Case, strikes: _Strikes) -> Finding:
        typos = rule.card.erratas
        matches = case.matches(rule.when, NOTHING_STRUCK, typos=typos)
        if not matches:
            return Finding(rule.card)
        struck = case.struck_by(rule.exceptions, NOTHING_STRUCK, typos=typos)
        for number in strikes.possible:
            if number in rule.filters:
                struck.add(strikes.of(number))
        if struck.reasons:
            matches = case.matches(rule.when, struck, typos=typos)
            if not matches:
                return Finding(rule.card, struck_by=tuple(struck.reasons))
        matches = sorted(set(matches), key=lambda match: (match.found, match.leaf.phrase))
        return Finding(rule.card, tuple(matches), case.reading)


class _Strikes:
    """Work out what the filters of a day take the weight from, each once and only when a rule asks."""

    def __init__(self, filters: tuple[CompiledFilter, ...], case: Case, on: date | None) -> None:
        self._filters = filters
        self._case = case
        self._on = on
        self._known: dict[int, Struck] = {}
        self.possible = [n for n, one in enumerate(filters) if case.may_strike(one.strike)]

    def of(self, number: int) -> Struck:
        if number not in self._known:
            one = self._filters[number]
            ended = self._on is not None and one.card.hasta is not None and self._on > one.card.hasta
            self._known[number] = Struck() if ended else self._struck_by(one)
        return self._known[number]

    def _struck_by(self, one: CompiledFilter) -> Struck:
        typos = one.card.erratas
        excepted = self._case.struck_by(one.exceptions, NOTHING_STRUCK, typos=typos)
        return self._case.struck_by([one.strike], excepted, typos=typos)


def compile_rules(sections: Mapping[str, Any], scorecard: Scorecard | None = None) -> Classifier:
    """Build the classifier from validated sections, with a ready scorecard if it was built from equal ones.

    They are `reglas`, `vocabulario`, `filtros`, `lectura`, `balanza` and `pesos`.
    """
    aids: ReadingAids = sections.get("lectura") or ReadingAids()
    short_forms = {fold_word(short): fold_word(full) for short, full in aids.equivalencias.items()}
    compiler = Compiler(PatternIndex(sections.get("vocabulario") or {}, short_forms))
    card: ScorecardSection | None = sections.get("balanza")
    if scorecard is None and card is not None:
        scorecard = Scorecard(card, sections.get("pesos") or {}, short_forms)
    return Classifier(compiler, sections.get("reglas") or (), sections.get("filtros") or (), aids, scorecard)


def _waking(rules: Iterable[CompiledRule]) -> dict[int, list[int]]:
    waking: dict[int, list[int]] = {}
    for number, rule in enumerate(rules):
        if rule.card.estado in (State.ACTIVE, State.SHADOW):
            for element in rule.woken_by:
                waking.setdefault(element, []).append(number)
    return waking


def _acts(rule: Rule, about: Circumstances, on: date | None) -> bool:
    if rule.pausada is None and rule.ambito is ANYWHERE:
        return True
    paused = rule.pausada is not None and (on is None or on <= rule.pausada.hasta)
    return not paused and about.lie_in(rule.ambito)
