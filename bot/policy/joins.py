"""Where do phrases with gaps occur, given where their pieces do?"""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

from bot.policy.gaps import Break
from bot.policy.occurrence import Found
from bot.policy.text import Reading
from bot.policy.trie import Node, Visits


class Link(NamedTuple):
    """One piece of a phrase, at most `gap` words after the piece before."""

    element: int
    gap: int
    optional: bool


class Join(NamedTuple):
    """One way to put an element together, and the signs without which its pieces cannot all be there."""

    element: int
    links: tuple[Link, ...]
    needs: frozenset[int]


class Search:
    """Join the pieces that one walk found; `joinable` are the joins worth trying, by element."""

    def __init__(
        self, joinable: dict[int, list[Join]], ends: list[set[Node]], reading: Reading, visits: Visits
    ) -> None:
        self._joinable = joinable
        self._ends = ends
        self._reading = reading
        self._visits = visits
        self._visited = set(visits)
        self._done: dict[int, list[Found]] = {}

    def occurrences(self, element: int) -> list[Found]:
        """Return the places of an element in order, working them out on first use."""
        known = self._done.get(element)
        if known is None:
            known = self._literal(element)
            if element in self._joinable:
                known = self._with_joined(known, self._joinable[element])
            self._done[element] = known
        return known

    def _literal(self, element: int) -> list[Found]:
        """Return where the walk itself found an element, in order."""
        ends = self._ends[element]
        if len(ends) == 1:
            (node,) = ends
            return self._visits.get(node, [])
        lists = [self._visits[node] for node in ends & self._visited]
        return lists[0] if len(lists) == 1 else sorted({one for places in lists for one in places})

    def _with_joined(self, known: list[Found], joins: list[Join]) -> list[Found]:
        places = {(one.start, one.end): one for one in known}
        for join in joins:
            for one in self._join(join.links):
                places.setdefault((one.start, one.end), one)
        return sorted(places.values())

    def _join(self, links: tuple[Link, ...]) -> list[Found]:
        partial = self.occurrences(links[0].element)
        for link in links[1:]:
            if not partial:
                break
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
            return self._reading.breaks[start] is Break.NONE
        return self._reading.sentences[end - 1] == self._reading.sentences[start]
