"""Which sections may a rule file hold, and how are those of several files put together?

Every section is registered here by name; to add one, add a `SectionSpec` and, where it names things of other
sections, a `Check`. Several files may hold a list or mapping section, one file only a single one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from bot.domain.level import Level
from bot.policy.approval import ApprovalSection
from bot.policy.billing import BillingSection
from bot.policy.calendar_section import CalendarSection
from bot.policy.clock_cases import ClockCase
from bot.policy.escalation import EscalationSection
from bot.policy.levels import LevelsSection
from bot.policy.notes import NotesSection
from bot.policy.payment_notice import PaymentNoticeSection
from bot.policy.problems import did_you_mean
from bot.policy.reading_aids import ReadingAids
from bot.policy.references import Fault, unknown_filters, unknown_lists, unknown_rules
from bot.policy.replies import AcknowledgementSection
from bot.policy.report_goals import ReportGoalsSection
from bot.policy.rules import Filter, Flag, Rule, Vocabulary
from bot.policy.scope import ScopeSection
from bot.policy.scorecard import ScorecardSection, Weights
from bot.policy.source import Path
from bot.policy.statuses import PortalsSection
from bot.policy.tags import TagsSection
from bot.policy.waiting import ReopeningSection


class Merge(Enum):
    """Say how the same section of several files becomes one."""

    LIST = "list"
    MAPPING = "mapping"
    SINGLE = "single"


@dataclass(frozen=True)
class SectionSpec:
    """Describe one section: the type of its content and how it merges.

    `key` names the field that tells the items of a list apart. `header` names the file-wide keys that every
    item of a list takes over unless it has its own.
    """

    content: Any
    merge: Merge = Merge.SINGLE
    key: str = "id"
    required: bool = False
    header: tuple[str, ...] = ()

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.content)


@dataclass(frozen=True)
class Check:
    """Describe what must hold across sections; `needs` names those that must be whole for it to make sense.

    `faults` gets all valid sections by name, any of which may be missing, and yields paths that begin with
    the name of a section.
    """

    faults: Callable[[Mapping[str, Any]], Iterable[Fault]]
    needs: tuple[str, ...]


def _unknown_calendars(sections: Mapping[str, Any]) -> Iterator[Fault]:
    if "portales" in sections and "calendario" in sections:
        for message in sections["portales"].problems(sections["calendario"]):
            yield ("portales",), message


def _unknown_groups(sections: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield every step that hands a ticket to a group that no portal has."""
    if "escalamiento" not in sections or "portales" not in sections:
        return
    known = {name for portal in sections["portales"].root.values() for name in portal.grupos}
    for clock in ("respuesta", "resolucion"):
        for number, step in enumerate(sections["escalamiento"].steps(clock)):
            if step.grupo is not None and step.grupo not in known:
                path = ("escalamiento", clock, number, "grupo")
                hint = did_you_mean(step.grupo, known)
                yield path, f"ningún portal tiene el grupo «{step.grupo}» en «grupos»{hint}"


SECTIONS: dict[str, SectionSpec] = {
    "vocabulario": SectionSpec(
        Annotated[Vocabulary, Field(description="Listas de palabras que las reglas nombran con @.")],
        Merge.MAPPING,
    ),
    "lectura": SectionSpec(Annotated[ReadingAids, Field(description="Cómo escriben los clientes.")]),
    "reglas": SectionSpec(
        Annotated[tuple[Rule, ...], Field(description="Las reglas de clasificación.")],
        Merge.LIST,
        header=("erratas", "firme"),
    ),
    "filtros": SectionSpec(
        Annotated[tuple[Filter, ...], Field(description="Palabras que quitan peso a otras.")],
        Merge.LIST,
        header=("erratas",),
    ),
    "balanza": SectionSpec(
        Annotated[ScorecardSection, Field(description="Qué decide cuando ninguna regla firme lo hace.")]
    ),
    "pesos": SectionSpec(
        Annotated[
            Mapping[Level | Flag, Weights], Field(description="Palabras y puntos de niveles y banderas.")
        ],
        Merge.MAPPING,
    ),
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
    "aprobaciones": SectionSpec(
        Annotated[ApprovalSection, Field(description="Aprobaciones del cliente y trabajo detenido.")]
    ),
    "morosidad": SectionSpec(Annotated[BillingSection, Field(description="Servicio suspendido por pago.")]),
    "aviso_de_pago": SectionSpec(
        Annotated[PaymentNoticeSection, Field(description="Avisos de pago fuera de fecha.")]
    ),
    "alcance": SectionSpec(Annotated[ScopeSection, Field(description="Pedidos fuera del soporte.")]),
    "reapertura": SectionSpec(
        Annotated[ReopeningSection, Field(description="Qué respuesta tras el cierre no reabre el caso.")]
    ),
    "informe": SectionSpec(Annotated[ReportGoalsSection, Field(description="Metas internas del informe.")]),
}
# What a service cannot run without; a folder of rules alone may still be checked and tried on tickets.
NEEDED = ("reglas", "niveles", "calendario", "portales", "etiquetas", "escalamiento", "respuestas", "notas")

CHECKS: list[Check] = [
    Check(unknown_lists, needs=("vocabulario",)),
    Check(unknown_filters, needs=("filtros",)),
    Check(unknown_rules, needs=("reglas",)),
    Check(_unknown_calendars, needs=("portales", "calendario")),
    Check(_unknown_groups, needs=("portales", "escalamiento")),
]


class Sections(Mapping[str, Any]):
    """Hold the valid sections of a folder by name, with the bytes they came from."""

    def __init__(
        self,
        content: Mapping[str, Any],
        files: Mapping[str, bytes],
        lines: Mapping[Path, tuple[str, int]],
    ) -> None:
        self._content = dict(content)
        self._lines = dict(lines)
        self.files: Mapping[str, bytes] = dict(files)

    def __getitem__(self, name: str) -> Any:
        return self._content[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._content)

    def __len__(self) -> int:
        return len(self._content)

    def place(self, path: Path) -> tuple[str, int]:
        """Return file and line of a path such as ("reglas", 3, "cuando"), or of the part that exists."""
        for depth in range(len(path), 0, -1):
            if path[:depth] in self._lines:
                return self._lines[path[:depth]]
        return next(iter(self.files), ""), 1
