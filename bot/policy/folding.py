"""How does text look once case, accents, disguises and stretched letters are taken away?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

# Marks and invisible characters that people and mailers put inside words.
INVISIBLE = "\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
_REMEMBERED = 4096
_DROPPED = frozenset({"Mn", "Me", "Cf"})
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
# «Nº» would fold to the word «no», a negation; ordinals lose their mark instead.
_REPLACED = str.maketrans("‘’‚‛´`“”„‟«»", "'" * 6 + '"' * 6) | str.maketrans({"º": "", "ª": "", "№": "n"})


@dataclass(frozen=True, slots=True)
class Folded:
    """Hold a folded text; `offsets[i]` is where its character i began, and the last one the end."""

    text: str
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the slice of the original that a slice of the folded text came from."""
        if end <= start:
            return self.offsets[start], self.offsets[start]
        return self.offsets[start], max(self.offsets[end], self.offsets[end - 1] + 1)


class _Table(dict[int, str]):
    """Map code points to what is left of them, worked out on first sight."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if len(self) < _REMEMBERED:
            self[code] = folded
        return folded


def _fold_character(character: str) -> str:
    folded = character
    while True:
        decomposed = unicodedata.normalize("NFKD", folded.translate(_REPLACED).casefold())
        again = "".join(c for c in decomposed if unicodedata.category(c) not in _DROPPED)
        if again == folded:
            return " " if folded.isspace() and folded != "\n" else folded
        folded = again


_TABLE = _Table()
# What Spanish is mostly written in, less the signs that fold to more than one character or to none.
_ONE_FOR_ONE = re.compile(
    "[" + "".join(re.escape(chr(n)) for n in range(256) if len(_fold_character(chr(n))) == 1) + "]*"
)


def fold_text(text: str) -> str:
    """Fold a text: «URGENTEEE» and «úrgente» both give «urgente». Folding twice changes nothing."""
    return _STRETCHED.sub(r"\1", text.translate(_TABLE))


@lru_cache(maxsize=65536)
def fold_word(word: str) -> str:
    """Fold one word, remembering the words of everyday."""
    return fold_text(word)


def fold(text: str) -> Folded:
    """Fold a text and remember where every character came from."""
    if _ONE_FOR_ONE.fullmatch(text):
        return _unstretch(text.translate(_TABLE), range(len(text) + 1))
    letters: list[str] = []
    offsets: list[int] = []
    for position, character in enumerate(text):
        folded = _TABLE[ord(character)]
        letters.append(folded)
        offsets.extend([position] * len(folded))
    return _unstretch("".join(letters), [*offsets, len(text)])


def _unstretch(text: str, offsets: Sequence[int]) -> Folded:
    kept: list[str] = []
    origins: list[int] = []
    last = 0
    for run in _STRETCHED.finditer(text):
        kept += (text[last : run.start()], run[1])
        origins += (*offsets[last : run.start()], offsets[run.start()])
        last = run.end()
    return Folded("".join([*kept, text[last:]]), (*origins, *offsets[last:]))
