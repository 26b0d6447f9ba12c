"""Which tickets were open already when the bot came, and what is it silent about on them?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field

from bot.domain.actions import AddNote, OnceOnly
from bot.policy.section import Section

_LOUD = ("escala:", "aprobacion:")  # effects that only something new on the ticket can call for


def _moment(value: object) -> object:
    """Read `2026-11-23T10:00-05:00`; without an offset nobody could say which moment it is."""
    if isinstance(value, datetime):
        return value
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"«{value}» no es un momento; escríbelo como 2026-11-23T10:00-05:00") from None
    if moment.tzinfo is None:
        raise ValueError(f"a «{value}» le falta la zona horaria; escríbelo como {value}-05:00")
    return moment


class AdoptionSection(Section):
    """Mirror `adopcion` of a portal."""

    hasta: Annotated[
        datetime,
        BeforeValidator(_moment, json_schema_input_type=str),
        Field(description="Lo emitido hasta este momento se adopta en silencio: 2026-11-23T10:00-05:00."),
    ]
    notas: bool = Field(
        default=False, description="¿Los tickets adoptados llevan la nota privada con nivel y fechas?"
    )

    def covers(self, moment: datetime) -> bool:
        """Tell whether something of this moment was there before the bot."""
        return moment <= self.hasta


def told(adoption: AdoptionSection | None, candidates: Iterable[OnceOnly]) -> list[OnceOnly]:
    """Return which notes and replies an adopted ticket may get; `adoption` is None for any other ticket.

    Clients are told nothing of the change, and people only of what happens from now on.
    """
    if adoption is None:
        return list(candidates)
    return [
        each
        for each in candidates
        if each.key.startswith(_LOUD) or (adoption.notas and isinstance(each, AddNote))
    ]
