"""What is on each line of a mail, as written and folded?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from bot.policy.folding import fold_text

Span = tuple[int, int]

_WORDS = re.compile(r"\w+")


class Line(NamedTuple):
    """Hold one line of a text: its place, its words as written and folded."""

    start: int
    end: int
    raw: str
    folded: str

    @property
    def is_blank(self) -> bool:
        return not self.raw


def split(text: str) -> list[Line]:
    """Return the lines of a text, blank ones too."""
    lines = []
    start = 0
    for row in text.splitlines(keepends=True):
        raw = row.strip()
        end = start + len(row)
        lines.append(Line(start, end, raw, fold_text(raw)))
        start = end
    return lines


def spans(lines: Iterable[Line]) -> list[Span]:
    """Join neighbouring lines, so that sentences may run over line ends."""
    joined: list[Span] = []
    for line in lines:
        if joined and joined[-1][1] == line.start:
            joined[-1] = (joined[-1][0], line.end)
        else:
            joined.append((line.start, line.end))
    return joined


def has_words(lines: Iterable[Line], number: int) -> bool:
    """Tell whether the lines hold at least so many words."""
    return lines_of_words(lines, number) is not None


def lines_of_words(lines: Iterable[Line], number: int) -> int | None:
    """Return how many lines it takes to hold so many words; None where they do not."""
    for count, line in enumerate(lines, 1):
        number -= len(_WORDS.findall(line.folded))
        if number <= 0:
            return count
    return None
