"""What do all the words of a ticket say together, when no firm rule decides?

Each level, and a flag that wants it, has a table of words and pairs of words with points for or against. The
points of what a ticket says are added up and divided by the square root of how many entries were found, so
that a long mail weighs no more than a short one; what the other rules say adds a vote. The level with the
most points wins; a flag is raised by more than zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field, StrictInt, WithJsonSchema

from bot.domain.level import Level
from bot.policy.folding import fold_text
from bot.policy.indications import GAP, PAIR_STEM, EntryIndex, Pieces, cut_word
from bot.policy.phrases import CLASSES
from bot.policy.section import Section
from bot.policy.text import Reading

NAME = "balanza"
SHORTEST_STEM = 4
LONGEST_STEM = 12
# One known word alone, such as a name that begins like another word, gives no level.
FEWEST_WORDS = 2
# Bits for the sum of one column: a ticket of 50,000 characters stays far below.
_FIELD = 40
_FIELD_MASK = (1 << _FIELD) - 1
_ENTRY = re.compile(r"(?P<first>[^\W_]+\*?|<[a-z]+>)(?:(?P<gap> \.\.\.)? (?P<second>[^\W_]+\*?|<[a-z]+>))?")
_POINTS = re.compile(r"[+-]?[1-9][0-9]{0,2}")


def _points(text: str) -> str:
    if not _POINTS.fullmatch(text):
        raise ValueError(f"los puntos son un número entero como 12 o -3, y dice «{text}»")
    return text


def _entries(text: Any) -> tuple[str, ...]:
    if not isinstance(text, str):
        raise ValueError("aquí van palabras separadas con comas")
    return tuple(_normal(entry) for piece in text.split(",") if (entry := " ".join(piece.split())))


Points = Annotated[str, AfterValidator(_points)]
Entries = Annotated[
    tuple[str, ...],
    BeforeValidator(_entries),
    WithJsonSchema(
        {
            "type": "string",
            "description": "Palabras, comienzos (factur*) o pares (no puedo, clave ... entrar), con comas.",
        }
    ),
]


class Weights(Section):
    """The words that speak for or against one level or flag."""

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
class Count:
    """Hold the points of every column that the words of a ticket give by themselves, and what was found."""

    points: Sequence[float]
    found: Mapping[str, Pieces]


@dataclass(frozen=True, slots=True)
class Weighing:
    """Hold the points of every level and of every flag that has a table, and what was found."""

    levels: Mapping[Level, float]
    flags: Mapping[str, float]
    found: Mapping[str, Pieces]

    def winner(self) -> Level:
        """Return the level with the most points; of equals the most severe."""
        return max(Level, key=lambda level: (self.levels[level], level.rank))

    def is_scant(self) -> bool:
        """Tell whether so few words are known that their points say nothing."""
        words = {
            word for pieces in self.found.values() for first, end in pieces for word in range(first, end)
        }
        return len(words) < FEWEST_WORDS

    def raised(self) -> frozenset[str]:
        """Return the flags for which more speaks than against them."""
        return frozenset(flag for flag, points in self.flags.items() if points > 0)


class Scorecard:
    """Weigh readings by one set of tables; immutable once built."""

    def __init__(
        self, card: ScorecardSection, tables: Mapping[str, Weights], short_forms: Mapping[str, str]
    ) -> None:
        self.card = card
        self._columns = (*map(str, Level), *sorted(set(tables) - set(Level)))
        self._base = [tables[name].base if name in tables else 0 for name in self._columns]
        rows: dict[str, list[int]] = {}
        for column, name in enumerate(self._columns):
            for entry, points in _table(tables.get(name)):
                rows.setdefault(entry, [0] * len(self._columns))[column] += points
        self._rows = {entry: tuple(row) for entry, row in rows.items()}
        self._packing = _Packing(self._rows.values(), len(Level))
        self._packed = {entry: self._packing.pack(row) for entry, row in self._rows.items()}
        self._entries = EntryIndex(rows, short_forms)

    def count(self, reading: Reading) -> Count:
        """Add up the points that the words of a ticket give."""
        found = self._entries.found(reading)
        totals, about = self._packing.sums(map(self._packed.__getitem__, found), len(self._columns))
        points = [
            total / sqrt(entries or 1) + base
            for total, entries, base in zip(totals, about, self._base, strict=True)
        ]
        return Count(points, found)

    def weigh(self, count: Count, vote: Level | None = None, flags: Iterable[str] = ()) -> Weighing:
        """Weigh a count; `vote` and `flags` are what the rules say that are not firm."""
        levels = dict(zip(Level, count.points, strict=False))
        raised = dict(zip(self._columns[len(Level) :], count.points[len(Level) :], strict=True))
        if vote is not None:
            levels[vote] += self.card.voto_de_reglas
        for flag in raised.keys() & set(flags):
            raised[flag] += self.card.voto_de_reglas
        return Weighing(levels, raised, count.found)

    def reasons(self, weighing: Weighing, name: str) -> list[Reason]:
        """Return the entries for a flag, or more for a level than for any other, the strongest first."""
        place = self._columns.index(name)
        levels = len(Level) if place < len(Level) else 0
        reasons = []
        for entry, pieces in weighing.found.items():
            row = self._rows[entry]
            # Most entries speak for another level: seen without looking for the next best.
            if row[place] < max(row[:levels], default=1):
                continue
            lead = row[place] - max((*row[:place], *row[place + 1 : levels]) if levels else (0,))
            if lead > 0:
                reasons.append(Reason(lead, entry, pieces))
        return sorted(reasons, key=lambda one: (-one.points, one.pieces, one.entry))


class _Packing:
    """Keep a row of points in one whole number, so that adding rows up costs one addition each.

    Beside each column's points stands whether the entry speaks of it at all; the levels share one such mark.
    """

    def __init__(self, rows: Iterable[Sequence[int]], levels: int) -> None:
        self._levels = levels
        # Fields hold no negative numbers: this much is added to every one, and taken off the sums.
        self._bias = max((abs(points) for row in rows for points in row), default=0)

    def pack(self, row: Sequence[int]) -> int:
        """Return a row as one number."""
        marks = [any(row[: self._levels])] * self._levels + [bool(points) for points in row[self._levels :]]
        fields = (*(points + self._bias for points in row), *marks)
        return sum(value << _FIELD * place for place, value in enumerate(fields))

    def sums(self, packed: Iterable[int], columns: int) -> tuple[list[int], list[int]]:
        """Return the sum of the points of each column, and in how many rows it is marked."""
        rows = list(packed)
        total, added = sum(rows), len(rows) * self._bias
        fields = [(total >> _FIELD * place) & _FIELD_MASK for place in range(2 * columns)]
        return [value - added for value in fields[:columns]], fields[columns:]


def _table(weights: Weights | None) -> Iterator[tuple[str, int]]:
    for points, entries in weights.puntos.items() if weights else ():
        for entry in entries:
            yield entry, int(points)


def _normal(entry: str) -> str:
    """Return an entry as `indications` spells it; ValueError in Spanish when it can never be found."""
    match = _ENTRY.fullmatch(entry if entry.isascii() and entry.islower() else fold_text(entry))
    if match is None:
        raise ValueError(f"«{entry}» no es una palabra, un comienzo como «factur*» ni un par de palabras")
    if match["second"] is None:
        return _word(match["first"], SHORTEST_STEM, LONGEST_STEM, entry)
    first, second = (_pair_word(match[name], entry) for name in ("first", "second"))
    return f"{first}{GAP if match['gap'] else ' '}{second}"


def _pair_word(word: str, entry: str) -> str:
    return cut_word(_word(word, PAIR_STEM, PAIR_STEM, entry))


def _word(word: str, shortest: int, longest: int, entry: str) -> str:
    if word[0] == "<" and word not in CLASSES:
        raise ValueError(f"no conozco «{word}»; hay: {', '.join(CLASSES)}")
    if word.endswith("*") and not shortest <= len(word) - 1 <= longest:
        span = f"{shortest}" if shortest == longest else f"entre {shortest} y {longest}"
        raise ValueError(f"en «{entry}», antes del asterisco van {span} letras")
    return word
