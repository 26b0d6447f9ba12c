"""How do the conditions of the rule files become what one pass over a ticket can answer?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from bot.policy.conditions import (
    AllOf,
    AnyOf,
    Asked,
    AtLeast,
    ByRegex,
    InOrder,
    Near,
    NoneOf,
    OneWord,
    Place,
    Scope,
    Words,
)
from bot.policy.patterns import QUESTION, PatternIndex
from bot.policy.phrases import DEFAULT_GAP
from bot.policy.rules import Filter, Rule


@dataclass(frozen=True, slots=True)
class Leaf:
    """Hold one thing to find; `phrase` is how the rule file writes it."""

    element: int
    phrase: str
    place: Place
    even_negated: bool


@dataclass(frozen=True, slots=True)
class AnyNode:
    """Hold when one of its parts holds; leaves are found by element, however many there are."""

    leaves: dict[int, tuple[Leaf, ...]]
    groups: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class CountNode:
    """Hold in every unit where at least `least` parts hold and none of the `barred`.

    `needs` run parallel to `parts`: elements one of which is found wherever the part holds.
    """

    least: int
    parts: tuple[Node, ...]
    barred: tuple[Node, ...]
    unit: Scope
    needs: tuple[frozenset[int], ...]


Node = AnyNode | CountNode


@dataclass(frozen=True, slots=True)
class Strike:
    """Hold a condition whose words take the weight from the words around them, and its reason."""

    name: str
    when: Node
    scope: Scope
    woken_by: frozenset[int]


@dataclass(frozen=True, slots=True)
class CompiledFilter:
    card: Filter
    strike: Strike
    exceptions: tuple[Strike, ...]


@dataclass(frozen=True, slots=True)
class CompiledRule:
    card: Rule
    when: Node
    exceptions: tuple[Strike, ...]
    woken_by: frozenset[int]
    filters: tuple[int, ...]


@dataclass(slots=True)
class Compiler:
    """Turn conditions into nodes over the elements of one index; gathers the regular expressions."""

    index: PatternIndex
    patterns: dict[str, int] = field(default_factory=dict)

    def rule(self, card: Rule, filters: Iterable[Filter]) -> CompiledRule:
        """Compile one rule, with the numbers of the filters it is subject to."""
        when = self.node(card.cuando)
        subject_to = tuple(number for number, one in enumerate(filters) if is_subject_to(card, one))
        return CompiledRule(card, when, self.exceptions(card.salvo), self.needs(when), subject_to)

    def filter(self, card: Filter) -> CompiledFilter:
        strike = self.strike(f"el filtro «{card.id}»", card.cuando, card.alcance)
        return CompiledFilter(card, strike, self.exceptions(card.salvo))

    def exceptions(self, cards: Iterable[Any]) -> tuple[Strike, ...]:
        return tuple(self.strike(f"su salvo «{card.motivo}»", card, Scope(card.alcance)) for card in cards)

    def strike(self, name: str, condition: Any, scope: Scope) -> Strike:
        when = self.node(condition)
        return Strike(name, when, scope, self.needs(when))

    def node(self, condition: Any) -> Node:
        match condition:
            case AnyOf(alguna=parts):
                return self.any_of(parts)
            case AllOf(todas=parts):
                wanted = tuple(self.node(part) for part in parts if not isinstance(part, NoneOf))
                barred = tuple(self.any_of(part.ninguna) for part in parts if isinstance(part, NoneOf))
                return self.count(len(wanted), wanted, barred, Scope(condition.en_la_misma))
            case AtLeast(minimo=least, de=parts):
                return self.count(least, tuple(map(self.node, parts)), (), Scope(condition.en_la_misma))
            case _:
                return self.any_of((condition,))

    def count(self, least: int, parts: tuple[Node, ...], barred: tuple[Node, ...], unit: Scope) -> CountNode:
        return CountNode(least, parts, barred, unit, tuple(map(self.needs, parts)))

    def any_of(self, conditions: Iterable[Any]) -> AnyNode:
        leaves: dict[int, tuple[Leaf, ...]] = {}
        groups: list[Node] = []
        for condition in conditions:
            if isinstance(condition, AnyOf | AllOf | AtLeast):
                groups.append(self.node(condition))
                continue
            for leaf in self.leaves(condition):
                leaves[leaf.element] = (*leaves.get(leaf.element, ()), leaf)
        return AnyNode(leaves, tuple(groups))

    def leaves(self, condition: Any) -> list[Leaf]:
        if isinstance(condition, str):
            element = self.index.phrase(condition, DEFAULT_GAP)
            return [Leaf(element, condition, Place.BOTH, even_negated=False)]
        return [
            Leaf(element, phrase, condition.en, condition.aunque_se_niegue)
            for element, phrase in self.elements(condition)
        ]

    def elements(self, condition: Any) -> list[tuple[int, str]]:
        match condition:
            case OneWord(palabra=word):
                return [(self.index.phrase(word, DEFAULT_GAP), word)]
            case Words(palabras=words):
                return [(self.index.phrase(word, DEFAULT_GAP), word) for word in words]
            case InOrder(frase=phrase, hueco=gap):
                return [(self.index.phrase(phrase, gap), phrase)]
            case Near(cerca=near):
                element = self.index.near(near.palabras, near.distancia, ordered=near.orden == "fijo")
                return [(element, " … ".join(near.palabras))]
            case ByRegex(regex=regex):
                return [(self.regex(regex.patron), regex.patron)]
            case Asked():
                return [(QUESTION, "¿…?")]
        raise TypeError(f"unknown condition: {condition!r}")

    def regex(self, pattern: str) -> int:
        if pattern not in self.patterns:
            self.patterns[pattern] = self.index.unread_element()
        return self.patterns[pattern]

    def needs(self, node: Node) -> frozenset[int]:
        """Return elements one of which is found in every ticket where the node holds."""
        match node:
            case AnyNode(leaves=leaves, groups=groups):
                return frozenset(leaves).union(*(self.needs(group) for group in groups))
            case CountNode(least=least, parts=parts, needs=needs_of_parts):
                needs = sorted(needs_of_parts, key=self.index.weight)
                # Any choice of `least` parts leaves out at most the rest: one of the rarest must be there.
                return frozenset().union(*needs[: len(parts) - least + 1])


def is_subject_to(rule: Rule, one: Filter) -> bool:
    """Tell whether a filter takes the weight from the words of a rule."""
    if one.id in rule.ignora_filtros:
        return False
    suppressed = one.suprime
    return (
        rule.nivel in suppressed.niveles
        or any(fnmatchcase(rule.id, name) for name in suppressed.reglas)
        or bool(set(rule.flags) & set(suppressed.banderas))
    )
