"""Has the client answered what waits for approval, and if not, what follows?

The contract gives 48 hours; without an answer the work is DETENIDO. Nobody gets there without notice: the
reminder must have gone out, and a least time passed since.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StrictInt, model_validator

from bot.policy.replies import Language
from bot.policy.section import Section
from bot.policy.statuses import Status
from bot.policy.tags import Tag
from bot.policy.template_fields import SPANISH_PRESENT, checked_with

_FOR_CLIENT = checked_with({"numero": 7, "vence": "mié 25 nov 2026, 10:00"})
_FOR_DESK = checked_with(
    {
        "numero": 7,
        "vence": "mié 25 nov 2026, 10:00",
        "pedida": "lun 23 nov 2026, 10:00",
        "respondida": "mié 25 nov 2026, 11:00",
        "horas": "3 h 30 min",
        "facturables": "3 h",
        "entradas": 4,
        "horas_conocidas": True,
    }
)
Hours = Annotated[float, Field(gt=0, le=24 * 90)]
ClientTexts = Annotated[dict[Language, Annotated[str, _FOR_CLIENT]], SPANISH_PRESENT]
DeskText = Annotated[str, _FOR_DESK]


class ApprovalTexts(Section):
    """Hold what the client and the desk read along the way."""

    nota_pedida: DeskText = Field(description="Nota privada: se pidió aprobación y cuándo vence.")
    recordatorio: ClientTexts = Field(description="Mensaje al cliente a mitad de plazo, por idioma.")
    cierre: ClientTexts = Field(description="Mensaje al cliente al dar el trabajo por detenido, por idioma.")
    nota_detenido: DeskText = Field(description="Nota privada al detener, con las horas registradas.")
    nota_por_confirmar: DeskText = Field(description="Nota privada que pide a una persona confirmar.")
    nota_reactivado: DeskText = Field(description="Nota privada cuando el cliente responde después.")
    nota_a_tiempo: DeskText = Field(
        description="Nota privada cuando se ve, ya enviado el cierre, que el cliente respondió antes."
    )


class ApprovalSection(Section):
    """Mirror the section `aprobaciones`."""

    etiqueta: Tag = Field(default="requiere-aprobacion", description="La pone un agente al pedir aprobación.")
    etiqueta_detenido: Tag = Field(default="detenido", description="La pone el semáforo al detener.")
    etiqueta_reactivado: Tag = Field(
        default="reactivado", description="La pone si el cliente responde después."
    )
    etiqueta_por_confirmar: Tag = Field(
        default="detenido-por-confirmar", description="La pone cuando falta que una persona confirme."
    )
    estados: frozenset[Status] = Field(
        default=frozenset({3, 6}), description="Estados en que se espera la aprobación del cliente."
    )
    recordar_horas: Hours = Field(default=24, description="Horas hasta el recordatorio al cliente.")
    plazo_horas: Hours = Field(default=48, description="Horas corridas que tiene el cliente.")
    aviso_minimo_horas: Hours = Field(
        default=24, description="Horas que deben pasar entre el recordatorio y la detención."
    )
    confirmacion: Literal["ninguna", "humana"] = Field(
        default="ninguna",
        description="«humana»: solo se detiene si una persona pone la etiqueta de detenido.",
    )
    estado_al_detener: StrictInt | None = Field(
        default=None, description="Estado al detener; sin él, no cambia."
    )
    estado_al_reactivar: StrictInt | None = Field(
        default=2, description="Estado si el cliente responde después; sin él, no cambia."
    )
    textos: ApprovalTexts = Field(description="Lo que leen el cliente y la mesa.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.recordar_horas >= self.plazo_horas:
            raise ValueError("el recordatorio debe llegar antes de que venza el plazo")
        if len(set(self.tags)) != len(self.tags):
            raise ValueError("las cuatro etiquetas deben ser distintas")
        return self

    @property
    def tags(self) -> tuple[str, str, str, str]:
        """Return the four tags that say how an approval stands."""
        return self.etiqueta, self.etiqueta_detenido, self.etiqueta_reactivado, self.etiqueta_por_confirmar


class ApprovalState(StrEnum):
    """Name where an approval stands."""

    NONE = "ninguna"
    ASKED = "pedida"
    REMINDER_DUE = "por recordar"
    REMINDED = "recordada"
    UNCONFIRMED = "por confirmar"
    STOP_DUE = "por detener"
    STOPPED = "detenida"
    ANSWERED = "respondida"
    WITHDRAWAL_DUE = "respondida a tiempo"
    REACTIVATION_DUE = "por reactivar"


@dataclass(frozen=True, slots=True)
class ApprovalFacts:
    """Hold what an approval depends on; moments in UTC.

    `asked_at` is None unless the desk waits for an approval now; `answered_at` is the client's first message
    since the question (or since the stop, where a person marked it by hand); `reminded_at` and `stopped_at`
    are when the messages to the client went out; `marked` that the ticket carries the tag of a stop.
    """

    asked_at: datetime | None
    answered_at: datetime | None = None
    reminded_at: datetime | None = None
    stopped_at: datetime | None = None
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Approval:
    """Hold where an approval stands, when it runs out, and when time alone changes it."""

    state: ApprovalState
    deadline: datetime | None = None
    look_at: datetime | None = None


def approval(section: ApprovalSection, facts: ApprovalFacts, now: datetime) -> Approval:
    """Return where an approval stands at `now`.

    An answer prevents the stop until the stop is told, however late it is noticed; exactly at the deadline
    the time is over. The deadline moves when the reminder was late: downtime robs nobody of the notice.
    """
    if facts.stopped_at is not None:
        return _after_stop(facts, facts.stopped_at)
    if facts.asked_at is None:
        return Approval(ApprovalState.NONE)
    deadline = _deadline(section, facts.asked_at, facts.reminded_at)
    if facts.answered_at is not None:
        return Approval(ApprovalState.ANSWERED, deadline)
    if facts.reminded_at is None:
        remind_at = facts.asked_at + timedelta(hours=section.recordar_horas)
        if now >= remind_at:
            deadline = _deadline(section, facts.asked_at, now)
            return Approval(ApprovalState.REMINDER_DUE, deadline, deadline)
        return Approval(ApprovalState.ASKED, deadline, remind_at)
    if now < deadline:
        return Approval(ApprovalState.REMINDED, deadline, deadline)
    if section.confirmacion == "humana" and not facts.marked:
        return Approval(ApprovalState.UNCONFIRMED, deadline)
    return Approval(ApprovalState.STOP_DUE, deadline)


def _deadline(section: ApprovalSection, asked_at: datetime, reminded_at: datetime | None) -> datetime:
    by_contract = asked_at + timedelta(hours=section.plazo_horas)
    if reminded_at is None:
        return by_contract
    return max(by_contract, reminded_at + timedelta(hours=section.aviso_minimo_horas))


def _after_stop(facts: ApprovalFacts, stopped_at: datetime) -> Approval:
    if facts.asked_at is None and not facts.marked:
        return Approval(ApprovalState.NONE)  # a person lifted it, or it was reactivated
    if facts.answered_at is None:
        return Approval(ApprovalState.STOP_DUE if facts.asked_at is not None else ApprovalState.STOPPED)
    if facts.answered_at < stopped_at:
        return Approval(ApprovalState.WITHDRAWAL_DUE)
    return Approval(ApprovalState.REACTIVATION_DUE)


@dataclass(frozen=True, slots=True)
class LoggedTime:
    """Hold the time entries of a ticket added up, in minutes."""

    entries: int
    minutes: int
    billable: int
