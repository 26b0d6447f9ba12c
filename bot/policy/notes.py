"""What do the private notes say?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, field_validator

from bot.policy.section import Section
from bot.policy.templates import template_problem

# Every variable of a template, with a value to try it on.
CLASSIFICATION_SAMPLES: Mapping[str, object] = {
    "emoji": "🔴",
    "nivel": "URGENTE",
    "cambio": "NORMAL",
    "por_persona": True,
    "regla": "El servicio no está disponible",
    "clausula": "Niveles de prioridad",
    "palabras": ["caído"],
    "respuesta": "lun 23 nov, 10:00",
    "resolucion": "lun 30 nov, 10:00",
    "resolucion_es_meta": True,
    "avisos": ["Revísalo"],
    "version": "0123456789ab",
}
ESCALATION_SAMPLES: Mapping[str, object] = {
    "emoji": "🔴",
    "nivel": "URGENTE",
    "reloj": "respuesta",
    "momento": "lun 23 nov, 10:00",
    "limite": "mar 24 nov, 10:00",
    "espera": "1 d 6 h (cliente)",
    "incumplido": True,
    "texto": "Hay que responder ya",
    "omitidos": 2,
}


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
        return _checked(value, CLASSIFICATION_SAMPLES)

    @field_validator("escalamiento")
    @classmethod
    def _sound_escalation(cls, value: str) -> str:
        return _checked(value, ESCALATION_SAMPLES)

    @field_validator("morosidad")
    @classmethod
    def _sound_suspension(cls, value: str) -> str:
        return _checked(value, {})


def _checked(text: str, samples: Mapping[str, object]) -> str:
    problem = template_problem(text, samples)
    if problem:
        raise ValueError(problem)
    return text
