"""Which of the literal phrases of all rules does a row of words spell?

Phrases share one trie whose edges are words and word beginnings. Every word is looked up once, and remembered
with where it leads from the root.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from bot.policy.occurrence import Found, whole
from bot.policy.phrases import SHORTEST_PREFIX
from bot.policy.text import Reading
from bot.policy.typos import Typos

# Words remembered with what they mean to the rules; a hostile mail must not grow this without end.
_REMEMBERED = 50_000


class Node:
    """One point of the trie: where it leads and which elements end here.

    A ticket that gets here has to try the joins it `wakes`; it shows what other joins need, the `signs`.
    `asked` are those of its elements that rules ask for; the others are pieces of them.
    """

    __slots__ = ("asked", "elements", "next", "signs", "wakes")

    def __init__(self) -> None:
        self.next: dict[str, Node] = {}
        self.elements: set[int] = set()
        self.asked: set[int] = set()
        self.wakes: set[int] = set()
        self.signs: set[int] = set()


Visits = dict[Node, list[Found]]


class _Meaning(NamedTuple):
    """What a word is to the trie: its edges, where they lead from the root, whether a slip was forgiven."""

    edges: tuple[str, ...]
    first: tuple[Node, ...]
    misspelt: bool


class Trie:
    """Collect literal phrases as rows of edges, then walk readings; `equivalents` maps short forms."""

    def __init__(self, equivalents: Mapping[str, str]) -> None:
        self.equivalents = equivalents
        self._root = Node()
        self._edges: set[str] = set()
        self._longest_edge = 0
        self._typos = Typos((), ())
        self._meanings: dict[str, _Meaning] = {}

    def insert(self, edges: tuple[str, ...]) -> Node:
        """Return the point where a phrase ends."""
        node = self._root
        for edge in edges:
            self._edges.add(edge)
            node = node.next.setdefault(edge, Node())
        return node

    def finish(self, *, typos: bool, known: Collection[str]) -> None:
        """Prepare for walks, after the last phrase; `known` words are never slips for another."""
        self._longest_edge = max(map(len, self._edges), default=0)
        self._typos = Typos(self._edges if typos else (), {*known, *self._edges})

    def compact(self) -> None:
        """Turn the sets of all points into shared tuples once nothing is added: most are empty."""
        shared: dict[tuple[int, ...], tuple[int, ...]] = {}
        nodes = [self._root]
        while nodes:
            node = nodes.pop()
            nodes += node.next.values()
            for name in ("elements", "asked", "wakes", "signs"):
                kept = tuple(sorted(getattr(node, name)))
                setattr(node, name, shared.setdefault(kept, kept))

    def walk(self, reading: Reading) -> tuple[Visits, frozenset[int]]:
        """Return the points at which phrases end, with their places, and the words that are slips."""
        meanings = [self._meanings.get(word) or self._look_up(word) for word in reading.words]
        misspelt = frozenset(at for at, meaning in enumerate(meanings) if meaning.misspelt)
        visits: Visits = {}
        for start, meaning in enumerate(meanings):
            if meaning.first:
                _walk_from(start, meanings, reading, visits)
        return visits, misspelt

    def meaning(self, word: str) -> tuple[tuple[str, ...], bool]:
        """Return the edges that a word is, and whether as a slip."""
        meaning = self._meanings.get(word) or self._look_up(word)
        return meaning.edges, meaning.misspelt

    def _look_up(self, word: str) -> _Meaning:
        if len(self._meanings) > _REMEMBERED:
            self._meanings.clear()
        plain = self.equivalents.get(word, word)
        ends = range(SHORTEST_PREFIX, min(len(plain), self._longest_edge) + 1)
        prefixes = (f"{plain[:end]}*" for end in ends)
        kind = ("<numero>",) if plain[:1].isdigit() else ()
        edges = tuple(edge for edge in (plain, *prefixes, *kind) if edge in self._edges)
        meant = () if edges else self._typos.meant(plain)
        first = tuple(node for edge in edges or meant if (node := self._root.next.get(edge)))
        meaning = self._meanings[word] = _Meaning(edges or meant, first, bool(meant))
        return meaning


def _walk_from(start: int, meanings: list[_Meaning], reading: Reading, visits: Visits) -> None:
    """Record where the phrases that begin at a word end."""
    nodes, end = list(meanings[start].first), start + 1
    while nodes:
        ending = [node for node in nodes if node.elements]
        if ending:
            here = whole(start, end)
            for node in ending:
                visits.setdefault(node, []).append(here)
        if end == len(meanings) or reading.breaks[end]:
            break
        edges = meanings[end].edges
        nodes = [on for node in nodes for edge in edges if (on := node.next.get(edge))]
        end += 1
