"""What is wrong with a rule file, where, and how is it told to the people who edit it?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Hold one fault of a rule file: path inside the folder, line from 1, message in Spanish."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return «; ¿quisiste decir «x»?» for the closest known word, or an empty string."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; ¿quisiste decir «{close[0]}»?" if close else ""


def shorten(text: str, limit: int = 60) -> str:
    """Return a text on one line, cut with «…» so that a message stays readable."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
