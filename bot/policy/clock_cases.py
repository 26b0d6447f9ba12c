"""What does a ticket of the test cases in the rule files look like, and what should become of it?"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field, StrictInt, WithJsonSchema

from bot.domain.level import Level
from bot.policy.section import Section


def _moment(value: object) -> object:
    """Read `2026-07-31T10:00-05:00`: without its offset it would mean something else on each machine."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise ValueError("escribe el momento como «2026-07-31T10:00-05:00»")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"«{value}» no es un momento; escríbelo como 2026-07-31T10:00-05:00") from None
    if moment.tzinfo is None:
        raise ValueError(f"a «{value}» le falta la zona; en Perú termina en -05:00")
    return moment


Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "examples": ["2026-07-31T10:00-05:00"]}),
]


class CaseTicket(Section):
    """Hold what the customer of a test case writes."""

    asunto: str = Field(default="", description="Asunto del ticket.")
    cuerpo: str = Field(default="", description="Cuerpo del ticket.")
    portal: str = Field(default="predeterminado", description="Portal por el que llega.")
    fuente: StrictInt = Field(default=1, description="Fuente de Freshdesk: 1 correo, 2 portal, 3 teléfono…")


class Expectation(Section):
    """Hold what a test case must get; what is left out is not looked at."""

    nivel: Level | None = Field(default=None, description="Nivel que debe recibir.")
    regla: str | None = Field(default=None, description="Regla que debe decidir.")
    banderas: tuple[str, ...] | None = Field(default=None, description="Banderas que debe recibir, todas.")
    avisar_desde: Moment | None = Field(default=None, description="Objetivo de respuesta.")
    responder_hasta: Moment | None = Field(default=None, description="Límite de respuesta.")
    resolver_hasta: Moment | None = Field(
        default=None, description="Límite de resolución, si se responde en el límite."
    )


class ClockCase(Section):
    """Hold one ticket to try the whole policy on: when it is issued, what it says, what it must get."""

    nombre: Annotated[str, Field(min_length=3, description="Qué prueba este caso, en una línea.")]
    ahora: Annotated[Moment, Field(description="Cuándo se emite el ticket.")]
    ticket: CaseTicket = Field(description="El ticket.")
    dias_propios: bool = Field(
        default=False,
        description="true: cuenta también los días propios; si no, solo horario y feriados.",
    )
    esperado: Expectation = Field(description="Lo que debe resultar.")
