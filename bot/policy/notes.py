"""What do the private notes say?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

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
    "espejo": False,
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


SAMPLES: Mapping[str, Mapping[str, object]] = {
    "clasificacion": CLASSIFICATION_SAMPLES,
    "escalamiento": ESCALATION_SAMPLES,
    "morosidad": {},
}


class OwnNotes(Section):
    """Hold the notes that one portal words differently; those it leaves out are those of `notas`."""

    clasificacion: Annotated[str | None, Field(description="Nota propia de nivel y fechas")] = None
    escalamiento: Annotated[str | None, Field(description="Nota propia de aviso o incumplimiento")] = None
    morosidad: Annotated[str | None, Field(description="Nota propia de factura vencida")] = None

    @field_validator("clasificacion", "escalamiento", "morosidad")
    @classmethod
    def _sound(cls, value: str | None, info: ValidationInfo) -> str | None:
        return None if value is None else _checked(value, SAMPLES[str(info.field_name)])


class NotesSection(Section):
    """Mirror the section `notas`: one template a kind of private note, and one text a flag."""

    clasificacion: Annotated[str, Field(description="Nota que explica el nivel y las fechas")]
    escalamiento: Annotated[str, Field(description="Nota de aviso o de incumplimiento")]
    morosidad: Annotated[str, Field(description="Nota que dice que la empresa tiene una factura vencida")]
    avisos: Annotated[
        dict[str, str], Field(description="Texto que acompaña a cada bandera, como «fuera_de_alcance»")
    ] = Field(default_factory=dict)

    @field_validator("clasificacion", "escalamiento", "morosidad")
    @classmethod
    def _sound(cls, value: str, info: ValidationInfo) -> str:
        return _checked(value, SAMPLES[str(info.field_name)])

    def worded_by(self, own: OwnNotes) -> NotesSection:
        """Return the notes with those in their place that a portal words differently."""
        return self.model_copy(update=own.model_dump(exclude_none=True))


def _checked(text: str, samples: Mapping[str, object]) -> str:
    problem = template_problem(text, samples)
    if problem:
        raise ValueError(problem)
    return text
