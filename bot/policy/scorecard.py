"""What do all the words of a ticket say together, when no firm rule decides?

Each level has a table of words and pairs of words with points for or against it. The points of what a ticket
says are added up and divided by the square root of how many entries were found, so that a long mail weighs no
more than a short one; what the other rules say adds a vote. The level with the most points wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field, StrictInt

from bot.domain.level import Level
from bot.policy.folding import fold_text
from bot.policy.section import Section
from bot.policy.text import Break, Reading

NAME = "balanza"
SHORTEST_STEM = 4
# Pairs hold the beginnings of longer words: «factura» and «facturas» meet there.
PAIR_STEM = 6
LONGEST_STEM = 12
NUMBER = "<numero>"
GAP = " ... "
# Where in a text something stands: word numbers, ends not included.
Pieces = tuple[tuple[int, int], ...]
_ENTRY = re.compile(r"(?P<first>[^\W_]+\*?|<numero>)(?:(?P<gap> \.\.\.)? (?P<second>[^\W_]+\*?|<numero>))?")
_POINTS = re.compile(r"[+-]?[1-9][0-9]{0,2}")


def _points(text: str) -> str:
    if not _POINTS.fullmatch(text):
        raise ValueError(f"los puntos son un número entero como 12 o -3, y dice «{text}»")
    return text


def _entries(text: str) -> str:
    for entry in _split(text):
        _normal(entry)
    return text


Points = Annotated[str, AfterValidator(_points)]
Entries = Annotated[
    str,
    AfterValidator(_entries),
    Field(
        description="Palabras (clave), comienzos (factur*) o pares (no puedo; clave ... entrar), con comas."
    ),
]


class Weights(Section):
    """The words that speak for or against one level."""

    base: StrictInt = Field(default=0, description="Puntos de partida del nivel.")
    puntos: Annotated[
        Mapping[Points, Entries],
        Field(min_length=1, description="Puntos y las palabras que los dan."),
    ]


class ScorecardSection(Section):
    """How the words are weighed against the rules that are not firm."""

    titulo: Annotated[str, Field(min_length=3, description="Cómo se nombra en la nota privada.")]
    clausula: str | None = Field(default=None, description="Parte de la política que cita la nota privada.")
    dueno: Annotated[str, Field(min_length=2, description="Quién responde por la balanza.")]
    motivo: Annotated[str, Field(min_length=10, description="De dónde salen los puntos.")]
    voto_de_reglas: Annotated[StrictInt, Field(ge=0, description="Puntos del nivel que dan las reglas.")]


class Reason(NamedTuple):
    """One entry found, with the points by which it favours a level over every other."""

    points: int
    entry: str
    pieces: Pieces


@dataclass(frozen=True, slots=True)
class Weighing:
    """Hold the points of every level, and what was found."""

    points: Mapping[Level, float]
    found: Mapping[str, Pieces]

    def winner(self) -> Level:
        """Return the level with the most points; of equals the most severe."""
        return max(Level, key=lambda level: (self.points[level], level.rank))


class Scorecard:
    """Weigh readings by one set of tables; immutable once built."""

    def __init__(
        self, card: ScorecardSection, tables: Mapping[Level, Weights], short_forms: Mapping[str, str]
    ) -> None:
        self.card = card
        self._short_forms = short_forms
        self._base = [tables[level].base if level in tables else 0 for level in Level]
        self._points: dict[str, list[int]] = {}
        for place, level in enumerate(Level):
            for entry, points in _table(tables.get(level)):
                self._points.setdefault(entry, [0] * len(Level))[place] += points
        self._forms: dict[str, tuple[str, ...]] = {}
        self._stems = sorted({len(e) - 1 for e in self._points if e.endswith("*") and " " not in e})

    def weigh(self, reading: Reading, vote: Level | None) -> Weighing:
        """Add up the points of a ticket; `vote` is the level that the other rules give."""
        found: dict[str, Pieces] = {}
        for entry, pieces in indications(reading.words, reading.breaks, self._stems, self._short_forms):
            if entry in self._points:
                found.setdefault(entry, pieces)
        rows = [self._points[entry] for entry in found]
        spread = sqrt(len(rows) or 1)
        points = {
            level: sum(row[place] for row in rows) / spread + self._base[place]
            for place, level in enumerate(Level)
        }
        if vote is not None:
            points[vote] += self.card.voto_de_reglas
        return Weighing(points, found)

    def reasons(self, weighing: Weighing, level: Level) -> list[Reason]:
        """Return the entries that speak more for a level than for any other, the strongest first."""
        place = list(Level).index(level)
        reasons = []
        for entry, pieces in weighing.found.items():
            row = self._points[entry]
            lead = row[place] - max(points for n, points in enumerate(row) if n != place)
            if lead > 0:
                reasons.append(Reason(lead, entry, pieces))
        return sorted(reasons, key=lambda one: (-one.points, one.pieces, one.entry))


def indications(
    words: Sequence[str], breaks: Sequence[Break], stems: Iterable[int], short_forms: Mapping[str, str]
) -> Iterator[tuple[str, Pieces]]:
    """Yield, with its pieces, all that a table may name: words, beginnings of words, pairs of words."""
    plain = [_plain(word, short_forms) for word in words]
    cut = [_cut(word) for word in plain]
    lengths = tuple(stems)
    for at, word in enumerate(plain):
        yield word, ((at, at + 1),)
        for length in lengths:
            if len(word) > length:
                yield f"{word[:length]}*", ((at, at + 1),)
        if at + 1 == len(plain) or breaks[at + 1] is Break.SENTENCE:
            continue
        yield f"{cut[at]} {cut[at + 1]}", ((at, at + 2),)
        if at + 2 < len(plain) and breaks[at + 2] is not Break.SENTENCE:
            yield f"{cut[at]}{GAP}{cut[at + 2]}", ((at, at + 1), (at + 2, at + 3))


def _plain(word: str, short_forms: Mapping[str, str]) -> str:
    return NUMBER if word[:1].isdigit() else short_forms.get(word, word)


def _cut(word: str) -> str:
    return word if len(word) <= PAIR_STEM or word == NUMBER else f"{word[:PAIR_STEM]}*"


def _table(weights: Weights | None) -> Iterator[tuple[str, int]]:
    for points, entries in weights.puntos.items() if weights else ():
        for entry in _split(entries):
            yield _normal(entry), int(points)


def _split(entries: str) -> list[str]:
    return [entry for piece in entries.split(",") if (entry := " ".join(piece.split()))]


def _normal(entry: str) -> str:
    """Return an entry as `indications` spells it; ValueError in Spanish when it can never be found."""
    match = _ENTRY.fullmatch(fold_text(entry))
    if match is None:
        raise ValueError(f"«{entry}» no es una palabra, un comienzo como «factur*» ni un par de palabras")
    if match["second"] is None:
        return _word(match["first"], SHORTEST_STEM, LONGEST_STEM, entry)
    first, second = (_pair_word(match[name], entry) for name in ("first", "second"))
    return f"{first}{GAP if match['gap'] else ' '}{second}"


def _pair_word(word: str, entry: str) -> str:
    return _cut(_word(word, PAIR_STEM, PAIR_STEM, entry))


def _word(word: str, shortest: int, longest: int, entry: str) -> str:
    if word.endswith("*") and not shortest <= len(word) - 1 <= longest:
        span = f"{shortest}" if shortest == longest else f"entre {shortest} y {longest}"
        raise ValueError(f"en «{entry}», antes del asterisco van {span} letras")
    return word
