"""How many points does each word deserve? Learns the tables of `pesos` from labelled tickets.

`python -m bench.weigh FILE.jsonl... [--rules DIR] [--entries N] [--out DIR]` prints how well the tables fit
and writes one file per level. It is multinomial logistic regression on which words, beginnings and pairs a ticket
holds, trained by AdaGrad; the same tickets in the same order give the same bytes.
"""

from __future__ import annotations

import argparse
import random
import textwrap
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import exp, log, sqrt
from pathlib import Path

from rich.progress import track

from bench.classification import load, read
from bot.domain.level import Level
from bot.policy.loader import load_sections
from bot.policy.matching import Classifier
from bot.policy.rules import State
from bot.policy.scorecard import indications

STEMS = (4, 5, 6, 7)
# Entries in one ticket alone teach the names of its people and places.
FEWEST_TICKETS = 2
EPOCHS = 12
RATE = 0.2
# Points are whole numbers; this many make one unit of log-odds.
SCALE = 10
LEVELS = tuple(Level)
_HEAD = """# yaml-language-server: $schema=../schema.json
# Palabras que hablan a favor (o en contra) de {level}: «puntos: palabras». Un comienzo lleva asterisco
# (factur*); un par puede dejar una palabra en medio (clave ... entrar). En un par, las palabras largas van
# con sus 6 primeras letras. Cómo se suman: docs/clasificacion.md. Se aprenden con «python -m bench.weigh» de
# los tickets etiquetados; lo corregido a mano vale hasta el próximo aprendizaje: agrega también el ticket.
version: 1

pesos:
  {level}:
    base: {base}
    puntos:
"""


@dataclass(frozen=True)
class Sample:
    """Hold what the tables may name in one ticket, and its level."""

    entries: tuple[str, ...]
    level: Level


@dataclass(frozen=True)
class Tables:
    """Hold the points of each entry by level, and where each level starts."""

    points: dict[str, tuple[int, ...]]
    base: tuple[int, ...]


