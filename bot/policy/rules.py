"""What does one rule card, one filter and one word list of the rule files hold?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    StrictBool,
    Tag,
    WithJsonSchema,
    model_validator,
)

from bot.domain.level import Level
from bot.policy.conditions import (
    AllOf,
    AnyOf,
    Asked,
    AtLeast,
    ByRegex,
    Condition,
    InOrder,
    Near,
    OneWord,
    Phrase,
    Scope,
    Words,
    kind_of,
    known_kind,
    only_inside_all,
)
from bot.policy.section import Section

_ID = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
_FLAG = r"[a-z][a-z_]{2,40}"
_LIST = r"[a-z][a-z0-9_-]{0,40}"
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
FEWEST_EXAMPLES = 2


class State(StrEnum):
    """Say whether a rule is written, watched, in force or retired."""

    DRAFT = "borrador"
    SHADOW = "sombra"
    ACTIVE = "activa"
    RETIRED = "retirada"


def _day(value: Any) -> Any:
    """Read `2026-12-31` and nothing else: a time of day would promise a precision no rule has."""
    if isinstance(value, date):
        return value
    if isinstance(value, str) and _DATE.match(value) and len(value) > len("2026-12-31"):
        raise ValueError(f"«{value}» es una fecha con hora; escribe solo el día: {value[:10]}")
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise ValueError(f"«{value}» no es una fecha; escríbela como 2026-12-31")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"el día {value} no existe en el calendario") from None


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _shaped(pattern: str, wanted: str) -> AfterValidator:
    """Refuse a name of another shape, saying in Spanish which shape is wanted."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"«{value}» no sirve aquí: {wanted}")
        return value

    return AfterValidator(check)


