"""What may a rule look for? One model per kind of condition, written as in the rule files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    StrictBool,
    StrictInt,
    Tag,
    model_validator,
)
from pydantic_core import PydanticCustomError

from bot.policy.folding import fold_text
from bot.policy.phrases import DEFAULT_GAP, parse
from bot.policy.problems import did_you_mean
from bot.policy.regexes import as_bytes, compiled_regex
from bot.policy.section import Section

LONGEST_REGEX = 200


class Scope(StrEnum):
    """Say how far a condition reaches, from the narrowest to the whole ticket."""

    CLAUSE = "clausula"
    SENTENCE = "frase"
    EARLIER = "anterior"
    TICKET = "ticket"


class Place(StrEnum):
    """Say which part of the ticket is searched; `final` is the last two sentences of the body."""

    SUBJECT = "asunto"
    BODY = "cuerpo"
    BOTH = "ambos"
    END = "final"


def _readable_phrase(text: str) -> str:
    parse(text)
    return text


Phrase = Annotated[
    str,
    AfterValidator(_readable_phrase),
    Field(description="Palabras seguidas; admite caid*, (a|b), me?, @lista, <numero> y «...»."),
]
Gap = Annotated[StrictInt, Field(ge=0, le=20)]
_WIDTH = (Scope.CLAUSE, Scope.SENTENCE, Scope.TICKET)
Unit = Literal[Scope.CLAUSE, Scope.SENTENCE, Scope.TICKET]


class _Leaf(Section):
    en: Place = Field(default=Place.BOTH, description="Dónde se busca: asunto, cuerpo, ambos o final.")
    aunque_se_niegue: StrictBool = Field(
        default=False, description="Con true, «no hay X» y «sin X» también cuentan."
    )


class Words(_Leaf):
    palabras: Annotated[tuple[Phrase, ...], Field(min_length=1, description="Basta una de estas palabras.")]


class OneWord(_Leaf):
    palabra: Annotated[Phrase, Field(description="La palabra que se busca.")]


class InOrder(_Leaf):
    frase: Annotated[Phrase, Field(description="Palabras seguidas; «...» deja lugar a otras.")]
    hueco: Gap = Field(default=DEFAULT_GAP, description="Cuántas palabras caben en cada «...».")


class NearWords(Section):
    palabras: Annotated[
        tuple[Phrase, ...],
        Field(min_length=2, max_length=4, description="Deben estar todas, en la misma frase."),
    ]
    distancia: Gap = Field(default=5, description="Cuántas palabras caben entre una y la siguiente.")
    orden: Literal["libre", "fijo"] = Field(default="libre", description="Con «fijo», en el orden escrito.")


class Near(_Leaf):
    cerca: NearWords = Field(description="Palabras que están cerca una de otra.")


class RegexText(Section):
    patron: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LONGEST_REGEX,
            description="Expresión regular RE2 sobre el texto sin tildes ni mayúsculas.",
        ),
    ]
    motivo: Annotated[str, Field(min_length=10, description="Por qué no bastan las palabras.")]
    ejemplos: Annotated[tuple[str, ...], Field(min_length=2, description="Textos en que debe aparecer.")]

    @model_validator(mode="after")
    def _works(self) -> Self:
        if not self.patron.isascii():
            raise ValueError("el texto se compara sin tildes ni eñes: escribe el patrón igual, sin ellas")
        expression = compiled_regex(self.patron)
        if expression.search(b""):
            raise ValueError("el patrón coincide hasta con un texto vacío: coincidiría siempre")
        for example in self.ejemplos:
            if not expression.search(as_bytes(fold_text(example))):
                raise ValueError(f"el patrón no aparece en su ejemplo «{example}»")
        return self


class ByRegex(_Leaf):
    regex: RegexText = Field(description="Solo cuando las palabras no alcanzan.")


class Asked(_Leaf):
    pregunta: Annotated[Literal[True], Field(description="Una pregunta, con su signo de interrogación.")]


class AnyOf(Section):
    alguna: Annotated[tuple[Condition, ...], Field(min_length=1, description="Basta una.")]


class NoneOf(Section):
    ninguna: Annotated[tuple[Condition, ...], Field(min_length=1, description="No debe darse ninguna.")]


class _Group(Section):
    en_la_misma: Unit = Field(
        default=Scope.SENTENCE, description="Dónde deben coincidir: clausula, frase o ticket."
    )

    def _refuse_wider(self, parts: Iterable[Any]) -> None:
        """Refuse a group that spans more than the group it stands in: it could never hold there."""
        for part in parts:
            if isinstance(part, AnyOf):
                self._refuse_wider(part.alguna)
            elif isinstance(part, _Group) and _WIDTH.index(part.en_la_misma) > _WIDTH.index(self.en_la_misma):
                raise ValueError(f"«en_la_misma: {part.en_la_misma}» no cabe dentro de «{self.en_la_misma}»")


class AllOf(_Group):
    todas: Annotated[tuple[ConditionOrNone, ...], Field(min_length=1, description="Deben darse todas.")]

    @model_validator(mode="after")
    def _looks_for_something(self) -> Self:
        if all(isinstance(part, NoneOf) for part in self.todas):
            raise ValueError("«todas» necesita algo que buscar, además de «ninguna»")
        self._refuse_wider(self.todas)
        return self


class AtLeast(_Group):
    minimo: Annotated[StrictInt, Field(ge=1, description="Cuántas de la lista deben darse.")]
    de: Annotated[tuple[Condition, ...], Field(min_length=2, description="Las señales que se cuentan.")]

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.minimo > len(self.de):
            raise ValueError(f"pide {self.minimo} señales y la lista tiene {len(self.de)}")
        self._refuse_wider(self.de)
        return self


MODELS: Mapping[str, type[Section]] = {
    "palabra": OneWord,
    "palabras": Words,
    "frase": InOrder,
    "cerca": Near,
    "regex": ByRegex,
    "pregunta": Asked,
    "alguna": AnyOf,
    "todas": AllOf,
    "minimo": AtLeast,
    "ninguna": NoneOf,
}


def kind_of(value: Any) -> str | None:
    """Return the key that tells which kind of condition a value is; None when it is none."""
    if isinstance(value, str):
        return "texto"
    if isinstance(value, Mapping):
        return next((key for key in MODELS if key in value), None)
    return next((key for key, model in MODELS.items() if isinstance(value, model)), None)


def known_kind(value: Any) -> Any:
    """Refuse, in Spanish, what is no condition."""
    kind = kind_of(value)
    if kind is not None:
        return value
    if not isinstance(value, Mapping):
        raise PydanticCustomError("condicion", "aquí va una palabra o una condición como «alguna: [...]»")
    keys = [str(key) for key in value]
    hint = next((hint for key in keys if (hint := did_you_mean(key, MODELS))), "")
    named = f"no conozco la condición «{keys[0]}»" if keys else "la condición está vacía"
    message = f"{named}{hint or '; hay: ' + ', '.join(MODELS)}"
    raise PydanticCustomError("condicion", "{message}", {"message": message})


def only_inside_all(value: Any) -> Any:
    """Refuse `ninguna` anywhere but in `todas`: alone it would hold for every other ticket."""
    if kind_of(value) == "ninguna":
        raise PydanticCustomError("condicion", "«ninguna» va dentro de «todas», junto a algo que buscar")
    return value


_Positive = (
    Annotated[Phrase, Tag("texto")]
    | Annotated[OneWord, Tag("palabra")]
    | Annotated[Words, Tag("palabras")]
    | Annotated[InOrder, Tag("frase")]
    | Annotated[Near, Tag("cerca")]
    | Annotated[ByRegex, Tag("regex")]
    | Annotated[Asked, Tag("pregunta")]
    | Annotated[AnyOf, Tag("alguna")]
    | Annotated[AllOf, Tag("todas")]
    | Annotated[AtLeast, Tag("minimo")]
)
Condition = Annotated[
    _Positive, Discriminator(kind_of), BeforeValidator(only_inside_all), BeforeValidator(known_kind)
]
ConditionOrNone = Annotated[
    _Positive | Annotated[NoneOf, Tag("ninguna")], Discriminator(kind_of), BeforeValidator(known_kind)
]

for _model in (AnyOf, AllOf, AtLeast, NoneOf):
    _model.model_rebuild()
