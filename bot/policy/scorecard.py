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
from bot.policy.gaps import Break
from bot.policy.phrases import CLASSES
from bot.policy.section import Section
from bot.policy.text import Reading

NAME = "balanza"
SHORTEST_STEM = 4
# Pairs hold the beginnings of longer words: «factura» and «facturas» meet there.
PAIR_STEM = 6
LONGEST_STEM = 12
# One known word alone, such as a name that begins like another word, gives no level.
FEWEST_WORDS = 2
_NUMBER = "<numero>"
GAP = " ... "
# Words remembered with what they mean to the tables; a hostile mail must not grow this without end.
_REMEMBERED = 50_000
# Where in a text something stands: word numbers, ends not included.
Pieces = tuple[tuple[int, int], ...]
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
        # Beside the points: does the entry speak of levels at all, and of each column?
        self._counted = {
            entry: (*row, any(row[: len(Level)]), *map(bool, row)) for entry, row in rows.items()
        }
        self._entries = _Entries(rows, short_forms)

    def weigh(self, reading: Reading, vote: Level | None = None, flags: Iterable[str] = ()) -> Weighing:
        """Add up the points of a ticket; `vote` and `flags` are what the rules say that are not firm."""
        found = self._entries.found(reading)
        columns = len(self._columns)
        sums = [sum(column) for column in zip(*map(self._counted.__getitem__, found), strict=True)]
        totals, about = sums[:columns] or [0] * columns, sums[columns:] or [0] * (columns + 1)
        spread = sqrt(about[0] or 1)
        levels = {level: totals[n] / spread + self._base[n] for n, level in enumerate(Level)}
        raised = {}
        for n, flag in enumerate(self._columns[len(Level) :], len(Level)):
            raised[flag] = totals[n] / sqrt(about[1 + n] or 1) + self._base[n]
        if vote is not None:
            levels[vote] += self.card.voto_de_reglas
        for flag in raised.keys() & set(flags):
            raised[flag] += self.card.voto_de_reglas
        return Weighing(levels, raised, found)

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


class _Known(NamedTuple):
    """What a word is to the tables: its own entries, how pairs spell it, and the pairs that it begins."""

    entries: tuple[str, ...]
    cut: str
    beside: Mapping[str, str]
    apart: Mapping[str, str]


class _Entries:
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
        cut = _cut(_plain(word, self._short_forms))
        known = self._known[word] = _Known(held, cut, self._beside.get(cut, {}), self._apart.get(cut, {}))
        return known


def indications(
    words: Sequence[str], breaks: Sequence[Break], stems: Iterable[int], short_forms: Mapping[str, str]
) -> Iterator[tuple[str, Pieces]]:
    """Yield, with its pieces, all that a table may name: words, beginnings of words, pairs of words."""
    plain = [_plain(word, short_forms) for word in words]
    cut = [_cut(word) for word in plain]
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


def _cut(word: str) -> str:
    return word if len(word) <= PAIR_STEM or word in CLASSES else f"{word[:PAIR_STEM]}*"


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
    return _cut(_word(word, PAIR_STEM, PAIR_STEM, entry))


def _word(word: str, shortest: int, longest: int, entry: str) -> str:
    if word[0] == "<" and word not in CLASSES:
        raise ValueError(f"no conozco «{word}»; hay: {', '.join(CLASSES)}")
    if word.endswith("*") and not shortest <= len(word) - 1 <= longest:
        span = f"{shortest}" if shortest == longest else f"entre {shortest} y {longest}"
        raise ValueError(f"en «{entry}», antes del asterisco van {span} letras")
    return word
