"""How is a phrase of the rule language read?

    caido            a word                     caid*       any word that begins so
    no responde      words side by side         me?         a word that may be missing
    (deja|permite)   one of several             @lista      one entry of a named list
    no ... entrar    up to `hueco` words lie between
    <numero> <correo> <enlace>      any number, mail address, link

Case, accents and other signs do not count, as in the tickets. Refusals are ValueErrors in Spanish.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.policy.folding import fold_word
from bot.policy.problems import did_you_mean

DEFAULT_GAP = 3
SHORTEST_PREFIX = 4
LONGEST_PHRASE = 300
_DEEPEST = 5
CLASSES = ("<numero>", "<correo>", "<enlace>")

_PIECE = re.compile(
    r"(?P<gap>\.\.\.|…)|(?P<list>@[\w-]+)|(?P<kind><\w*>)|(?P<sign>[(|)?*])|(?P<word>\d+(?:[.,:]\d+)*[^\W_]*|[^\W_]+)"
    r"|(?P<bad>[@<>¿¡!\[\]{}^+\\])"
)

# Words and nothing else, which most phrases are.
_PLAIN = re.compile(r" ?[^\W_]+(?: [^\W_]+)* ?")


@dataclass(frozen=True, slots=True)
class Word:
    """One folded word, or with `prefix` every word that begins with it."""

    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of the named list."""

    name: str


@dataclass(frozen=True, slots=True)
class Either:
    """One of several sequences."""

    options: tuple[Sequence, ...]


Part = Word | Listed | Either


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a sequence; at most `gap` words lie between it and the part before."""

    part: Part
    gap: int = 0
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts that follow one another."""

    steps: tuple[Step, ...]

    def lists(self) -> Iterator[str]:
        """Yield the names of the lists it looks into."""
        for step in self.steps:
            if isinstance(step.part, Listed):
                yield step.part.name
            elif isinstance(step.part, Either):
                for option in step.part.options:
                    yield from option.lists()


@lru_cache(maxsize=50_000)
def parse(text: str, gap: int = DEFAULT_GAP) -> Sequence:
    """Read a phrase; ValueError in Spanish when it cannot be one."""
    if len(text) > LONGEST_PHRASE:
        raise ValueError(f"la frase pasa de {LONGEST_PHRASE} caracteres; pártela en varias")
    if _PLAIN.fullmatch(text):
        return _plain(text.strip())
    parser = _Parser(list(_pieces(text)), gap)
    sequence = parser.sequence(depth=0)
    if parser.pieces:
        raise ValueError(f"sobra un «{parser.pieces[0][1]}» en «{text}»")
    return sequence


@lru_cache(maxsize=50_000)
def _plain(words: str) -> Sequence:
    """Read words without signs; thousands of alternatives are the same words, and share them."""
    return Sequence(tuple(map(_step, words.split())))


@lru_cache(maxsize=50_000)
def _step(word: str) -> Step:
    return Step(Word(fold_word(word)))


def forget_phrases() -> None:
    """Let go of what was read: between the check of rule files and their compilation it is needed twice."""
    for remembered in (parse, _plain, _step):
        remembered.cache_clear()


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    for found in _PIECE.finditer(text):
        kind, piece = str(found.lastgroup), found.group()
        if kind == "bad":
            hint = "; para buscar preguntas usa «pregunta: true»" if piece in "¿¡!" else ""
            raise ValueError(f"el signo «{piece}» no se busca; escribe solo palabras{hint}")
        if kind == "kind" and piece not in CLASSES:
            raise ValueError(f"no conozco «{piece}»; hay {', '.join(CLASSES)}{did_you_mean(piece, CLASSES)}")
        yield kind, piece


class _Parser:
    """Read pieces from left to right."""

    def __init__(self, pieces: list[tuple[str, str]], gap: int) -> None:
        self.pieces = pieces
        self.gap = gap

    def sequence(self, depth: int) -> Sequence:
        steps: list[Step] = []
        gap = 0
        while self.pieces and self.pieces[0][1] not in ("|", ")"):
            if self.pieces[0][0] == "gap":
                if not steps or gap:
                    raise ValueError("los puntos «...» van entre dos palabras")
                gap = self.gap
                self.pieces.pop(0)
                continue
            steps.append(self.step(depth, gap, steps))
            gap = 0
        if gap:
            raise ValueError("los puntos «...» van entre dos palabras")
        return _checked(steps)

    def step(self, depth: int, gap: int, before: list[Step]) -> Step:
        part = self.part(depth)
        optional = self.take("?")
        if gap and (optional or before[-1].optional):
            raise ValueError("junto a «...» sobra una palabra opcional «?»: los puntos ya la dejan pasar")
        return Step(part, gap, optional)

    def part(self, depth: int) -> Part:
        kind, piece = self.pieces.pop(0)
        if kind == "list":
            return Listed(piece[1:])
        if kind == "kind":
            return Word(piece)
        if piece == "(":
            return self.group(depth + 1)
        if kind == "sign":
            raise ValueError(f"el signo «{piece}» va pegado al final de una palabra, como en «caid*» o «me?»")
        return self.word(piece)

    def word(self, piece: str) -> Word:
        folded = fold_word(piece)
        if not self.take("*"):
            return Word(folded)
        if len(folded) < SHORTEST_PREFIX:
            raise ValueError(
                f"«{piece}*» es muy corto: antes del asterisco van al menos {SHORTEST_PREFIX} letras; "
                "escribe las palabras completas"
            )
        return Word(folded, prefix=True)

    def group(self, depth: int) -> Part:
        if depth > _DEEPEST:
            raise ValueError(f"hay más de {_DEEPEST} paréntesis uno dentro de otro")
        options = [self.option(depth)]
        while self.take("|"):
            options.append(self.option(depth))
        if not self.take(")"):
            raise ValueError("falta cerrar un paréntesis «)»")
        return Either(tuple(dict.fromkeys(options)))

    def option(self, depth: int) -> Sequence:
        if len(self.pieces) > 1 and self.pieces[0][0] == "word" and self.pieces[1][1] in ("|", ")"):
            return _plain(self.pieces.pop(0)[1])
        return self.sequence(depth)

    def take(self, sign: str) -> bool:
        if self.pieces and self.pieces[0][1] == sign:
            self.pieces.pop(0)
            return True
        return False


def _checked(steps: list[Step]) -> Sequence:
    if not steps:
        raise ValueError("aquí falta una palabra")
    if steps[0].optional or steps[-1].optional:
        raise ValueError("una palabra opcional «?» va en medio de otras; al inicio o al final no cambia nada")
    return Sequence(tuple(steps))
