"""What does each Freshdesk status mean for the clocks of a portal?"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, RootModel, StrictInt, model_validator

from bot.domain.ticket import PORTAL_PATTERN
from bot.policy.adoption import AdoptionSection
from bot.policy.calendar_section import DEFAULT_CALENDAR, CalendarSection
from bot.policy.notes import OwnNotes
from bot.policy.quiet import QuietHours
from bot.policy.replies import Language, OwnReplyTexts
from bot.policy.section import Section
from bot.policy.sla_mode import CustomFieldName, SlaMode

DEFAULT_PORTAL = "predeterminado"

# Freshdesk numbers its own statuses 2 to 5; account-defined ones start at 6.
Status = Annotated[StrictInt, Field(ge=2)]


class PauseCause(StrEnum):
    """Name what a clock waits for; `RESOLVED` is no wait but the time a ticket spent closed."""

    CUSTOMER = "cliente"
    THIRD_PARTY = "tercero"
    BILLING = "facturacion"
    INTERNAL = "interno"
    RESOLVED = "resuelto"

    @property
    def label(self) -> str:
        """Return the cause as people write it."""
        return "facturación" if self is PauseCause.BILLING else self.value


class PausingStatuses(Section):
    """Hold the status ids that stop the resolution clock, by cause; billing stops both clocks."""

    cliente: frozenset[Status] = Field(default=frozenset(), description="Se espera al cliente.")
    tercero: frozenset[Status] = Field(default=frozenset(), description="Se espera al fabricante o a otro.")
    facturacion: frozenset[Status] = Field(default=frozenset(), description="Servicio suspendido por pago.")
    interno: frozenset[Status] = Field(
        default=frozenset(), description="Se espera a otra área de la empresa."
    )

    def by_cause(self) -> dict[PauseCause, frozenset[int]]:
        """Return the status ids of every cause."""
        return {
            PauseCause.CUSTOMER: self.cliente,
            PauseCause.THIRD_PARTY: self.tercero,
            PauseCause.BILLING: self.facturacion,
            PauseCause.INTERNAL: self.interno,
        }


class PortalPolicy(Section):
    """Hold what one portal says of its statuses, groups, language and calendar."""

    pausan: PausingStatuses = Field(
        default=PausingStatuses(), description="Estados que detienen el reloj de resolución, por causa."
    )
    cerrados: frozenset[Status] = Field(
        default=frozenset(), description="Estados en que el ticket está resuelto o cerrado."
    )
    reloj_corre: frozenset[Status] | None = Field(
        default=None,
        description="Estados con el reloj de Freshdesk encendido; si falta, los que no pausan ni cierran.",
    )
    grupos: dict[str, StrictInt] = Field(
        default_factory=dict, description="Nombre corto de cada grupo y su número en Freshdesk."
    )
    idioma: Literal["es", "en"] = Field(default="es", description="Idioma de las respuestas: «es» o «en».")
    calendario: str = Field(default=DEFAULT_CALENDAR, description="Nombre del calendario que usa el portal.")
    respuestas: dict[Language, OwnReplyTexts] = Field(
        default_factory=dict, description="Textos propios del acuse, por idioma; el resto, de «respuestas»."
    )
    notas: OwnNotes = Field(default=OwnNotes(), description="Notas propias; el resto, de «notas».")
    horas_tranquilas: QuietHours | None = Field(
        default=None, description="Horas sin avisos, como «20:00-07:00»; los relojes no se detienen."
    )

    sla: SlaMode = Field(
        default=SlaMode.OWNER,
        description="«propio»: prioridad y fechas las pone el semáforo; «espejo»: no las toca.",
    )
    campo_vencimiento: CustomFieldName | None = None
    adopcion: AdoptionSection | None = Field(
        default=None,
        description="Tickets que ya estaban abiertos al llegar el semáforo; los pone `semaforo live`.",
    )

    def pause_cause(self, status: int) -> PauseCause | None:
        """Return what a status waits for; None when the resolution clock runs or is over."""
        causes = self.pausan.by_cause().items()
        return next((cause for cause, statuses in causes if status in statuses), None)

    def is_closed(self, status: int) -> bool:
        """Tell whether the desk is done with a ticket in this status."""
        return status in self.cerrados

    def timer_runs(self, status: int) -> bool:
        """Tell whether Freshdesk accepts due dates in a status: only while its own SLA timer is on."""
        if self.reloj_corre is not None:
            return status in self.reloj_corre
        return not self.is_closed(status) and self.pause_cause(status) is None

    @property
    def is_mirror(self) -> bool:
        """Tell whether priority and due dates are the account's own, and ours only shown beside them."""
        return self.sla is SlaMode.MIRROR

    def contradiction(self) -> str | None:
        """Say in Spanish what does not go together, such as a status listed twice; None when all does."""
        if self.campo_vencimiento is not None and not self.is_mirror:
            return "«campo_vencimiento» solo vale con «sla: espejo»"
        seen: set[int] = set()
        for statuses in (*self.pausan.by_cause().values(), self.cerrados):
            if twice := seen & statuses:
                return f"el estado {min(twice)} está en más de una lista de pausas o cerrados"
            seen |= statuses
        return None


class PortalsSection(RootModel[dict[str, PortalPolicy]]):
    """Hold the portals by name; what a named portal leaves out it takes from `predeterminado`."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if DEFAULT_PORTAL not in self.root:
            raise ValueError(f"falta «{DEFAULT_PORTAL}», que vale para todo portal sin sección propia")
        for name in self.root:
            if not PORTAL_PATTERN.fullmatch(name):
                raise ValueError(f"«{name}» no es un nombre de portal: minúsculas, números y «_»")
            if problem := self.of(name).contradiction():
                raise ValueError(f"portal «{name}»: {problem}")
        return self

    def of(self, portal: str) -> PortalPolicy:
        """Return the policy of a portal, the default one where it has no section of its own."""
        default = self.root[DEFAULT_PORTAL]
        own = self.root.get(portal)
        if own is None or own is default:
            return default
        return default.model_copy(update={name: getattr(own, name) for name in own.model_fields_set})

    def problems(self, calendars: CalendarSection) -> Iterable[str]:
        """Yield in Spanish every reference to a calendar that does not exist."""
        for name, portal in self.root.items():
            if portal.calendario not in calendars.names:
                known = ", ".join(sorted(calendars.names))
                yield f"portal «{name}»: no existe el calendario «{portal.calendario}»; hay: {known}"
