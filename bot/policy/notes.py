"""What do the private notes say?"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from bot.policy.section import Section
from bot.policy.templates import template_problem

CLASSIFICATION_VARIABLES = frozenset(
    {
        "emoji",
        "nivel",
        "cambio",
        "por_persona",
        "regla",
        "clausula",
        "palabras",
        "respuesta",
        "resolucion",
        "resolucion_es_meta",
        "avisos",
        "version",
    }
)
ESCALATION_VARIABLES = frozenset(
    {"emoji", "nivel", "reloj", "momento", "limite", "incumplido", "texto", "omitidos"}
)


class NotesSection(Section):
    """Mirror the section `notas`: one template a kind of private note, and one text a flag."""

    clasificacion: Annotated[str, Field(description="Nota que explica el nivel y las fechas")]
    escalamiento: Annotated[str, Field(description="Nota de aviso o de incumplimiento")]
    morosidad: Annotated[str, Field(description="Nota que dice que la empresa tiene una factura vencida")]
    avisos: Annotated[
        dict[str, str], Field(description="Texto que acompaña a cada bandera, como «fuera_de_alcance»")
    ] = Field(default_factory=dict)

    @field_validator("clasificacion")
    @classmethod
    def _sound_classification(cls, value: str) -> str:
        return _checked(value, CLASSIFICATION_VARIABLES)

    @field_validator("escalamiento")
    @classmethod
    def _sound_escalation(cls, value: str) -> str:
        return _checked(value, ESCALATION_VARIABLES)

    @field_validator("morosidad")
    @classmethod
    def _sound_suspension(cls, value: str) -> str:
        return _checked(value, frozenset())


def _checked(text: str, allowed: frozenset[str]) -> str:
    problem = template_problem(text, allowed)
    if problem:
        raise ValueError(problem)
    return text
