"""How does text look once case, accents, disguises and stretched letters are taken away?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import re2

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
    offsets: Sequence[int]

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


def _latin_table() -> bytes:
    """Return what is left of each Latin-1 character; 0 for one that becomes none, several or a stranger."""
    folded = (_fold_character(chr(code)) for code in range(256))
    return bytes(ord(one) if len(one) == 1 and ord(one) < 256 else 0 for one in folded)


# Spanish is mostly Latin-1, where a table of bytes folds thirty times as fast as one of characters.
_LATIN = _latin_table()


def _tripled_letters() -> re2.Set:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    tripled = re2.Set.SearchSet(options)
    letters = sorted({chr(code) for code in _LATIN if re.match(r"[^\W\d_]", chr(code))})
    tripled.Add("|".join(f"{letter}{{3}}" for letter in letters).encode("latin-1"))
    tripled.Compile()
    return tripled


_TRIPLED = _tripled_letters()


def fold_text(text: str) -> str:
    """Fold a text: «URGENTEEE» and «úrgente» both give «urgente». Folding twice changes nothing."""
    letters = _one_for_one(text)
    if letters is None:
        return _STRETCHED.sub(r"\1", text.translate(_TABLE))
    folded = letters.decode("latin-1")
    return _STRETCHED.sub(r"\1", folded) if _TRIPLED.Match(letters) else folded


def _one_for_one(text: str) -> bytes | None:
    """Fold a text of Latin-1 character by character, stretched letters left; None when that is impossible."""
    try:
        folded = text.encode("latin-1").translate(_LATIN)
    except UnicodeEncodeError:
        return None
    return None if 0 in folded else folded


@lru_cache(maxsize=65536)
def fold_word(word: str) -> str:
    """Fold one word, remembering the words of everyday."""
    return _STRETCHED.sub(r"\1", word.translate(_TABLE))


def fold(text: str) -> Folded:
    """Fold a text and remember where every character came from."""
    if (latin := _one_for_one(text)) is not None:
        folded = latin.decode("latin-1")
        offsets = range(len(text) + 1)
        return _unstretch(folded, offsets) if _TRIPLED.Match(latin) else Folded(folded, offsets)
    letters: list[str] = []
    origins: list[int] = []
    for position, character in enumerate(text):
        folded = _TABLE[ord(character)]
        letters.append(folded)
        origins.extend([position] * len(folded))
    return _unstretch("".join(letters), [*origins, len(text)])


def _unstretch(text: str, offsets: Sequence[int]) -> Folded:
    kept: list[str] = []
    origins: list[int] = []
    last = 0
    for run in _STRETCHED.finditer(text):
        kept += (text[last : run.start()], run[1])
        origins += (*offsets[last : run.start()], offsets[run.start()])
        last = run.end()
    return Folded("".join([*kept, text[last:]]), (*origins, *offsets[last:]))
