"""What does a rule read of a ticket: which words, in which sentences and clauses, at which place?

Places always count characters of the subject and body as given; for a body that came as HTML they count
characters of `Reading.body`, its visible text. Nothing is rewritten: a word found is a slice of the original.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from operator import or_

from bot.policy.folding import INVISIBLE, fold_word
from bot.policy.gaps import Break, Gap, gap_of
from bot.policy.mail_lines import Span
from bot.policy.markup import plain
from bot.policy.verdict import TicketField
from bot.policy.visible import subject_start, visible_spans

# No request starts after this many characters; the cap bounds the cost of a hostile body.
MAX_CHARACTERS = 50_000
# Mailers wrap lines near 72 columns: only after a line this long may a small letter continue the sentence.
_WRAPPED_FROM = 50

_MAIL = r"[\w.+-]{1,64}+@[\w.-]*"
_LINK = r"(?:https?://|www\.)\S+"
_NUMBER = r"\d+(?:[.,:]\d+)*[^\W_]*"
_MARKED = re.compile(f"[{INVISIBLE}]")
# Split by these, a text is what stands before the first word, the word, what follows it, and so on.
_PLAIN_WORD = re.compile(rf"([^\W\d_][^\W_]*|{_NUMBER})")
_ANY_WORD = re.compile(rf"({_LINK}|{_MAIL}|{_NUMBER}|[^\W_](?:[^\W_]|[{INVISIBLE}])*)", re.IGNORECASE)
_BREAKS = {Gap.NONE: Break.NONE, Gap.CLAUSE: Break.CLAUSE, Gap.SENTENCE: Break.SENTENCE}


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
    scribe.copy(reading.subject, [(subject_start(reading.subject), len(reading.subject))])
    reading.body_from = len(reading.words)
    scribe.copy(reading.body, visible_spans(reading.body, reading.subject))
    return reading


class _Scribe:
    """Fill a reading, span by span; every span begins a sentence."""

    def __init__(
        self, reading: Reading, abbreviations: Collection[str], connectives: Collection[str]
    ) -> None:
        self.reading = reading
        self.abbreviations = abbreviations
        self.connectives = connectives

    def copy(self, text: str, spans: Iterable[Span]) -> None:
        """Append the words of some spans of a text."""
        pattern, fold = (_ANY_WORD, _fold_any) if _has_addresses(text) else (_PLAIN_WORD, fold_word)
        for start, end in spans:
            pieces = pattern.split(text[start:end])
            if len(pieces) > 1:
                self._append(text, start, pieces, list(map(fold, pieces[1::2])))

    def _append(self, text: str, start: int, pieces: list[str], words: list[str]) -> None:
        """Append the words of one span, column by column: every classification waits for this."""
        reading = self.reading
        places = list(accumulate(map(len, pieces), initial=start))
        breaks = [Break.SENTENCE] + [Break.NONE] * (len(words) - 1)
        # Between most words stands a space alone.
        marked = [at for at, gap in enumerate(pieces[2:-1:2], 1) if gap != " "]
        for at in marked:
            breaks[at] = self._break(text, pieces[2 * at], words[at - 1], places[2 * at + 1])
        clause, sentence = (reading.clauses[-1], reading.sentences[-1]) if reading.words else (-1, -1)
        begins = map(or_, map(bool, breaks), map(self.connectives.__contains__, words))
        first = len(reading.words)
        reading.words += words
        reading.starts += places[1:-1:2]
        reading.ends += places[2::2]
        reading.breaks += breaks
        reading.clauses += list(accumulate(begins, initial=clause))[1:]
        reading.sentences += list(accumulate(map(Break.SENTENCE.__eq__, breaks), initial=sentence))[1:]
        if "?" in text or "¿" in text:
            self._note_questions(first, [(at, pieces[2 * at]) for at in (*marked, len(words))])

    def _break(self, text: str, gap: str, word: str, begins: int) -> Break:
        kind = gap_of(gap)
        if kind is Gap.PERIOD:
            return self._after_period(gap, word, text[begins])
        if kind is Gap.DOTS:
            return Break.SENTENCE if text[begins].isupper() else Break.CLAUSE
        if kind is Gap.LINE:
            return _after_line(text, begins - len(gap), text[begins])
        return _BREAKS[kind]

    def _after_period(self, gap: str, word: str, letter: str) -> Break:
        if word in self.abbreviations or (len(word) == 1 and word.isalpha()):
            return Break.NONE
        return Break.NONE if gap == "." and not letter.isupper() else Break.SENTENCE

    def _note_questions(self, first: int, gaps: Iterable[tuple[int, str]]) -> None:
        """Record the questions that end in some gaps, each before the word that is counted from `first`."""
        begun: int | None = None
        for place, gap in gaps:
            at = first + place
            if "?" in gap:
                begin = self._sentence_start(at - 1) if begun is None else begun
                if begin < at:
                    self.reading.questions.append((begin, at))
                begun = None
            if "¿" in gap:
                begun = at

    def _sentence_start(self, word: int) -> int:
        return bisect_left(self.reading.sentences, self.reading.sentences[word])


def _has_addresses(text: str) -> bool:
    return (
        "@" in text or "//" in text or "www." in text or (not text.isascii() and bool(_MARKED.search(text)))
    )


def _fold_any(word: str) -> str:
    if "://" in word or word[:4].lower() == "www.":
        return "<enlace>"
    return "<correo>" if "@" in word else fold_word(word)


def _after_line(text: str, last: int, letter: str) -> Break:
    width = last - max(text.rfind("\n", 0, last), 0)
    return Break.NONE if width >= _WRAPPED_FROM and letter.islower() else Break.SENTENCE
