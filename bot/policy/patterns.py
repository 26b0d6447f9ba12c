"""Where do the phrases of all rules occur in a ticket? One pass over its words finds them all.

Every word is looked up once; a trie whose edges are words and word beginnings then yields the *elements*:
literal phrases and named lists, each shared by all rules that use it. Phrases with gaps are joined from the
elements found, and only where their rarest part was found. So the cost follows the length of the ticket and
what is found in it, not the number of phrases.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from itertools import permutations
from typing import NamedTuple

from bot.policy.phrases import SHORTEST_PREFIX, Either, Listed, Sequence, Step, Word, parse
from bot.policy.text import Break, Reading
from bot.policy.typos import Typos

QUESTION = 0
# Words remembered with what they mean to the rules; a hostile mail must not grow this without end.
_REMEMBERED = 50_000
_COMMON_LETTERS = 3
_COMMON_WEIGHT = 50
_QUESTION_WEIGHT = 1000


class Found(NamedTuple):
    """One occurrence, in word numbers, `end` not included; `parts` are its pieces, gaps left out."""

    start: int
    end: int
    parts: tuple[tuple[int, int], ...]


class _Link(NamedTuple):
    element: int
    gap: int
    optional: bool


class _Join(NamedTuple):
    """One way to put an element together; `literals` are links that the walk itself must have found."""

    links: tuple[_Link, ...]
    literals: frozenset[int]


class _Node:
    """One point of the trie: where it leads, what ends here, and what to work out when a ticket gets here."""

    __slots__ = ("elements", "next", "wakes")

    def __init__(self) -> None:
        self.next: dict[str, _Node] = {}
        self.elements: set[int] = set()
        self.wakes: set[int] = set()


Visits = dict[_Node, list[Found]]


class Occurrences(NamedTuple):
    """What one pass found: the places of every element, and the words read as another, misspelt one."""

    of: dict[int, list[Found]]
    misspelt: frozenset[int]


class PatternIndex:
    """Collect the phrases of all rules, then find them in readings.

    Phrases are known by element numbers. `lists` must hold every list that phrases name, without cycles.
    """

    def __init__(self, lists: Mapping[str, Iterable[str]], equivalents: Mapping[str, str]) -> None:
        self._lists = {name: tuple(parse(entry) for entry in entries) for name, entries in lists.items()}
        self.equivalents = equivalents
        self._root = _Node()
        self._edges: set[str] = set()
        self._elements: dict[object, int] = {}
        self._joins: list[list[_Join]] = [[]]
        self._literals: list[list[tuple[str, ...]]] = [[]]
        self._longest_edge = 0
        self._needs: dict[int, frozenset[int]] = {}
        self._asked: set[int] = set()
        self._ends: list[list[_Node]] = [[]]
        self._typos = Typos((), ())
        self._edges_of: dict[str, tuple[tuple[str, ...], bool]] = {}

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
        self._joins.append([])
        self._literals.append([])
        self._ends.append([])
        return len(self._joins) - 1

    def finish(self, *, typos: bool, known: Iterable[str]) -> None:
        """Prepare for reading, after the last phrase was added."""
        sure = {*known, *self._edges}
        self._longest_edge = max(map(len, self._edges), default=0)
        self._typos = Typos(self._edges if typos else (), sure)
        self._joins = [[self._with_literals(join) for join in joins] for joins in self._joins]
        for element in self._asked:
            for waking in self.needs(element):
                for node in self._ends[waking]:
                    node.wakes.add(element)

    def _with_literals(self, join: _Join) -> _Join:
        sure = (link.element for link in join.links if not link.optional and not self._joins[link.element])
        return join._replace(literals=frozenset(sure))

    def _ask(self, element: int) -> int:
        self._asked.add(element)
        return element

    def needs(self, element: int) -> frozenset[int]:
        """Return elements of the first pass one of which is found wherever this one is."""
        if element not in self._needs:
            own = {element} if self._literals[element] or not self._joins[element] else set()
            joins = (self._rarest(join.links) for join in self._joins[element])
            self._needs[element] = frozenset(own.union(*joins))
        return self._needs[element]

    def weight(self, elements: Iterable[int]) -> int:
        """Estimate how often one of the elements turns up in tickets."""
        return sum(self._weight_of(element) for element in elements)

    def _weight_of(self, element: int) -> int:
        if element == QUESTION:
            return _QUESTION_WEIGHT
        literals = self._literals[element]
        common = sum(all(len(edge) <= _COMMON_LETTERS for edge in literal) for literal in literals)
        return len(literals) + common * _COMMON_WEIGHT

    def find(self, reading: Reading) -> Occurrences:
        """Find every element in a reading."""
        edges, misspelt = self._look_up(reading.words)
        visits = self._walk(edges, reading.breaks)
        search = _Search(self._joins, self._ends, reading, visits)
        woken = set[int]().union(*(node.wakes for node in visits))
        found = {element: places for element in woken if (places := search.occurrences(element))}
        return Occurrences(found, frozenset(misspelt))

    def _element(self, options: tuple[Sequence, ...]) -> int:
        if options not in self._elements:
            element = self._elements[options] = self.unread_element()
            for option in options:
                self._add(element, option)
        return self._elements[options]

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
            self._joins[element].append(_Join(tuple(self._links(option)), frozenset()))

    def _links(self, sequence: Sequence) -> Iterable[_Link]:
        """Split a sequence into runs of plain words, lists and alternatives."""
        run: list[Step] = []
        for step in sequence.steps:
            if run and not _continues(step):
                yield _Link(self._element((_start_at_zero(run),)), run[0].gap, False)
                run = []
            if isinstance(step.part, Word) and not step.optional:
                run.append(step)
            else:
                yield _Link(self._element((_alone(step),)), step.gap, step.optional)
        if run:
            yield _Link(self._element((_start_at_zero(run),)), run[0].gap, False)

    def _edge(self, part: object) -> str:
        assert isinstance(part, Word)
        if part.prefix:
            return f"{part.text}*"
        return self.equivalents.get(part.text, part.text)

    def _insert(self, element: int, edges: tuple[str, ...]) -> None:
        node = self._root
        for edge in edges:
            self._edges.add(edge)
            node = node.next.setdefault(edge, _Node())
        if element not in node.elements:
            node.elements.add(element)
            self._literals[element].append(edges)
            self._ends[element].append(node)

    def _rarest(self, links: tuple[_Link, ...]) -> frozenset[int]:
        return min((self.needs(link.element) for link in links if not link.optional), key=self.weight)

    def _look_up(self, words: list[str]) -> tuple[list[tuple[str, ...]], list[int]]:
        """Return the trie edges of every word, and the words that only a slip brings to one."""
        all_edges, misspelt = [], []
        for position, word in enumerate(words):
            edges, slipped = self._edges_of.get(word) or self._remember(word)
            if slipped:
                misspelt.append(position)
            all_edges.append(edges)
        return all_edges, misspelt

    def _remember(self, word: str) -> tuple[tuple[str, ...], bool]:
        if len(self._edges_of) > _REMEMBERED:
            self._edges_of.clear()
        plain = self.equivalents.get(word, word)
        ends = range(SHORTEST_PREFIX, min(len(plain), self._longest_edge) + 1)
        prefixes = (f"{plain[:end]}*" for end in ends)
        kind = ("<numero>",) if plain[:1].isdigit() else ()
        edges = tuple(edge for edge in (plain, *prefixes, *kind) if edge in self._edges)
        meant = () if edges else self._typos.meant(plain)
        remembered = self._edges_of[word] = (edges or meant, bool(meant))
        return remembered

    def _walk(self, edges: list[tuple[str, ...]], breaks: list[Break]) -> Visits:
        """Return the points of the trie at which phrases end, each with the places in the ticket."""
        visits: Visits = {}
        for start, here in enumerate(edges):
            nodes = [node for edge in here if (node := self._root.next.get(edge))]
            end = start + 1
            while nodes:
                for node in nodes:
                    if node.elements:
                        visits.setdefault(node, []).append(Found(start, end, ((start, end),)))
                if end == len(edges) or breaks[end]:
                    break
                nodes = [on for node in nodes for edge in edges[end] if (on := node.next.get(edge))]
                end += 1
        return visits


class _Search:
    """Join the pieces that one walk found into phrases with gaps."""

    def __init__(
        self,
        joins: list[list[_Join]],
        ends: list[list[_Node]],
        reading: Reading,
        visits: Visits,
    ) -> None:
        self.joins = joins
        self.ends = ends
        self.reading = reading
        self.visits = visits
        self.touched = set[int]().union(*(node.elements for node in visits))
        self.done: dict[int, list[Found]] = {}

    def occurrences(self, element: int) -> list[Found]:
        """Return the places of an element in order, working them out on first use."""
        known = self.done.get(element)
        if known is None:
            known = self._literal(element) if element in self.touched else []
            possible = [join for join in self.joins[element] if join.literals <= self.touched]
            if possible:
                places = {(one.start, one.end): one for one in known}
                for join in possible:
                    for one in self._join(join.links):
                        places.setdefault((one.start, one.end), one)
                known = sorted(places.values())
            self.done[element] = known
        return known

    def _literal(self, element: int) -> list[Found]:
        """Return where the walk itself found an element, in order."""
        ends, visits = self.ends[element], self.visits
        if len(ends) <= len(visits):
            lists = [visits[node] for node in ends if node in visits]
        else:
            lists = [places for node, places in visits.items() if element in node.elements]
        if len(lists) < 2:
            return lists[0] if lists else []
        return sorted({(one.start, one.end): one for places in lists for one in places}.values())

    def _join(self, links: tuple[_Link, ...]) -> list[Found]:
        if not all(link.optional or self.occurrences(link.element) for link in links):
            return []
        partial = self.occurrences(links[0].element)
        for link in links[1:]:
            longer = self._extend(partial, self.occurrences(link.element), link.gap)
            partial = [*longer, *partial] if link.optional else longer
        return partial

    def _extend(self, partial: list[Found], following: list[Found], gap: int) -> list[Found]:
        """Append to every partial match what follows it within the gap; of equal ends the shortest stays."""
        best: dict[int, Found] = {}
        for one in partial:
            for at in range(bisect_left(following, (one.end,)), len(following)):
                next_one = following[at]
                if next_one.start > one.end + gap:
                    break
                kept = best.get(next_one.end)
                if (kept is None or kept.start < one.start) and self._joined(one.end, next_one.start, gap):
                    best[next_one.end] = Found(one.start, next_one.end, (*one.parts, *next_one.parts))
        return list(best.values())

    def _joined(self, end: int, start: int, gap: int) -> bool:
        if start == end and not gap:
            return self.reading.breaks[start] is Break.NONE
        return self.reading.sentences[end - 1] == self.reading.sentences[start]


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
