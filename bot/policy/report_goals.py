"""Which part of the promises does the desk itself want to keep? Lines on the report, never a promise."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema

from bot.policy.section import Section

_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9])?) ?%")


def parse_percent(value: object) -> float:
    """Read «95 %» as 0.95; ValueError in Spanish for anything else or beyond 100 %."""
    if isinstance(value, float) and 0 < value <= 1:
        return value
    found = _PERCENT.fullmatch(str(value).strip())
    if found is None or not 0 < float(found[1]) <= 100:
        raise ValueError(f"«{value}» no es una meta: escribe un porcentaje de 1 % a 100 %, como «95 %»")
    return float(found[1]) / 100


Percent = Annotated[
    float, PlainValidator(parse_percent), WithJsonSchema({"type": "string", "examples": ["95 %"]})
]


class ReportGoalsSection(Section):
    """Mirror the section `informe`."""

    meta_respuesta: Percent | None = Field(
        default=None, description="Meta interna de respuestas a tiempo: «95 %»."
    )
    meta_resolucion: Percent | None = Field(
        default=None, description="Meta interna de soluciones a tiempo: «90 %»."
    )

    def of(self, clock: str) -> float | None:
        """Return the goal of the `response` or `resolution` promise."""
        return self.meta_respuesta if clock == "response" else self.meta_resolucion
