"""What does each of the four levels promise, and how is it shown on a ticket?"""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StrictInt, model_validator

from bot.domain.level import Level
from bot.policy.allowance import Allowance, AllowanceField, ObjectiveField
from bot.policy.section import Section


class ResolutionKind(StrEnum):
    """Say whether a resolution limit is owed by contract or only a working target of the desk."""

    CONTRACT = "contrato"
    WORKING = "meta"


class Promise(Section):
    """Hold a target (early warning) and a limit (breach); a target may be a share of the limit."""

    objetivo: ObjectiveField = Field(
        description="Aviso temprano: un plazo («24 h») o un porcentaje del límite («75 %»)."
    )
    limite: AllowanceField = Field(
        description="Plazo máximo: «24 h», «7 dias» (corridos), «8 horas utiles» o «5 dias utiles»."
    )

    @model_validator(mode="after")
    def _target_within_limit(self) -> Self:
        target, limit = self.objetivo, self.limite
        if not isinstance(target, Allowance):
            return self
        # How many business hours make a business day depends on the calendar: no order between the two.
        if target.is_business != limit.is_business or (target.is_business and target.unit is not limit.unit):
            raise ValueError(
                f"el objetivo ({target}) y el límite ({limit}) deben contarse en la misma unidad; "
                "también puedes escribir el objetivo como porcentaje: «75 %»"
            )
        if target.length > limit.length:
            raise ValueError(f"el objetivo ({target}) no puede ser mayor que el límite ({limit})")
        return self


class ResolutionPromise(Promise):
    """Hold the promise on resolution, counted from the start of attention."""

    tipo: ResolutionKind = Field(
        description="«contrato» si el límite está en la política de servicio; «meta» si es solo interno."
    )


class LevelPolicy(Section):
    """Hold all that one level means."""

    prioridad: Annotated[StrictInt, Field(ge=1, le=4)] = Field(
        description="Prioridad en Freshdesk: 1 baja, 2 media, 3 alta, 4 urgente."
    )
    etiqueta: Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[^\s,]+$")] = Field(
        description="Etiqueta que lleva el ticket, sin espacios ni comas."
    )
    respuesta: Promise = Field(description="Plazo para atender, contado desde la emisión del ticket.")
    resolucion: ResolutionPromise = Field(
        description="Plazo para resolver, contado desde el inicio de la atención."
    )


class LevelsSection(Section):
    """Hold the four levels; tags and priorities never repeat, so either names its level."""

    URGENTE: LevelPolicy = Field(description="🔴 Detiene la operación.")
    IMPORTANTE: LevelPolicy = Field(description="🟡 Riesgo alto para la operación.")
    PREFERENTE: LevelPolicy = Field(description="🔵 Soporte común de la operación diaria.")
    NORMAL: LevelPolicy = Field(description="🟢 Todo lo demás.")

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        policies = [self.of(level) for level in Level]
        _refuse_repeats("la prioridad", [str(policy.prioridad) for policy in policies])
        # Freshdesk compares tags without case.
        _refuse_repeats("la etiqueta", [policy.etiqueta.casefold() for policy in policies])
        return self

    def of(self, level: Level) -> LevelPolicy:
        """Return the policy of a level."""
        policy: LevelPolicy = getattr(self, level.value)
        return policy

    def by_priority(self, priority: int) -> Level | None:
        """Return the level that Freshdesk's priority number stands for; None for an unknown one."""
        return next((level for level in Level if self.of(level).prioridad == priority), None)

    @property
    def tags(self) -> dict[Level, str]:
        """Return the tag of every level."""
        return {level: self.of(level).etiqueta for level in Level}


def _refuse_repeats(what: str, values: list[str]) -> None:
    repeated = [value for value, times in Counter(values).items() if times > 1]
    if repeated:
        raise ValueError(f"{what} «{repeated[0]}» está en más de un nivel; cada nivel lleva la suya")
