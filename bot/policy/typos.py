"""Which word of the rules did a customer mean who slipped on one letter?

Candidates come from a table of the rules' long words with one letter taken out (the symmetric-delete idea of
SymSpell), so a look-up costs the length of the word, however many words the rules hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

SHORTEST = 7
LONGEST = 30
# Spanish puts gender, number and person in the last letters: «importe» is not a slip for «importo».
_ENDING = 2


class Typos:
    """Know the long words of the rules, and `known` words that are right although they look like one.

    A word ending in `*` stands for every word that begins so.
    """

    def __init__(self, words: Iterable[str], known: Collection[str]) -> None:
        self._known = known
        near: dict[str, set[str]] = defaultdict(set)
        self._stem_lengths: set[int] = set()
        for word in words:
            letters = word.rstrip("*")
            if len(letters) < SHORTEST or not letters.isalpha():
                continue
            if word.endswith("*"):
                self._stem_lengths.add(len(letters))
            for shorter in (letters, *_one_less(letters)):
                near[shorter].add(word)
        # Most entries hold one word, and a tuple of one takes a fifth of what a set does.
        self._near = {shorter: tuple(found) for shorter, found in near.items()}

    def meant(self, word: str) -> tuple[str, ...]:
        """Return the words of the rules that are one slip away: a letter more, less, changed or swapped."""
        if not SHORTEST <= len(word) <= LONGEST or word in self._known or not word.isalpha():
            return ()
        found = {near for near in self._candidates(word) if is_slip(word, near)}
        for length in self._stem_lengths:
            for cut in (length - 1, length, length + 1):
                if cut <= len(word):
                    beginning = word[:cut]
                    found |= {stem for stem in self._candidates(beginning) if is_slip(beginning + "*", stem)}
        return tuple(sorted(found))

    def _candidates(self, word: str) -> Iterable[str]:
        for shorter in (word, *_one_less(word)):
            yield from self._near.get(shorter, ())


def _one_less(word: str) -> Iterable[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


def is_slip(typed: str, meant: str) -> bool:
    """Tell whether two different words are one slip apart, outside the first letter and the ending.

    Swapped neighbours count in the ending too. A beginning of words, with `*`, compares with another only.
    """
    if typed.endswith("*") != meant.endswith("*") or typed == meant or typed[0] != meant[0]:
        return False
    typed, meant = typed.rstrip("*"), meant.rstrip("*")
    at = next((i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), None)
    if at is None:
        return False
    if len(typed) == len(meant) and typed[at : at + 2] == meant[at : at + 2][::-1]:
        return typed[at + 2 :] == meant[at + 2 :]
    longest = max(len(typed), len(meant))
    if at >= longest - _ENDING:
        return False
    return typed[at + (len(typed) >= len(meant)) :] == meant[at + (len(meant) >= len(typed)) :]
