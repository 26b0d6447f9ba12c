"""How many points does each word deserve? Learns the tables of `pesos` from labelled tickets.

`python -m bench.weigh FILE.jsonl... [--rules DIR] [--entries N] [--out DIR]` prints how well the tables fit
and writes one file per level and flag. It is multinomial logistic regression on which words, beginnings and
pairs a ticket holds, trained by AdaGrad; the same tickets in the same order give the same bytes.
"""

from __future__ import annotations

import argparse
import random
import textwrap
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from pathlib import Path

from rich.console import Console
from rich.progress import track

from bench.classification import FLAGS, load, read
from bot.domain.level import Level
from bot.policy.indications import indications
from bot.policy.loader import load_sections
from bot.policy.matching import Classifier
from bot.policy.rules import State

STEMS = (4, 5, 6, 7)
# Entries in one ticket alone teach the names of its people and places.
FEWEST_TICKETS = 2
EPOCHS = 12
RATE = 0.2
# Points are whole numbers; this many make one unit of log-odds.
SCALE = 5
# Levels weigh the same however rare; a flag, one ticket in thirty, wants clear words.
FLAG_BALANCE = 0.5
# Points before the first word: an urgency not seen costs a client more than one too many costs an agent.
LEAN = {Level.URGENTE: 2, Level.NORMAL: -1}
LEVELS = tuple(Level)
_HEAD = """# yaml-language-server: $schema=../schema.json
# Palabras que hablan a favor (o en contra) de {name}: «puntos: palabras». Un comienzo lleva asterisco
# (factur*); un par puede dejar una palabra en medio (clave ... entrar). En un par, las palabras largas van
# con sus 6 primeras letras. Cómo se suman: docs/clasificacion.md. Se aprenden con «python -m bench.weigh» de
# los tickets etiquetados; lo corregido a mano vale hasta el próximo aprendizaje: agrega también el ticket.
version: 1

pesos:
  {name}:
    base: {base}
    puntos:
"""


@dataclass(frozen=True)
class Sample:
    """Hold what the tables may name in one ticket, its level and its flags."""

    entries: tuple[str, ...]
    level: Level
    flags: frozenset[str]


@dataclass(frozen=True)
class Table:
    """Hold the points of each entry by class, and where each class starts."""

    classes: tuple[str, ...]
    points: dict[str, tuple[int, ...]]
    base: tuple[int, ...]

    def says(self, entries: Iterable[str]) -> str:
        """Return the class that this table alone gives."""
        rows = [self.points[entry] for entry in entries if entry in self.points]
        spread = sqrt(len(rows) or 1)
        sums = [sum(row[n] for row in rows) / spread + base for n, base in enumerate(self.base)]
        return self.classes[sums.index(max(sums))]


