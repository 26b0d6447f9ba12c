"""Where do the phrases of all rules occur in a ticket? One pass over its words finds them all.

The words yield *elements*: literal phrases and named lists, each shared by all rules that use it. Phrases
with gaps are joined from the elements found, and only when each of their pieces may be there. So the cost
follows the length of the ticket and what is found in it, not the number of phrases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise, permutations
from math import prod

from bot.policy.joins import Join, Link, Search
from bot.policy.neighbours import Neighbours
from bot.policy.occurrence import Occurrences
from bot.policy.phrases import Either, Listed, Sequence, Step, Word, parse
from bot.policy.text import Reading
from bot.policy.trie import Node, Trie, Visits

QUESTION = 0
_COMMON_LETTERS = 3
_COMMON_WEIGHT = 50
_QUESTION_WEIGHT = 1000


class PatternIndex:
    """Collect the phrases of all rules, then find them in readings.

    Phrases are known by element numbers. `lists` must hold every list that phrases name, without cycles.
    """

    def __init__(self, lists: Mapping[str, Iterable[str]], equivalents: Mapping[str, str]) -> None:
        self._lists = {name: tuple(parse(entry) for entry in entries) for name, entries in lists.items()}
        self.equivalents = equivalents
        self._trie = Trie(equivalents)
        self._numbers: dict[object, int] = {}
        self._literals: list[list[tuple[str, ...]]] = [[]]
        self._ends: list[set[Node]] = [set()]
        self._links: list[list[tuple[Link, ...]]] = [[]]
        self._asked: set[int] = set()
        self._needs: dict[int, frozenset[int]] = {}
        self._joins: list[Join] = []
        self._neighbours = Neighbours()

    def phrase(self, text: str, gap: int) -> int:
        """Add a phrase and return its element."""
        return self._ask(self._element((parse(text, gap),)))

    def near(self, texts: Iterable[str], distance: int, *, ordered: bool) -> int:
        """Add phrases that must stand close to one another, and return their common element."""
        parts = [Either((parse(text),)) for text in texts]
        orders = [tuple(parts)] if ordered else list(permutations(parts))
        return self._ask(self._element(tuple(_spaced(order, distance) for order in orders)))

    def unread_element(self) -> int:
        """Reserve an element that is found by other means, such as a regular expression."""
        self._literals.append([])
        self._ends.append(set())
        self._links.append([])
        return len(self._links) - 1

    def finish(self, *, typos: bool, known: Iterable[str]) -> None:
        """Prepare for reading, after the last phrase was added."""
        self._trie.finish(typos=typos, known=frozenset(known))
        for element in self._asked:
            for node in self._ends[element]:
                node.asked.add(element)
        signs: dict[frozenset[int], int] = {}
        for element, ways in enumerate(self._links):
            for links in ways:
                rarest, *others = self._needs_of(links)
                self._wake(len(self._joins), links, rarest)
                for need in others:
                    signs.setdefault(need, len(signs))
                self._joins.append(Join(element, links, frozenset(signs[need] for need in others)))
        for need, sign in signs.items():
            for node in self._ends_of(need):
                node.signs.add(sign)
        self._trie.compact()
        self._numbers.clear()
        self._lists.clear()

    def _wake(self, join: int, links: tuple[Link, ...], rarest: frozenset[int]) -> None:
        """Have a join tried where two of its pieces stand side by side, else wherever its rarest is."""
        beside = [
            (one.element, other.element)
            for one, other in pairwise(links)
            if not (other.gap or one.optional or other.optional)
        ]
        if beside:
            left, right = min(beside, key=lambda pair: prod(self.weight(self.needs(one)) for one in pair))
            self._neighbours.add(join, self._borders(left, -1), self._borders(right, 0))
            return
        for node in self._ends_of(rarest):
            node.wakes.add(join)

    def _borders(self, element: int, side: int) -> frozenset[Node]:
        """Return the points of the trie where the first (0) or last (-1) words of an element are read."""
        inner = (self._borders(links[side].element, side) for links in self._links[element])
        return frozenset(self._ends[element]).union(*inner)

    def _ends_of(self, elements: Iterable[int]) -> set[Node]:
        return set[Node]().union(*(self._ends[element] for element in elements))

    def _ask(self, element: int) -> int:
        self._asked.add(element)
        return element

    def needs(self, element: int) -> frozenset[int]:
        """Return elements of the first pass one of which is found wherever this one is."""
        if element not in self._needs:
            own = {element} if self._literals[element] or not self._links[element] else set()
            rarest = (self._needs_of(links)[0] for links in self._links[element])
            self._needs[element] = frozenset(own.union(*rarest))
        return self._needs[element]

    def _needs_of(self, links: tuple[Link, ...]) -> list[frozenset[int]]:
        """Return what each piece of a phrase needs, the rarest first."""
        return sorted((self.needs(link.element) for link in links if not link.optional), key=self.weight)

    def weight(self, elements: Iterable[int]) -> int:
        """Estimate how often one of the elements turns up in tickets."""
        return sum(self._weight_of(element) for element in elements)

    def _weight_of(self, element: int) -> int:
        if element == QUESTION:
            return _QUESTION_WEIGHT
        literals = self._literals[element]
        common = sum(all(len(edge) <= _COMMON_LETTERS for edge in literal) for literal in literals)
        return len(literals) + common * _COMMON_WEIGHT

    def watched_words(self, elements: Iterable[int]) -> frozenset[str] | None:
        """Return words one of which is wherever one of the elements is; None for one that is not of words."""
        first = {one for element in elements for one in self.needs(element)}
        if not all(self._literals[one] for one in first):
            return None
        return frozenset(max(literal, key=len) for one in first for literal in self._literals[one])

    def meaning(self, word: str) -> tuple[tuple[str, ...], bool]:
        """Return how the trie spells a word, and whether that forgives a slip."""
        return self._trie.meaning(word)

    def find(self, reading: Reading) -> Occurrences:
        """Find every element in a reading."""
        visits, misspelt = self._trie.walk(reading)
        joinable = self._joinable(visits, reading)
        asked = self._asked.intersection(joinable).union(*(node.asked for node in visits))
        return Occurrences(asked, misspelt, Search(joinable, self._ends, reading, visits).occurrences)

    def _joinable(self, visits: Visits, reading: Reading) -> dict[int, list[Join]]:
        """Return the joins of which every piece may be there, by element, in the order of the files."""
        woken = self._neighbours.joins(visits, reading).union(*(node.wakes for node in visits))
        signs = set[int]().union(*(node.signs for node in visits))
        joinable: dict[int, list[Join]] = {}
        for number in sorted(woken):
            join = self._joins[number]
            if join.needs <= signs:
                joinable.setdefault(join.element, []).append(join)
        return joinable

    def _element(self, options: tuple[Sequence, ...]) -> int:
        if options not in self._numbers:
            element = self._numbers[options] = self.unread_element()
            for option in options:
                self._add(element, option)
        return self._numbers[options]

    def _add(self, element: int, option: Sequence) -> None:
        only = option.steps[0].part if len(option.steps) == 1 else None
        if isinstance(only, Listed):
            for entry in self._lists[only.name]:
                self._add(element, entry)
        elif isinstance(only, Either):
            for inner in only.options:
                self._add(element, inner)
        elif _is_literal(option):
            self._insert(element, tuple(self._edge(step.part) for step in option.steps))
        else:
            self._links[element].append(tuple(self._split(option)))

    def _split(self, sequence: Sequence) -> Iterable[Link]:
        """Split a sequence into runs of plain words, lists and alternatives."""
        run: list[Step] = []
        for step in sequence.steps:
            if run and not _continues(step):
                yield Link(self._element((_start_at_zero(run),)), run[0].gap, False)
                run = []
            if isinstance(step.part, Word) and not step.optional:
                run.append(step)
            else:
                yield Link(self._element((_alone(step),)), step.gap, step.optional)
        if run:
            yield Link(self._element((_start_at_zero(run),)), run[0].gap, False)

    def _edge(self, part: object) -> str:
        assert isinstance(part, Word)
        if part.prefix:
            return f"{part.text}*"
        return self.equivalents.get(part.text, part.text)

    def _insert(self, element: int, edges: tuple[str, ...]) -> None:
        node = self._trie.insert(edges)
        if element not in node.elements:
            node.elements.add(element)
            self._literals[element].append(edges)
            self._ends[element].add(node)


def _is_literal(sequence: Sequence) -> bool:
    return all(
        isinstance(step.part, Word) and not step.optional and not (step.gap and i)
        for i, step in enumerate(sequence.steps)
    )


def _continues(step: Step) -> bool:
    return isinstance(step.part, Word) and not step.optional and not step.gap


def _spaced(parts: tuple[Either, ...], distance: int) -> Sequence:
    return Sequence(tuple(Step(part, distance if i else 0) for i, part in enumerate(parts)))


def _start_at_zero(run: list[Step]) -> Sequence:
    return Sequence((Step(run[0].part), *run[1:]))


def _alone(step: Step) -> Sequence:
    return Sequence((Step(step.part),))
