"""What may a table of points name in a ticket: words, beginnings of words, pairs of words?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.policy.gaps import Break
from bot.policy.phrases import CLASSES
from bot.policy.text import Reading

# Pairs hold the beginnings of longer words: «factura» and «facturas» meet there.
PAIR_STEM = 6
GAP = " ... "
_NUMBER = "<numero>"
# Words remembered with what they mean to the tables; a hostile mail must not grow this without end.
_REMEMBERED = 50_000
# Where in a text something stands: word numbers, ends not included.
Pieces = tuple[tuple[int, int], ...]


class _Known(NamedTuple):
    """What a word is to the tables: its own entries, how pairs spell it, and the pairs that it begins."""

    entries: tuple[str, ...]
    cut: str
    beside: Mapping[str, str]
    apart: Mapping[str, str]


class EntryIndex:
    """Find the entries of all tables as `indications` spells them, without spelling those no table holds."""

    def __init__(self, entries: Iterable[str], short_forms: Mapping[str, str]) -> None:
        self._short_forms = short_forms
        self._singles = {entry for entry in entries if " " not in entry}
        self._stems = sorted({len(entry) - 1 for entry in self._singles if entry.endswith("*")})
        self._beside: dict[str, dict[str, str]] = {}
        self._apart: dict[str, dict[str, str]] = {}
        for entry in entries:
            first, gap, second = entry.partition(GAP)
            pairs = self._apart if gap else self._beside
            first, second = (first, second) if gap else entry.partition(" ")[::2]
            if second:
                pairs.setdefault(first, {})[second] = entry
        self._known: dict[str, _Known] = {}

    def found(self, reading: Reading) -> dict[str, Pieces]:
        """Return each entry that a ticket holds, with where it is first."""
        known = [self._known.get(word) or self._look_up(word) for word in reading.words]
        breaks, last = reading.breaks, len(known) - 1
        found: dict[str, Pieces] = {}
        for at, word in enumerate(known):
            for entry in word.entries:
                if entry not in found:
                    found[entry] = ((at, at + 1),)
            if at == last or breaks[at + 1] is Break.SENTENCE:
                continue
            if (pair := word.beside.get(known[at + 1].cut)) and pair not in found:
                found[pair] = ((at, at + 2),)
            if at + 1 == last or breaks[at + 2] is Break.SENTENCE:
                continue
            if (pair := word.apart.get(known[at + 2].cut)) and pair not in found:
                found[pair] = ((at, at + 1), (at + 2, at + 3))
        return found

    def _look_up(self, word: str) -> _Known:
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        spelt = [entry for entry, _ in indications([word], [Break.NONE], self._stems, self._short_forms)]
        held = tuple(entry for entry in spelt if entry in self._singles)
        cut = cut_word(_plain(word, self._short_forms))
        known = self._known[word] = _Known(held, cut, self._beside.get(cut, {}), self._apart.get(cut, {}))
        return known


def indications(
    words: Sequence[str], breaks: Sequence[Break], stems: Iterable[int], short_forms: Mapping[str, str]
) -> Iterator[tuple[str, Pieces]]:
    """Yield, with its pieces, all that a table may name: words, beginnings of words, pairs of words."""
    plain = [_plain(word, short_forms) for word in words]
    cut = [cut_word(word) for word in plain]
    lengths = tuple(stems)
    for at, word in enumerate(plain):
        yield word, ((at, at + 1),)
        for length in () if word in CLASSES else lengths:
            if len(word) > length:
                yield f"{word[:length]}*", ((at, at + 1),)
        if at + 1 == len(plain) or breaks[at + 1] is Break.SENTENCE:
            continue
        yield f"{cut[at]} {cut[at + 1]}", ((at, at + 2),)
        if at + 2 < len(plain) and breaks[at + 2] is not Break.SENTENCE:
            yield f"{cut[at]}{GAP}{cut[at + 2]}", ((at, at + 1), (at + 2, at + 3))


def _plain(word: str, short_forms: Mapping[str, str]) -> str:
    return _NUMBER if word[:1].isdigit() else short_forms.get(word, word)


def cut_word(word: str) -> str:
    """Return a word as pairs spell it."""
    return word if len(word) <= PAIR_STEM or word in CLASSES else f"{word[:PAIR_STEM]}*"
