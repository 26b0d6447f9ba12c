"""What does a rule read of a ticket: which words, in which sentences and clauses, at which place?

Places always count characters of the subject and body as given; for a body that came as HTML they count
characters of `Reading.body`, its visible text. Nothing is rewritten: a word found is a slice of the original.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache

from bot.policy.folding import INVISIBLE, fold_word
from bot.policy.markup import plain
from bot.policy.verdict import TicketField
from bot.policy.visible import Span, subject_start, visible_spans

# No request starts after this many characters; the cap bounds the cost of a hostile body.
MAX_CHARACTERS = 50_000
# Mailers wrap lines near 72 columns: only after a line this long may a small letter continue the sentence.
_WRAPPED_FROM = 50

_ADDRESSES = {"mail": "<correo>", "link": "<enlace>"}

_MAIL = r"[\w.+-]{1,64}+@[\w.-]*"
_LINK = r"(?:https?://|www\.)\S+"
_NUMBER = r"\d+(?:[.,:]\d+)*[^\W_]*"
_MARKED = re.compile(f"[{INVISIBLE}]")
_PLAIN_WORD = re.compile(rf"{_NUMBER}|[^\W_]+")
_ANY_WORD = re.compile(
    rf"(?P<link>{_LINK})|(?P<mail>{_MAIL})|{_NUMBER}|[^\W_](?:[^\W_]|[{INVISIBLE}])*", re.IGNORECASE
)
_NEWLINES = re.compile(r"\r\n?|[\n\v\f\x1c-\x1e\x85\u2028\u2029]")


class Break(IntEnum):
    """Say what parts a word from the one before: nothing, a clause mark, the end of a sentence."""

    NONE = 0
    CLAUSE = 1
    SENTENCE = 2


# Looking a member up on its class costs as much as reading a word.
_NONE, _CLAUSE, _SENTENCE = Break


class _Gap(IntEnum):
    NONE = 0
    CLAUSE = 1
    SENTENCE = 2
    DOTS = 3
    PERIOD = 4
    LINE = 5


_BREAKS = {_Gap.NONE: _NONE, _Gap.CLAUSE: _CLAUSE, _Gap.SENTENCE: _SENTENCE}


@dataclass(slots=True)
class Reading:
    """Hold the words of one ticket, folded, subject first; all lists run parallel to `words`.

    `breaks[i]` stands before word i; `clauses` and `sentences` number the words' clauses and sentences.
    """

    subject: str
    body: str
    words: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)
    clauses: list[int] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)
    questions: list[Span] = field(default_factory=list)
    body_from: int = 0

    def field_of(self, word: int) -> TicketField:
        """Tell in which text a word stands."""
        return TicketField.SUBJECT if word < self.body_from else TicketField.BODY

    def slice(self, first: int, end: int) -> tuple[int, int, str]:
        """Return place and original text of the words from `first` up to, not including, `end`."""
        text = self.subject if first < self.body_from else self.body
        start, stop = self.starts[first], self.ends[end - 1]
        return start, stop, text[start:stop]


def read(
    subject: str, body: str, abbreviations: Collection[str] = (), connectives: Collection[str] = ()
) -> Reading:
    """Read a ticket: visible text only, cut into words, clauses and sentences.

    After an `abbreviations` word a period ends nothing; a `connectives` word begins a clause. Both folded.
    """
    reading = Reading(subject[:MAX_CHARACTERS], plain(body)[:MAX_CHARACTERS])
    scribe = _Scribe(reading, abbreviations, connectives)
    scribe.copy(reading.subject, subject_start(reading.subject), len(reading.subject))
    reading.body_from = len(reading.words)
    for start, end in visible_spans(reading.body, reading.subject):
        scribe.copy(reading.body, start, end)
    return reading


class _Scribe:
    """Fill a reading, span by span; every span begins a sentence."""

    def __init__(
        self, reading: Reading, abbreviations: Collection[str], connectives: Collection[str]
    ) -> None:
        self.reading = reading
        self.abbreviations = abbreviations
        self.connectives = connectives
        self.clause = self.sentence = -1
        self.question_from: int | None = None

    def copy(self, text: str, start: int, end: int) -> None:
        """Append the words of one span; the hot loop of every classification."""
        reading, connectives = self.reading, self.connectives
        clause, sentence, last = self.clause, self.sentence, -1
        for found in _word_pattern(text).finditer(text, start, end):
            begins = found.start()
            if last < 0:
                kind = _SENTENCE
            elif begins == last + 1 and text[last] == " ":
                kind = _NONE
            else:
                kind = self._break(text, last, begins)
            word = fold_word(found[0]) if found.lastgroup is None else _ADDRESSES[found.lastgroup]
            if kind is _SENTENCE:
                sentence += 1
                clause += 1
            elif kind is _CLAUSE or word in connectives:
                clause += 1
            last = found.end()
            reading.words.append(word)
            reading.breaks.append(kind)
            reading.clauses.append(clause)
            reading.sentences.append(sentence)
            reading.starts.append(begins)
            reading.ends.append(last)
        if last >= 0:
            self._note_question(text[last:end], len(reading.words))
        self.clause, self.sentence, self.question_from = clause, sentence, None

    def _break(self, text: str, last: int, begins: int) -> Break:
        gap = text[last:begins]
        self._note_question(gap, len(self.reading.words))
        kind = _gap(gap)
        if kind is _Gap.PERIOD:
            return self._after_period(text, gap, begins)
        if kind is _Gap.DOTS:
            return Break.SENTENCE if text[begins].isupper() else Break.CLAUSE
        if kind is _Gap.LINE:
            return self._after_line(text, last, begins)
        return _BREAKS[kind]

    def _after_period(self, text: str, gap: str, begins: int) -> Break:
        word = self.reading.words[-1]
        if word in self.abbreviations or (len(word) == 1 and word.isalpha()):
            return Break.NONE
        if gap == "." and not text[begins].isupper():
            return Break.NONE
        return Break.SENTENCE

    def _after_line(self, text: str, last: int, begins: int) -> Break:
        width = last - max(text.rfind("\n", 0, last), 0)
        return Break.NONE if width >= _WRAPPED_FROM and text[begins].islower() else Break.SENTENCE

    def _note_question(self, gap: str, at: int) -> None:
        """Record a question that ends in this gap, and where one begins."""
        if "?" in gap:
            sentence = self.reading.sentences[-1]
            first = self.question_from
            if first is None:
                first = at - 1
                while first and self.reading.sentences[first - 1] == sentence:
                    first -= 1
            if first < at:
                self.reading.questions.append((first, at))
            self.question_from = None
        if "¿" in gap:
            self.question_from = at


def _word_pattern(text: str) -> re.Pattern[str]:
    if "@" in text or "//" in text or "www." in text or (not text.isascii() and _MARKED.search(text)):
        return _ANY_WORD
    return _PLAIN_WORD


@lru_cache(maxsize=4096)
def _gap(gap: str) -> _Gap:
    """Tell what the signs between two words mean."""
    lines = len(_NEWLINES.findall(gap))
    if "?" in gap or "!" in gap or lines > 1:
        return _Gap.SENTENCE
    if "…" in gap or ".." in gap:
        return _Gap.SENTENCE if lines else _Gap.DOTS
    if "." in gap:
        return _Gap.PERIOD
    if lines:
        return _Gap.LINE if gap.isspace() else _Gap.SENTENCE
    return _Gap.CLAUSE if _parts_clauses(gap) else _Gap.NONE


def _parts_clauses(gap: str) -> bool:
    if any(c in ",;:()[]¿¡|—•·" or unicodedata.category(c) == "So" for c in gap):
        return True
    return any(sign in gap for sign in (" - ", " – ", " -- "))
