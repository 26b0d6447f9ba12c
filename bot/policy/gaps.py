"""What do the signs between two words mean: nothing, a clause mark, the end of a sentence?"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache

_NEWLINES = re.compile(r"\r\n?|[\n\v\f\x1c-\x1e\x85\u2028\u2029]")


class Break(IntEnum):
    """Say what parts a word from the one before: nothing, a clause mark, the end of a sentence."""

    NONE = 0
    CLAUSE = 1
    SENTENCE = 2


class Gap(IntEnum):
    """Say what a gap shows by itself; the last three are decided by the words around it."""

    NONE = 0
    CLAUSE = 1
    SENTENCE = 2
    DOTS = 3
    PERIOD = 4
    LINE = 5


@lru_cache(maxsize=4096)
def gap_of(gap: str) -> Gap:
    """Tell what the signs between two words mean."""
    lines = len(_NEWLINES.findall(gap))
    if "?" in gap or "!" in gap or lines > 1:
        return Gap.SENTENCE
    if "…" in gap or ".." in gap:
        return Gap.SENTENCE if lines else Gap.DOTS
    if "." in gap:
        return Gap.PERIOD
    if lines:
        return Gap.LINE if gap.isspace() else Gap.SENTENCE
    return Gap.CLAUSE if _parts_clauses(gap) else Gap.NONE


def _parts_clauses(gap: str) -> bool:
    if any(c in ",;:()[]¿¡|—•·" or unicodedata.category(c) == "So" for c in gap):
        return True
    return any(sign in gap for sign in (" - ", " – ", " -- "))
