"""Is a client's service suspended for an overdue invoice, and since when?

Only people and their data mark a suspension: the company's field, or the list in the rules. The bot follows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StrictInt

from bot.domain.ticket import Company
from bot.policy.pauses import Pause
from bot.policy.replies import Language
from bot.policy.section import Section
from bot.policy.statuses import PauseCause
from bot.policy.template_fields import SPANISH_PRESENT, checked_with

_LIFTED = checked_with({"desde": "lun 23 nov, 10:00", "hasta": "mié 25 nov, 10:00", "pausa": "2 d"})
ClientTexts = Annotated[dict[Language, Annotated[str, checked_with({"numero": 7})]], SPANISH_PRESENT]


class BillingSection(Section):
    """Mirror the section `morosidad`; the note that opens a suspension stands in `notas`."""

    empresas_morosas: frozenset[StrictInt] = Field(
        default=frozenset(),
        description="Números de empresas suspendidas, además de las marcadas en su ficha.",
    )
    responder: bool = Field(
        default=True, description="¿Se responde al cliente que su servicio está suspendido?"
    )
    dias_entre_respuestas: Annotated[
        StrictInt, Field(ge=1, le=90, description="Como mucho una respuesta por empresa en tantos días.")
    ] = 7
    respuesta: ClientTexts | None = Field(default=None, description="Respuesta al cliente, por idioma.")
    acuse: ClientTexts | None = Field(
        default=None,
        description="Acuse sin plazo, por idioma, para quien ya supo de la suspensión en otro ticket.",
    )
    nota_fin: Annotated[str, _LIFTED] | None = Field(
        default=None, description="Nota privada al terminar la suspensión, con el tiempo en pausa."
    )


class BillingState(StrEnum):
    """Name where a suspension stands."""

    CLEAR = "al día"
    SUSPENDED = "suspendida"
    LIFTED = "levantada"


@dataclass(frozen=True, slots=True)
class Suspension:
    """Hold one stretch of suspended service as it was seen; no end while it lasts."""

    start: datetime
    end: datetime | None = None

    @property
    def pause(self) -> Pause:
        """Return the stretch as a pause of the clocks."""
        return Pause(PauseCause.BILLING, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Billing:
    """Hold where the suspensions of a ticket stand, oldest first."""

    state: BillingState = BillingState.CLEAR
    suspensions: tuple[Suspension, ...] = ()


def is_overdue(company: Company | None, section: BillingSection) -> bool | None:
    """Tell whether people marked a company as overdue; None where nobody says."""
    if company is None:
        return None
    return True if company.id in section.empresas_morosas else company.overdue


def billing(
    overdue: bool | None, known: tuple[Suspension, ...], now: datetime, *, may_begin: bool = True
) -> Billing:
    """Return where suspensions stand at `now`, given those known; not knowing changes nothing.

    `may_begin` is False on a ticket nobody works on: there is nothing to suspend.
    """
    lasting = bool(known) and known[-1].end is None
    if overdue is True and not lasting and may_begin:
        known, lasting = (*known, Suspension(now)), True
    elif overdue is False and lasting:
        known, lasting = (*known[:-1], replace(known[-1], end=now)), False
    if lasting:
        return Billing(BillingState.SUSPENDED, known)
    return Billing(BillingState.LIFTED if known else BillingState.CLEAR, known)


def effect_key(number: int, what: str) -> str:
    """Name an effect of the n-th suspension of a ticket: `nota`, `fin` or `respuesta`."""
    return f"morosidad:{number}:{what}"


def moment_name(number: int, what: str) -> str:
    """Name a moment of the n-th suspension: `inicio` or `fin`."""
    return f"morosidad:{number}:{what}"


def known_suspensions(
    moment: Callable[[str], datetime | None], done_at: Callable[[str], datetime | None]
) -> tuple[Suspension, ...]:
    """Return the suspensions remembered by name or, failing that, told in the bot's own notes."""
    found: list[Suspension] = []
    while True:
        number = len(found)
        start = moment(moment_name(number, "inicio")) or done_at(effect_key(number, "nota"))
        if start is None:
            return tuple(found)
        end = moment(moment_name(number, "fin")) or done_at(effect_key(number, "fin"))
        found.append(Suspension(start, end))
