"""Where in a ticket was something found?"""

from __future__ import annotations

from typing import NamedTuple


class Found(NamedTuple):
    """One occurrence, in word numbers, `end` not included; `parts` are its pieces, gaps left out."""

    start: int
    end: int
    parts: tuple[tuple[int, int], ...]


def whole(start: int, end: int) -> Found:
    """Return an occurrence without gaps."""
    return Found(start, end, ((start, end),))


class Occurrences(NamedTuple):
    """What one pass found: the places of every element, and the words read as another, misspelt one."""

    of: dict[int, list[Found]]
    misspelt: frozenset[int]