def main() -> None:
    """Learn the tables and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--rules", type=Path, default=Path("rules"))
    parser.add_argument("--entries", type=int, default=16_000, help="Keep so many entries, the most telling.")
    parser.add_argument("--out", type=Path, help="Write pesos-*.yaml here.")
    options = parser.parse_args()
    samples = [*samples_of_files(options.files, load(options.rules)), *samples_of_rules(options.rules)]
    levels = learn(samples, [one.level for one in samples], LEVELS, options.entries)
    tell("levels", levels, samples, [one.level for one in samples])
    tables = [(level.value, place, levels) for place, level in enumerate(LEVELS)]
    for flag in FLAGS:
        labels = [flag if flag in one.flags else "" for one in samples]
        table = learn(samples, labels, (flag, ""), options.entries // 5)
        tell(flag, table, samples, labels)
        tables.append((flag, 0, table))
    for name, place, table in tables if options.out else ():
        write(options.out / f"pesos-{name.lower().replace('_', '-')}.yaml", name, place, table)


def tell(name: str, table: Table, samples: list[Sample], labels: Sequence[str]) -> None:
    """Print how well a table fits what it was learned from."""
    right = sum(table.says(one.entries) == label for one, label in zip(samples, labels, strict=True))
    print(
        f"{name}: {len(samples)} texts, {len(table.points)} entries, {right / len(samples):.1%} right on them"
    )


def samples_of_files(files: Iterable[Path], classifier: Classifier) -> Iterator[Sample]:
    """Yield the labelled tickets of some files."""
    for file in files:
        for ticket in read(file):
            flags = frozenset(flag for flag in FLAGS if ticket.get(flag))
            yield sample(classifier, ticket["subject"], ticket["body"], Level(ticket["level"]), flags)


def samples_of_rules(folder: Path) -> Iterator[Sample]:
    """Yield the examples that active rules must match: they are labelled by level and flags of their rule."""
    classifier, (sections, _) = load(folder), load_sections(folder)
    for rule in sections["reglas"] if sections else ():
        if rule.estado is not State.ACTIVE or rule.nivel is None:
            continue
        for example in rule.ejemplos.coincide:
            subject, body = ("", example) if isinstance(example, str) else (example.asunto, example.cuerpo)
            yield sample(classifier, subject, body, rule.nivel, frozenset(rule.flags))


def sample(classifier: Classifier, subject: str, body: str, level: Level, flags: frozenset[str]) -> Sample:
    """Return what the tables may name in a ticket."""
    reading = classifier.read(subject, body)
    found = indications(reading.words, reading.breaks, STEMS, classifier.short_forms)
    return Sample(tuple(sorted({entry for entry, _ in found})), level, flags)


def learn(samples: list[Sample], labels: Sequence[str], classes: Sequence[str], most: int) -> Table:
    """Return the table of the most telling entries."""
    entries = telling_apart(samples)
    weights, _ = fit(samples, labels, classes, entries)
    counts = Counter(entry for one in samples for entry in one.entries)
    strength = {e: max(map(abs, weights[e])) * sqrt(counts[e]) for e in entries}
    kept = sorted(sorted(entries, key=lambda e: (-strength[e], e))[:most])
    weights, base = fit(samples, labels, classes, kept)
    points = {entry: tuple(round(w * SCALE) for w in weights[entry]) for entry in kept}
    used = {entry: row for entry, row in points.items() if any(row)}
    return Table(tuple(classes), used, _leaning(classes, base))


def _leaning(classes: Sequence[str], base: Sequence[float]) -> tuple[int, ...]:
    lean = {str(level): points for level, points in LEAN.items()}
    return tuple(round(b * SCALE) + lean.get(name, 0) for name, b in zip(classes, base, strict=True))


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


def fit(
    samples: list[Sample], labels: Sequence[str], classes: Sequence[str], entries: list[str]
) -> tuple[dict[str, list[float]], list[float]]:
    """Return the weights of each entry by class, and of each class alone, by logistic regression."""
    balance = 1.0 if len(classes) > 2 else FLAG_BALANCE
    number = {entry: place for place, entry in enumerate(entries)}
    rows = [array("l", (number[e] for e in one.entries if e in number)) for one in samples]
    regression = _Regression(len(classes), _rarity(rows, len(entries)))
    shares = Counter(labels)
    dice = random.Random(len(samples))
    order = list(range(len(samples)))
    title = f"{classes[0]}: {len(entries)} entries"
    for _ in track(range(EPOCHS), description=title, console=Console(stderr=True)):
        dice.shuffle(order)
        for at in order:
            weight = (len(samples) / (len(classes) * shares[labels[at]])) ** balance
            regression.learn(rows[at], classes.index(labels[at]), weight)
    return {entry: regression.weight(place) for entry, place in number.items()}, regression.base


def _rarity(rows: list[array[int]], size: int) -> list[float]:
    """Return how much each entry tells by its rarity, as in tf-idf."""
    counts = Counter(place for row in rows for place in row)
    return [log((1 + len(rows)) / (1 + counts[place])) + 1 for place in range(size)]


class _Regression:
    """Learn one weight for every entry and class, one ticket at a time."""

    def __init__(self, classes: int, rarity: list[float]) -> None:
        self.rarity = rarity
        self.tables = [[0.0] * len(rarity) for _ in range(classes)]
        self.steps = [[1e-4] * len(rarity) for _ in range(classes)]
        self.base = [0.0] * classes

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
        """Return the weights of an entry, the mean of the classes taken away."""
        row = [table[entry] * self.rarity[entry] / 5 for table in self.tables]
        mean = sum(row) / len(row)
        return [value - mean for value in row]


def points_of(table: Table, place: int) -> dict[int, list[str]]:
    """Return the entries of one class by their points."""
    groups: dict[int, list[str]] = defaultdict(list)
    for entry, row in sorted(table.points.items()):
        if row[place]:
            groups[row[place]].append(entry)
    return groups


def write(file: Path, name: str, place: int, table: Table) -> None:
    """Write the points of one class, the words that speak most for it first."""
    groups = points_of(table, place)
    text = _HEAD.format(name=name, base=table.base[place])
    for points in sorted(groups, reverse=True):
        words = textwrap.fill(", ".join(groups[points]), 110, break_long_words=False, break_on_hyphens=False)
        text += f"      {points:+d}: >-\n{textwrap.indent(words, ' ' * 8)}\n"
    file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
