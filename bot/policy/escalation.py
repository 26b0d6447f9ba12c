"""Which warning steps has a ticket reached that nobody was told of yet?"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field, field_validator

from bot.domain.level import Level
from bot.policy.section import Section
from bot.policy.sla import Clock

_WHEN = re.compile(r"(objetivo|limite)(?:\s*\+\s*(\d{1,4})\s*(h|min|d))?")
_UNITS = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")

STEP_PREFIX = "escala:"  # what the keys of the effects of warnings begin with

ClockName = Literal["respuesta", "resolucion"]


class EscalationStep(Section):
    """Describe one step of the warning ladder."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$", description="Nombre corto del paso, sin repetir")]
    en: Annotated[str, Field(description="Cuándo: «objetivo», «limite» o «limite + 24 h»")]
    avisar: Annotated[bool, Field(description="¿Se avisa por correo a los destinatarios?")] = False
    texto: Annotated[str, Field(min_length=1, description="Qué se le pide al equipo en la nota")]

    @field_validator("en")
    @classmethod
    def _known_moment(cls, value: str) -> str:
        if not _WHEN.fullmatch(value.strip()):
            raise ValueError(f"«{value}» no es un momento; escribe «objetivo», «limite» o «limite + 24 h»")
        return value.strip()

    def moment(self, clock: Clock) -> datetime:
        """Return when this step falls due on a clock."""
        match = _WHEN.fullmatch(self.en)
        assert match is not None
        base = clock.target if match[1] == "objetivo" else clock.limit
        return base if match[2] is None else base + int(match[2]) * _UNITS[match[3]]


class EscalationSection(Section):
    """Mirror the section `escalamiento`."""

    respuesta: Annotated[tuple[EscalationStep, ...], Field(description="Pasos del reloj de respuesta")]
    resolucion: Annotated[tuple[EscalationStep, ...], Field(description="Pasos del reloj de resolución")] = ()
    destinatarios: Annotated[tuple[str, ...], Field(description="Correos de agentes a los que se avisa")] = ()

    @field_validator("destinatarios")
    @classmethod
    def _mail_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for address in value:
            if not _MAIL.fullmatch(address):
                raise ValueError(f"«{address}» no es un correo")
        return value

    @field_validator("respuesta", "resolucion")
    @classmethod
    def _distinct(cls, value: tuple[EscalationStep, ...]) -> tuple[EscalationStep, ...]:
        names = [step.id for step in value]
        if len(set(names)) != len(names):
            raise ValueError("hay dos pasos con el mismo id en un reloj")
        return value

    def steps(self, clock: ClockName) -> tuple[EscalationStep, ...]:
        """Return the ladder of a clock."""
        return self.respuesta if clock == "respuesta" else self.resolucion


@dataclass(frozen=True, slots=True)
class Owed:
    """Hold the one step that must be told now; earlier ones that were missed are told with it."""

    clock: ClockName
    step: EscalationStep
    moment: datetime
    key: str


def step_key(clock: ClockName, step: EscalationStep, level: Level) -> str:
    """Name the effect of one step; a changed level starts a new ladder."""
    return f"{STEP_PREFIX}{clock}:{step.id}:{level}"


def owed_step(
    section: EscalationSection,
    name: ClockName,
    clock: Clock,
    level: Level,
    is_done: Callable[[str], bool],
    now: datetime,
) -> Owed | None:
    """Return the latest step reached and not told, or None.

    After an outage several steps may have passed: only the latest is told, so people get one note, not three.
    A clock that is met, paused or not yet started owes nothing.
    """
    if not clock.is_ticking:
        return None
    reached = [
        Owed(name, step, step.moment(clock), step_key(name, step, level))
        for step in section.steps(name)
        if step.moment(clock) <= now
    ]
    latest = max(reached, key=lambda owed: owed.moment, default=None)
    return None if latest is None or is_done(latest.key) else latest


def next_step(section: EscalationSection, name: ClockName, clock: Clock, now: datetime) -> datetime | None:
    """Return when the next step of a ticking clock falls due."""
    moments = [step.moment(clock) for step in section.steps(name)] if clock.is_ticking else []
    return min((moment for moment in moments if moment > now), default=None)