RuleId = Annotated[
    str,
    _shaped(_ID, "lleva minúsculas sin tilde, números y guiones, como «urg-servicio-caido»"),
    Field(
        max_length=60,
        description="Identificador estable, nunca reutilizado.",
        json_schema_extra={"pattern": f"^{_ID}$"},
    ),
]
Owner = Annotated[str, Field(min_length=2, description="Área que responde por esto.")]
Flag = Annotated[
    str,
    _shaped(_FLAG, "una bandera lleva minúsculas sin tilde y «_», como «fuera_de_alcance»"),
    Field(description="Bandera, como fuera_de_alcance.", json_schema_extra={"pattern": f"^{_FLAG}$"}),
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
OneOrMore = Annotated[
    tuple[str, ...],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


class Scene(Section):
    """A ticket to try a rule on; a bare text stands for its body."""

    asunto: str = Field(default="", description="Asunto del ticket de ejemplo.")
    cuerpo: str = Field(default="", description="Cuerpo del ticket de ejemplo.")
    portal: str | None = Field(default=None, description="Portal del ticket de ejemplo.")
    empresa: str | None = Field(default=None, description="Empresa del ticket de ejemplo.")
    tipo: str | None = Field(default=None, description="Tipo del ticket de ejemplo.")
    fuente: str | None = Field(default=None, description="Vía por la que llegó.")


Example = str | Scene


class Examples(Section):
    coincide: tuple[Example, ...] = Field(default=(), description="Tickets que la regla debe reconocer.")
    no_coincide: tuple[Example, ...] = Field(default=(), description="Tickets parecidos que no son suyos.")
    pendiente_coincide: tuple[Example, ...] = Field(
        default=(), description="Tickets que debería reconocer y todavía no reconoce."
    )


class Ambit(Section):
    portal: OneOrMore = Field(default=(), description="Solo en estos portales.")
    empresa: OneOrMore = Field(default=(), description="Solo para estas empresas.")
    tipo: OneOrMore = Field(default=(), description="Solo para estos tipos de ticket.")
    fuente: OneOrMore = Field(default=(), description="Solo si llegó por estas vías.")


ANYWHERE = Ambit()


class Pause(Section):
    motivo: Annotated[str, Field(min_length=5, description="Por qué se apaga por un tiempo.")]
    hasta: Annotated[Day, Field(description="Último día apagada, por ejemplo 2026-12-31.")]


class _Exception(Section):
    motivo: Annotated[str, Field(min_length=5, description="Por qué esto desmiente la regla.")]
    alcance: Scope = Field(
        default=Scope.SENTENCE,
        description="Qué parte del ticket deja de contar: clausula, frase, anterior (hasta ahí) o ticket.",
    )


class ExceptWord(OneWord, _Exception): ...


class ExceptWords(Words, _Exception): ...


class ExceptInOrder(InOrder, _Exception): ...


class ExceptNear(Near, _Exception): ...


class ExceptRegex(ByRegex, _Exception): ...


class ExceptAsked(Asked, _Exception): ...


class ExceptAny(AnyOf, _Exception): ...


class ExceptAll(AllOf, _Exception): ...


class ExceptAtLeast(AtLeast, _Exception): ...


def _with_reason(value: Any) -> Any:
    if isinstance(value, str):
        raise ValueError(f'una excepción lleva su motivo: {{frase: "{value}", motivo: "..."}}')
    return value


Exclusion = Annotated[
    Annotated[ExceptWord, Tag("palabra")]
    | Annotated[ExceptWords, Tag("palabras")]
    | Annotated[ExceptInOrder, Tag("frase")]
    | Annotated[ExceptNear, Tag("cerca")]
    | Annotated[ExceptRegex, Tag("regex")]
    | Annotated[ExceptAsked, Tag("pregunta")]
    | Annotated[ExceptAny, Tag("alguna")]
    | Annotated[ExceptAll, Tag("todas")]
    | Annotated[ExceptAtLeast, Tag("minimo")],
    Discriminator(kind_of),
    BeforeValidator(only_inside_all),
    BeforeValidator(known_kind),
    BeforeValidator(_with_reason),
]


class Rule(Section):
    """One rule: what it looks for, what it decides, who answers for it, and its proof."""

    id: RuleId
    titulo: Annotated[str, Field(min_length=3, description="Qué reconoce, en una línea.")]
    dueno: Owner
    estado: Annotated[State, Field(description="borrador, sombra (se observa, no actúa), activa o retirada.")]
    nivel: Level | None = Field(default=None, description="Nivel que da al ticket.")
    bandera: Flag | None = Field(default=None, description="Bandera que levanta.")
    banderas: tuple[Flag, ...] = Field(default=(), description="Banderas que levanta, si son varias.")
    clausula: str | None = Field(default=None, description="Parte de la política que cita la nota privada.")
    cuando: Annotated[Condition, Field(description="Lo que debe decir el ticket.")]
    salvo: tuple[Exclusion, ...] = Field(default=(), description="Lo que desmiente la regla, con su motivo.")
    etiquetas: tuple[str, ...] = Field(default=(), description="Etiquetas que agrega al ticket.")
    ejemplos: Examples = Field(default=Examples(), description="Tickets que prueban la regla.")
    ambito: Ambit = Field(default=ANYWHERE, description="Dónde vale la regla; sin esto, en todas partes.")
    pausada: Pause | None = Field(default=None, description="Apagada hasta una fecha.")
    ignora_filtros: tuple[str, ...] = Field(default=(), description="Filtros que no la apagan.")
    erratas: StrictBool = Field(default=True, description="Con false, una palabra mal escrita no cuenta.")
    firme: StrictBool = Field(
        default=True, description="Con false, su nivel es solo un voto en la balanza, si la hay."
    )

    @property
    def flags(self) -> tuple[str, ...]:
        """Return every flag it raises."""
        own = (self.bandera,) if self.bandera else ()
        return tuple(dict.fromkeys((*own, *self.banderas)))

    @model_validator(mode="after")
    def _decides_something(self) -> Self:
        if self.nivel is None and not self.flags:
            raise ValueError("la regla no decide nada: le falta «nivel» o «bandera»")
        return self

    @model_validator(mode="after")
    def _has_proof(self) -> Self:
        if self.estado is not State.ACTIVE:
            return self
        for name, examples in (
            ("coincide", self.ejemplos.coincide),
            ("no_coincide", self.ejemplos.no_coincide),
        ):
            if len(examples) < FEWEST_EXAMPLES:
                raise ValueError(
                    f"una regla activa lleva al menos {FEWEST_EXAMPLES} ejemplos «{name}» y tiene "
                    f"{len(examples)}; complétalos o ponla en «estado: borrador»"
                )
        return self


class Suppressed(Section):
    niveles: tuple[Level, ...] = Field(default=(), description="Reglas de estos niveles.")
    reglas: tuple[str, ...] = Field(default=(), description="Estas reglas; admite «urg-*».")
    banderas: tuple[Flag, ...] = Field(default=(), description="Reglas que levantan estas banderas.")

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not (self.niveles or self.reglas or self.banderas):
            raise ValueError("di qué se apaga: «niveles», «reglas» o «banderas»")
        return self


class Filter(Section):
    """Words that take the weight from other words: solved, hypothetical, in the past."""

    id: RuleId
    dueno: Owner
    motivo: Annotated[str, Field(min_length=10, description="Por qué estas palabras quitan peso a otras.")]
    hasta: Day | None = Field(default=None, description="Último día en que vale.")
    permanente: StrictBool = Field(default=False, description="Con true, vale sin fecha de fin.")
    suprime: Annotated[Suppressed, Field(description="Qué reglas deja sin efecto.")]
    alcance: Annotated[
        Scope, Field(description="Hasta dónde: clausula, frase, anterior (esa frase y lo de antes) o ticket.")
    ]
    cuando: Annotated[Condition, Field(description="Lo que debe decir el ticket.")]
    salvo: tuple[Exclusion, ...] = Field(default=(), description="Cuándo el filtro no vale, con su motivo.")
    ejemplos: Examples = Field(default=Examples(), description="Textos que prueban el filtro.")
    erratas: StrictBool = Field(default=True, description="Con false, una palabra mal escrita no cuenta.")

    @model_validator(mode="after")
    def _has_an_end(self) -> Self:
        if (self.hasta is None) == (not self.permanente):
            raise ValueError("un filtro lleva una fecha de fin, «hasta: 2026-12-31», o «permanente: true»")
        return self


ListName = Annotated[
    str, _shaped(_LIST, "el nombre de una lista lleva minúsculas sin tilde, números y guiones")
]
Vocabulary = Mapping[ListName, Annotated[tuple[Phrase, ...], Field(min_length=1)]]
