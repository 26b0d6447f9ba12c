"""Does a negation reach the words that were found?

A negator counts only when nothing but bridge words lies between: «no es muy urgente» is negated, «no
funciona, urgente» is not. Words found together with their own «no», as in «no responde», are a symptom.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.policy.folding import fold_word
from bot.policy.gaps import Break
from bot.policy.occurrence import Found
from bot.policy.text import Reading

_LONGEST_BRIDGE = 5


class Negation:
    """Know the words that negate and those that let a negation pass."""

    def __init__(self, negators: Iterable[str], bridges: Iterable[str]) -> None:
        self._negators = frozenset(map(fold_word, negators))
        self._bridges = frozenset(map(fold_word, bridges))

    def reaches(self, reading: Reading, found: Found) -> bool:
        """Tell whether a piece of the occurrence is negated from the left, in its own clause."""
        words = reading.words
        if any(words[at] in self._negators for first, end in found.parts for at in range(first, end)):
            return False
        return any(self._is_negated(reading, first) for first, _ in found.parts)

    def _is_negated(self, reading: Reading, at: int) -> bool:
        for before in range(at - 1, max(at - 2 - _LONGEST_BRIDGE, -1), -1):
            if reading.breaks[before + 1] is not Break.NONE:
                return False
            if reading.words[before] in self._negators:
                return True
            if reading.words[before] not in self._bridges:
                return False
        return False
