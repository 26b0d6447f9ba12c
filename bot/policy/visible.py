"""Which lines of a mail did its sender write just now, and which are history, signature or small print?

Mail clients mark none of this reliably, so the marks are those seen in Spanish and English mail. In doubt a
line stays: words read in vain cost less than a request not read.
"""

from __future__ import annotations

import re
from itertools import dropwhile

from bot.policy.greetings import is_greeting
from bot.policy.mail_history import FORWARD_MARKER, without_history
from bot.policy.mail_lines import Line, Span, has_words, spans, split
from bot.policy.mail_notices import without_notices
from bot.policy.mail_signature import without_closings, without_signature

# A forward with fewer words of its own than this is about what it forwards.
FORWARD_WORDS = 20

_SUBJECT_PREFIX = re.compile(
    r"\s*(?:(?:re|rv|fw|fwd|res|enc|tr|reenv)\s*(?:\[\d+\])?\s*:|\[[^\[\]]{0,40}#?\d[^\[\]]{0,40}\]|\[(?:externo?|external|spam)\])",
    re.IGNORECASE,
)
_FORWARD_PREFIX = re.compile(r"\b(?:rv|fw|fwd|reenv|enc)\s*:", re.IGNORECASE)
_WORDS = re.compile(r"\w+")


def subject_start(subject: str) -> int:
    """Return where the sender's own words begin, after «RE:», «RV:», «[#123]» and the like."""
    start = 0
    while found := _SUBJECT_PREFIX.match(subject, start):
        start = found.end()
    return start if _WORDS.search(subject, start) else 0


def visible_spans(body: str, subject: str = "") -> list[Span]:
    """Return the parts of a plain-text body that its sender wrote; all of it when nothing is left."""
    lines = split(body)
    own = without_signature(without_notices(without_history(lines)))
    forwarded = _FORWARD_PREFIX.search(subject[: subject_start(subject)]) or any(
        FORWARD_MARKER.match(line.folded) for line in lines
    )
    plain = _without_courtesy(own)
    if forwarded and not has_words(plain, FORWARD_WORDS):
        plain = _without_courtesy(without_notices(lines))
    return spans(next((some for some in (plain, own) if has_words(some, 1)), lines))


def _without_courtesy(lines: list[Line]) -> list[Line]:
    """Drop lines at the top that only greet, and lines that only close."""
    return without_closings(list(dropwhile(lambda line: line.is_blank or is_greeting(line.raw), lines)))
