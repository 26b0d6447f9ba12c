"""Which words does a prefix catch, and are they all of one family?

Families are told apart by stems: the word without a common Spanish ending. Stems that differ by a
letter of spelling, such as urgent- and urgenc-, count as one family. It is a warning for people, never a
decision.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.policy.folding import fold_text
from bot.policy.masking import masked
from bot.policy.phrases import SHORTEST_PREFIX
from bot.policy.rules import Rule, Scene
from bot.policy.text import Reading, read

EXAMPLES = ("coincide", "no_coincide", "pendiente_coincide")
CONTEXT = 30  # characters shown on either side of a word
_SHORTEST_STEM = 3
_LONG_STEM = 6

# Inflection, and the derivations that keep the meaning. Left out on purpose: -ante, -ancia, -illa, -ero and
# the like, which make other words (importar and importante, plan and planilla).
_INFLECTION = """
a as e es o os an en on ia ias io ios r ar er ir ad ada adas ado ados ida idas ido idos ando iendo amos emos
imos aba aban abamos aron ieron aran eran iran ara era ira aria eria iria arse erse irse arlo arla arlos
arlas arle arles arme arnos aste iste ase asen iera ieran ion iones cion ciones acion aciones icion iciones
mente amente emente idad idades ito ita itos itas amiento imiento ador adora adores
"""
_ENDINGS = sorted(_INFLECTION.split(), key=len, reverse=True)


@dataclass(slots=True)
class Caught:
    """Hold one distinct word, folded: how often it stands, in how many texts, and one place, masked."""

    word: str
    times: int = 0
    texts: int = 0
    context: str = ""


@dataclass(slots=True)
class Forms:
    """Gather the words that a prefix catches, text by text."""

    prefix: str
    caught: dict[str, Caught] = field(default_factory=dict)

    def add(self, subject: str, body: str) -> None:
        """Look for the prefix in one ticket or example."""
        reading = read(subject, body)
        found = Counter(word for word in reading.words if word.startswith(self.prefix))
        for word, times in found.items():
            caught = self.caught.setdefault(word, Caught(word))
            caught.times += times
            caught.texts += 1
            caught.context = caught.context or _context(reading, reading.words.index(word))

    def words(self) -> list[Caught]:
        """Return the words, most frequent first."""
        return sorted(self.caught.values(), key=lambda one: (-one.times, one.word))

    def families(self) -> list[tuple[str, ...]]:
        """Return the words by family, the largest family first."""
        return families(self.caught)


def example_texts(rules: Iterable[Rule], *lists: str) -> Iterator[tuple[Rule, Scene]]:
    """Yield the examples on the cards of rules, from the named lists of each."""
    for rule in rules:
        for name in lists:
            for example in getattr(rule.ejemplos, name):
                yield rule, Scene(cuerpo=example) if isinstance(example, str) else example


def prefix_of(text: str) -> str:
    """Return the folded prefix that «PREFIX*» stands for; ValueError when rules would refuse it."""
    prefix = fold_text(text.strip().removesuffix("*"))
    if not re.fullmatch(r"[^\W_]+", prefix):
        raise ValueError("a prefix is the beginning of one word: letters or digits, then *")
    if len(prefix) < SHORTEST_PREFIX:
        raise ValueError(f"rules refuse a prefix shorter than {SHORTEST_PREFIX} letters")
    return prefix


def families(words: Iterable[str]) -> list[tuple[str, ...]]:
    """Group words whose stems are alike, directly or by way of another word."""
    groups: list[set[str]] = []
    stems = {word: stem(word) for word in sorted(words)}
    for word, own in stems.items():
        near = [group for group in groups if any(_alike(own, stems[other]) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append({word}.union(*near))
    return sorted((tuple(sorted(group)) for group in groups), key=lambda group: (-len(group), group))


def stem(word: str) -> str:
    """Return a word without its ending, if enough of it is left."""
    fitting: Iterator[str] = (end for end in _ENDINGS if word.endswith(end))
    long_enough = (end for end in fitting if len(word) - len(end) >= _SHORTEST_STEM)
    ending = next(long_enough, "")
    return word[: len(word) - len(ending)]


def _alike(one: str, other: str) -> bool:
    """Tell whether two stems differ by no more than spelling: urgent- and urgenc-, correc- and correct-."""
    short, long = sorted((one, other), key=len)
    if len(short) == len(long):
        return short[:-1] == long[:-1]
    return len(short) >= _LONG_STEM and len(long) == len(short) + 1 and long.startswith(short)


def _context(reading: Reading, at: int) -> str:
    text = reading.subject if at < reading.body_from else reading.body
    start, end = reading.starts[at], reading.ends[at]
    before, after = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    around = f"{before.partition(' ')[2] if start > CONTEXT else before}{text[start:end]}{after}"
    return masked(" ".join(around.split()))
