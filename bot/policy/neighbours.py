"""Which phrases have two pieces that stand side by side in a ticket?

Where a phrase leaves no gap between two of its pieces, it is worth joining only where one ends and the other
begins. What two points of the trie promise each other is worked out once and remembered.
"""

from __future__ import annotations

from collections import defaultdict

from bot.policy.text import Reading
from bot.policy.trie import Node, Visits

# Pairs of points remembered; a hostile mail must not grow this without end.
_REMEMBERED = 20_000


class Neighbours:
    """Know the joins that need two pieces side by side; `add` all of them before the first `joins`."""

    def __init__(self) -> None:
        self._groups: dict[frozenset[Node], int] = {}
        self._after: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        self._lefts: dict[Node, set[int]] = defaultdict(set)
        self._rights: dict[Node, set[int]] = defaultdict(set)
        self._followers: dict[Node, dict[int, list[int]]] = {}
        self._between: dict[tuple[Node, Node], tuple[int, ...]] = {}

    def add(self, join: int, lasts: frozenset[Node], firsts: frozenset[Node]) -> None:
        """Make a join depend on a point of `firsts` beginning where one of `lasts` ends."""
        left, right = self._number(lasts, self._lefts), self._number(firsts, self._rights)
        self._after[left][right].append(join)

    def _number(self, nodes: frozenset[Node], groups_of: dict[Node, set[int]]) -> int:
        group = self._groups.setdefault(nodes, len(self._groups))
        for node in nodes:
            groups_of[node].add(group)
        return group

    def joins(self, visits: Visits, reading: Reading) -> set[int]:
        """Return the joins whose two pieces stand side by side with nothing between them."""
        beginning: dict[int, list[Node]] = {}
        for node in visits.keys() & self._rights.keys():
            for start, _, _ in visits[node]:
                beginning.setdefault(start, []).append(node)
        joins: set[int] = set()
        between, breaks = self._between, reading.breaks
        for node in visits.keys() & self._lefts.keys():
            for _, end, _ in visits[node]:
                for other in beginning.get(end, ()):
                    found = between.get((node, other))
                    if found is None:
                        found = self._look_up(node, other)
                    if found and not breaks[end]:
                        joins.update(found)
        return joins

    def _look_up(self, node: Node, other: Node) -> tuple[int, ...]:
        if len(self._between) > _REMEMBERED:
            self._between.clear()
        followers = self._followers.get(node) or self._gather(node)
        shared = followers.keys() & self._rights[other]
        found = self._between[node, other] = tuple(join for group in shared for join in followers[group])
        return found

    def _gather(self, node: Node) -> dict[int, list[int]]:
        gathered = self._followers[node] = defaultdict(list)
        for left in self._lefts[node]:
            for right, joins in self._after[left].items():
                gathered[right] += joins
        return gathered
