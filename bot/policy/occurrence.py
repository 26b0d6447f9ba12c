"""Where in a ticket was something found?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple


class Found(NamedTuple):
    """One occurrence, in word numbers, `end` not included; `parts` are its pieces, gaps left out."""

    start: int
    end: int
    parts: tuple[tuple[int, int], ...]


def whole(start: int, end: int) -> Found:
    """Return an occurrence without gaps."""
    return Found(start, end, ((start, end),))


@dataclass(slots=True)
class Occurrences:
    """Hold which elements a ticket may have, and the words read as another, misspelt one.

    Most of them no rule asks for in the end, so their places are worked out by `places` and only on request.
    """

    possible: set[int]
    misspelt: frozenset[int]
    places: Callable[[int], list[Found]]
    _known: dict[int, list[Found]] = field(default_factory=dict)

    def at(self, element: int) -> list[Found]:
        """Return the places of an element in order, none for one that is not there after all."""
        known = self._known.get(element)
        if known is None:
            known = self._known[element] = self.places(element)
        return known

    def add(self, element: int, places: list[Found]) -> None:
        """Take in an element that is found by other means."""
        self.possible.add(element)
        self._known[element] = places
