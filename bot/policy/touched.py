"""Which tickets can a change of rules not touch?

Most tickets hold no word that a changed rule looks for. For them the verdict stays as it is, which is much
quicker to see than to work out a second time.
"""

from __future__ import annotations

from functools import lru_cache

from bot.policy.matching import Classifier
from bot.policy.text import Reading

# Words remembered; a hostile file of tickets must not grow this without end.
_REMEMBERED = 50_000


class Difference:
    """Compare two classifiers that differ in their rules alone, not in filters, lists, aids or tables."""

    def __init__(self, base: Classifier, candidate: Classifier) -> None:
        self._sides = (base, candidate)
        before, after = ({rule.id: rule for rule in side.rules} for side in self._sides)
        changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        self._watched = [side.watched_words(changed) for side in self._sides]
        self._is_touched = lru_cache(_REMEMBERED)(self._tells)

    def touches(self, reading: Reading) -> bool:
        """Tell whether the two may say different things of a ticket."""
        return None in self._watched or any(map(self._is_touched, reading.words))

    def _tells(self, word: str) -> bool:
        """Tell whether a word means something else to either side, or something to a changed rule."""
        one, other = (side.meaning(word) for side in self._sides)
        if one != other:
            return True
        return any(words is not None and not words.isdisjoint(one[0]) for words in self._watched)
