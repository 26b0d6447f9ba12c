"""Where do the regular expressions of the rules occur, in time linear in the text?

RE2 never backtracks, so no pattern and no mail can make it hang; its memory is bounded here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import re2

from bot.policy.folding import fold, fold_text
from bot.policy.occurrence import Found
from bot.policy.text import Reading

_MEMORY = 1 << 20
# A set that runs out of memory answers «nothing» without an error, so it gets plenty.
_SET_MEMORY = 64 << 20
_MOST_MATCHES = 50


def _options(memory: int) -> Any:
    options = re2.Options()
    options.max_mem = memory
    options.log_errors = False
    options.case_sensitive = False
    # One byte a character: byte offsets are character offsets.
    options.encoding = re2.Options.Encoding.LATIN1
    return options


@lru_cache(maxsize=512)
def compiled_regex(pattern: str) -> Any:
    """Compile an ASCII pattern for `as_bytes` texts; ValueError in Spanish when RE2 refuses it."""
    try:
        return re2.compile(pattern.encode("ascii"), _options(_MEMORY))
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error.args[0])
        raise ValueError(f"RE2 no acepta el patrón: {reason}") from None


def as_bytes(folded: str) -> bytes:
    """Return a folded text with one byte a character, so that places in it stay places in the text."""
    return folded.encode("ascii", "replace")


class RegexSet:
    """Look for all patterns at once; only those that appear are searched for their places."""

    def __init__(self, elements: Mapping[str, int]) -> None:
        self._elements = list(elements.items())
        self._any = re2.Set.SearchSet(_options(_SET_MEMORY))
        for pattern in elements:
            self._any.Add(pattern.encode("ascii"))
        self._any.Compile()

    def find(self, reading: Reading) -> dict[int, list[Found]]:
        """Return the visible words that each pattern touches, by its element."""
        found: dict[int, list[Found]] = {}
        if not self._elements:
            return found
        subject = (0, reading.body_from)
        body = (reading.body_from, len(reading.words))
        for text, words in ((reading.subject, subject), (reading.body, body)):
            for number in self._any.Match(as_bytes(fold_text(text))) or ():
                pattern, element = self._elements[number]
                if places := _places(pattern, text, reading, words):
                    found.setdefault(element, []).extend(places)
        return found


def _places(pattern: str, text: str, reading: Reading, words: tuple[int, int]) -> list[Found]:
    folded = fold(text)
    places = []
    for hit in compiled_regex(pattern).finditer(as_bytes(folded.text)):
        start, stop = folded.span(*hit.span())
        first = bisect_left(reading.ends, start + 1, *words)
        end = bisect_left(reading.starts, stop, *words)
        if first < end:
            places.append(Found(first, end, ((first, end),)))
        if len(places) == _MOST_MATCHES:
            break
    return places
