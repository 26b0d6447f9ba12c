"""Which warning steps has a ticket reached that nobody was told of yet?"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictInt, field_validator

from bot.domain.level import Level
from bot.policy.section import Section
from bot.policy.sla import Clock
from bot.policy.template_fields import checked_with

_WHEN = re.compile(r"(objetivo|limite)(?:\s*\+\s*(\d{1,4})\s*(h|min|d))?")
_UNITS = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")

STEP_PREFIX = "escala:"  # what the keys of the effects of warnings begin with

ClockName = Literal["respuesta", "resolucion"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")]


def _mail_addresses(value: tuple[str, ...]) -> tuple[str, ...]:
    for address in value:
        if not _MAIL.fullmatch(address):
            raise ValueError(f"«{address}» no es un correo")
    return value


Addresses = Annotated[tuple[str, ...], AfterValidator(_mail_addresses)]


class EscalationStep(Section):
    """Describe one step of the warning ladder."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$", description="Nombre corto del paso, sin repetir")]
    en: Annotated[str, Field(description="Cuándo: «objetivo», «limite» o «limite + 24 h»")]
    avisar: Annotated[bool, Field(description="¿Se avisa por correo a los destinatarios?")] = False
    texto: Annotated[str, Field(min_length=1, description="Qué se le pide al equipo en la nota")]
    avisar_a: Annotated[
        Addresses, Field(description="Correos de agentes a los que se avisa además en este paso")
    ] = ()
    grupo: Annotated[
        str | None, Field(description="Grupo al que pasa el ticket, con su nombre en portales.yaml")
    ] = None
    agente: Annotated[StrictInt | None, Field(ge=1, description="Agente al que pasa el ticket")] = None
    prioridad: Annotated[
        StrictInt | None, Field(ge=1, le=4, description="Prioridad a la que sube; el nivel no cambia")
    ] = None
    webhooks: Annotated[
        tuple[Name, ...], Field(description="Nombres de webhooks de salida, definidos en el entorno")
    ] = ()
    pasa_horas_tranquilas: Annotated[
        tuple[Level, ...], Field(description="Niveles en que este paso no espera a que terminen")
    ] = ()

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

    @property
    def disturbs(self) -> bool:
        """Tell whether the step reaches people beyond the note on the ticket."""
        changes = (self.grupo, self.agente, self.prioridad)
        return self.avisar or bool(self.avisar_a or self.webhooks) or any(one is not None for one in changes)


class DigestSection(Section):
    """Describe how warnings that fall due together become one."""

    ventana_minutos: Annotated[
        StrictInt, Field(ge=1, le=120, description="Cuánto se espera para reunir los avisos de un portal")
    ]
    texto: Annotated[
        str,
        Field(min_length=1, description="Lo que encabeza el aviso reunido; en «tickets», sus números"),
        checked_with({"tickets": [12, 15]}),
    ]


class EscalationSection(Section):
    """Mirror the section `escalamiento`."""

    respuesta: Annotated[tuple[EscalationStep, ...], Field(description="Pasos del reloj de respuesta")]
    resolucion: Annotated[tuple[EscalationStep, ...], Field(description="Pasos del reloj de resolución")] = ()
    destinatarios: Annotated[Addresses, Field(description="Correos de agentes a los que se avisa")] = ()
    resumen: Annotated[
        DigestSection | None, Field(description="Reúne los avisos por correo que caen juntos; si falta, no")
    ] = None

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

    def raised_to(self, level: Level, is_taken: Callable[[str], bool]) -> int:
        """Return the highest priority that steps taken on a level raised the ticket to, 0 for none."""
        names: tuple[ClockName, ...] = ("respuesta", "resolucion")
        steps = ((name, step) for name in names for step in self.steps(name))
        return max(
            (step.prioridad or 0 for name, step in steps if is_taken(step_key(name, step, level))), default=0
        )

    def recipients(self, step: EscalationStep) -> tuple[str, ...]:
        """Return whom a step notifies by mail."""
        return tuple(dict.fromkeys((*(self.destinatarios if step.avisar else ()), *step.avisar_a)))


@dataclass(frozen=True, slots=True)
class Owed:
    """Hold the one step that must be told now, and on which clock."""

    clock: ClockName
    step: EscalationStep
    moment: datetime
    key: str


def step_key(clock: ClockName, step: EscalationStep, level: Level) -> str:
    """Name the effect of one step; a changed level starts a new ladder."""
    return f"{STEP_PREFIX}{clock}:{step.id}:{level}"


def clock_of(effect: str) -> str | None:
    """Return the clock of a step's effect; None for any other effect."""
    return effect.split(":")[1] if effect.startswith(STEP_PREFIX) else None


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
