"""Did a client's notice of late payment come early enough?"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from bot.policy.section import Section
from bot.policy.template_fields import checked_with

_MAIL = r"^[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+$"
_MONTHS = "ene|feb|mar|abr|may|jun|jul|ago|se[pt]|oct|nov|dic"
_DATE = re.compile(
    r"(?<![\d/.-])(?:\d{1,2}[/.-]\d{1,2}(?:[/.-](?:\d{4}|\d{2}))?|\d{4}-\d{2}-\d{2})(?![\d/-])"
    rf"|\b\d{{1,2}} (?:de )?(?:{_MONTHS})[a-z]{{0,7}}(?: (?:del? )?\d{{4}})?\b",
    re.IGNORECASE,
)
_READ = 4000  # characters; a notice that names its date later is checked by a person
_MOST_DATES = 5


class PaymentNoticeSection(Section):
    """Mirror the section `aviso_de_pago`."""

    buzon: Annotated[str, Field(pattern=_MAIL, description="Buzón de contabilidad que recibe el reenvío.")]
    reenviar: bool = Field(default=True, description="¿Se reenvía el aviso al buzón?")
    horas: Annotated[float, Field(gt=0, le=24 * 90, description="Anticipación que pide el contrato.")] = 48
    reenvio: Annotated[str, checked_with({"numero": 7})] = Field(description="Texto que acompaña al reenvío.")
    nota: Annotated[
        str,
        checked_with(
            {
                "resultado": "a tiempo",
                "horas": 48,
                "vencimiento": "mié 25 nov 2026",
                "fechas": ["25/11"],
                "buzon": "contabilidad@mda.pe",
                "reenviado": True,
            }
        ),
    ] = Field(description="Nota privada; «resultado» es «a tiempo», «tarde» o «sin fecha».")


class NoticeState(StrEnum):
    """Name how early a notice came."""

    IN_TIME = "a tiempo"
    LATE = "tarde"
    UNKNOWN = "sin fecha"


def notice_state(noticed_at: datetime, due: date | None, hours: float, zone: ZoneInfo) -> NoticeState:
    """Compare a notice with the day an invoice falls due, which begins at midnight in the portal's zone."""
    if due is None:
        return NoticeState.UNKNOWN
    begins = datetime.combine(due, time(), zone)
    return NoticeState.IN_TIME if noticed_at <= begins - timedelta(hours=hours) else NoticeState.LATE


def dates_in(text: str) -> tuple[str, ...]:
    """Return what looks like dates in a text, as written there: they are shown, not read."""
    found = (match[0] for match in _DATE.finditer(text[:_READ]))
    return tuple(dict.fromkeys(found))[:_MOST_DATES]
