"""Which sections does a service need besides its rules?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from bot.policy.calendar_section import CalendarSection
from bot.policy.clock_cases import ClockCase
from bot.policy.escalation import EscalationSection
from bot.policy.levels import LevelsSection
from bot.policy.notes import NotesSection
from bot.policy.references import Fault
from bot.policy.replies import AcknowledgementSection
from bot.policy.sections import CHECKS, SECTIONS, Check, Merge, SectionSpec
from bot.policy.statuses import PortalsSection
from bot.policy.tags import TagsSection

# What a service cannot run without; a folder of rules alone may still be checked and tried on tickets.
NEEDED = ("reglas", "niveles", "calendario", "portales", "etiquetas", "escalamiento", "respuestas", "notas")


def _unknown_calendars(sections: Mapping[str, Any]) -> Iterator[Fault]:
    if "portales" in sections and "calendario" in sections:
        for message in sections["portales"].problems(sections["calendario"]):
            yield ("portales",), message


SECTIONS |= {
    "casos": SectionSpec(
        Annotated[tuple[ClockCase, ...], Field(description="Tickets de prueba con su nivel y sus fechas.")],
        Merge.LIST,
        key="nombre",
    ),
    "niveles": SectionSpec(Annotated[LevelsSection, Field(description="Los cuatro niveles y sus plazos.")]),
    "calendario": SectionSpec(Annotated[CalendarSection, Field(description="Horario y días no laborables.")]),
    "portales": SectionSpec(
        Annotated[PortalsSection, Field(description="Qué significa cada estado en cada portal.")]
    ),
    "etiquetas": SectionSpec(Annotated[TagsSection, Field(description="Nombres de las etiquetas.")]),
    "escalamiento": SectionSpec(Annotated[EscalationSection, Field(description="Avisos de plazo.")]),
    "respuestas": SectionSpec(
        Annotated[AcknowledgementSection, Field(description="Acuse de recibo automático.")]
    ),
    "notas": SectionSpec(Annotated[NotesSection, Field(description="Textos de las notas privadas.")]),
}
CHECKS.append(Check(_unknown_calendars, needs=("portales", "calendario")))