def main() -> None:
    """Learn the tables and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--rules", type=Path, default=Path("rules"))
    parser.add_argument("--entries", type=int, default=10_000, help="Keep so many entries, the most telling.")
    parser.add_argument("--out", type=Path, help="Write pesos-NIVEL.yaml here.")
    options = parser.parse_args()
    samples = [*samples_of_files(options.files, load(options.rules)), *samples_of_rules(options.rules)]
    tables = learn(samples, options.entries)
    right = sum(level_by(tables, sample.entries) is sample.level for sample in samples)
    print(f"{len(samples)} texts, {len(tables.points)} entries, {right / len(samples):.1%} right on them")
    if options.out:
        for place, level in enumerate(LEVELS):
            write(options.out / f"pesos-{level.value.lower()}.yaml", level, place, tables)


def samples_of_files(files: Iterable[Path], classifier: Classifier) -> Iterator[Sample]:
    """Yield the labelled tickets of some files."""
    for file in files:
        for ticket in read(file):
            yield sample(classifier, ticket["subject"], ticket["body"], Level(ticket["level"]))


def samples_of_rules(folder: Path) -> Iterator[Sample]:
    """Yield the examples that active rules must match: they are labelled by the level of their rule."""
    classifier, (sections, _) = load(folder), load_sections(folder)
    for rule in sections["reglas"] if sections else ():
        if rule.estado is State.ACTIVE and rule.nivel is not None:
            for example in rule.ejemplos.coincide:
                subject, body = (
                    ("", example) if isinstance(example, str) else (example.asunto, example.cuerpo)
                )
                yield sample(classifier, subject, body, rule.nivel)


def sample(classifier: Classifier, subject: str, body: str, level: Level) -> Sample:
    """Return what the tables may name in a ticket."""
    reading = classifier.read(subject, body)
    found = indications(reading.words, reading.breaks, STEMS, classifier.short_forms)
    return Sample(tuple(sorted({entry for entry, _ in found})), level)


def learn(samples: list[Sample], most: int) -> Tables:
    """Return the tables of the most telling entries."""
    entries = telling_apart(samples)
    weights, _ = fit(samples, entries)
    counts = Counter(entry for sample in samples for entry in sample.entries)
    strength = {e: max(map(abs, weights[e])) * sqrt(counts[e]) for e in entries}
    kept = sorted(sorted(entries, key=lambda e: (-strength[e], e))[:most])
    weights, base = fit(samples, kept)
    points = {entry: tuple(round(w * SCALE) for w in weights[entry]) for entry in kept}
    return Tables({e: row for e, row in points.items() if any(row)}, tuple(round(b * SCALE) for b in base))


def telling_apart(samples: list[Sample]) -> list[str]:
    """Return the entries of enough tickets; of those found in the very same tickets only the most general."""
    where: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(samples):
        for entry in one.entries:
            where[entry].append(number)
    kept: dict[tuple[int, ...], str] = {}
    for entry in sorted(where, key=lambda e: (" " in e, "*" not in e, len(e), e)):
        if len(where[entry]) >= FEWEST_TICKETS:
            kept.setdefault(tuple(where[entry]), entry)
    return sorted(kept.values())


def fit(samples: list[Sample], entries: list[str]) -> tuple[dict[str, list[float]], list[float]]:
    """Return the weights of each entry by level, and of each level alone, by logistic regression."""
    number = {entry: place for place, entry in enumerate(entries)}
    rows = [array("l", (number[e] for e in one.entries if e in number)) for one in samples]
    regression = _Regression(len(entries), _rarity(rows, len(entries)))
    shares = Counter(one.level for one in samples)
    dice = random.Random(len(samples))
    order = list(range(len(samples)))
    for _ in track(range(EPOCHS), description=f"{len(entries)} entries"):
        dice.shuffle(order)
        for at in order:
            level = samples[at].level
            regression.learn(rows[at], LEVELS.index(level), len(samples) / (len(LEVELS) * shares[level]))
    weights = [regression.weight(place) for place in range(len(entries))]
    return {entry: weights[place] for entry, place in number.items()}, regression.base


def _rarity(rows: list[array[int]], size: int) -> list[float]:
    """Return how much each entry tells by its rarity, as in tf-idf."""
    counts = Counter(place for row in rows for place in row)
    return [log((1 + len(rows)) / (1 + counts[place])) + 1 for place in range(size)]


class _Regression:
    """Learn one weight for every entry and level, one ticket at a time."""

    def __init__(self, size: int, rarity: list[float]) -> None:
        self.rarity = rarity
        self.tables = [[0.0] * size for _ in LEVELS]
        self.steps = [[1e-4] * size for _ in LEVELS]
        self.base = [0.0] * len(LEVELS)

    def learn(self, row: array[int], true: int, weight: float) -> None:
        spread = 5 * sqrt(len(row) or 1)
        sums = [
            sum(table[j] * self.rarity[j] for j in row) / spread + b
            for table, b in zip(self.tables, self.base, strict=True)
        ]
        top = max(sums)
        odds = [exp(s - top) for s in sums]
        for place, (table, steps) in enumerate(zip(self.tables, self.steps, strict=True)):
            error = weight * (odds[place] / sum(odds) - (place == true))
            if abs(error) < 1e-3:
                continue
            self.base[place] -= 0.01 * error
            for j in row:
                slope = error * self.rarity[j] / spread
                steps[j] += slope * slope
                table[j] -= RATE * slope / sqrt(steps[j])

    def weight(self, entry: int) -> list[float]:
        """Return the weights of an entry, the mean of the levels taken away."""
        row = [table[entry] * self.rarity[entry] / 5 for table in self.tables]
        mean = sum(row) / len(row)
        return [value - mean for value in row]


def level_by(tables: Tables, entries: Iterable[str]) -> Level:
    """Return the level that the tables alone give."""
    rows = [tables.points[entry] for entry in entries if entry in tables.points]
    spread = sqrt(len(rows) or 1)
    sums = [sum(row[n] for row in rows) / spread + tables.base[n] for n in range(len(LEVELS))]
    return LEVELS[sums.index(max(sums))]


def write(file: Path, level: Level, place: int, tables: Tables) -> None:
    """Write the table of one level, the words that speak most for it first."""
    groups: dict[int, list[str]] = defaultdict(list)
    for entry, row in sorted(tables.points.items()):
        if row[place]:
            groups[row[place]].append(entry)
    text = _HEAD.format(level=level.value, base=tables.base[place])
    for points in sorted(groups, reverse=True):
        words = textwrap.fill(", ".join(groups[points]), 110, break_long_words=False, break_on_hyphens=False)
        text += f"      {points:+d}: >-\n{textwrap.indent(words, ' ' * 8)}\n"
    file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
