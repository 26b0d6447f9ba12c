"""What do two robots that answer each other look like, seen from the number of replies?"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, StrictInt

from bot.policy.automatic_mail import plain
from bot.policy.section import Section

# What mail programs, and desks, put before and into the subject of an answer.
_ANSWER = re.compile(
    r"^(?:(?:re|rv|fw|fwd|rsp|resp|aw|wg|tr|sv|antw|respuesta|reenviado)\s*(?:\[\d+\])?\s*:\s*)+"
)
_NUMBER = re.compile(r"[\[(]?\s*(?:\b(?:ticket|caso|case)\s*)?#\s*\d+\s*[\])]?")
_SPACE = re.compile(r"\s+")

Count = Annotated[StrictInt, Field(ge=0)]
FREE_MAIL = (
    "gmail.com",
    "hotmail.com",
    "outlook.com",
    "outlook.es",
    "live.com",
    "yahoo.com",
    "yahoo.es",
    "icloud.com",
)


class LoopGuards(Section):
    """Mirror `contra_bucles`: how many automatic replies look too much like a loop."""

    mismo_asunto: Annotated[
        Count, Field(description="Por día, a un solicitante que escribe con el mismo asunto")
    ] = 2
    eco: Annotated[
        Count, Field(description="Por día, a tickets abiertos justo después de una respuesta nuestra")
    ] = 1
    eco_minutos: Annotated[
        StrictInt, Field(ge=1, le=60, description="Cuántos minutos son «justo después»")
    ] = 5
    rafaga: Annotated[Count, Field(description="A un solicitante en pocos minutos")] = 5
    rafaga_minutos: Annotated[StrictInt, Field(ge=1, le=60, description="Cuántos minutos son pocos")] = 10
    por_dominio: Annotated[Count, Field(description="Por hora, a todo un dominio de correo")] = 600
    dominios_publicos: Annotated[
        tuple[str, ...], Field(description="Dominios de correo gratuito, que no se cuentan juntos")
    ] = FREE_MAIL

    def company_domain(self, address: str | None) -> str | None:
        """Return the mail domain that is counted as one sender; None for free mail and no address."""
        domain = (address or "").rpartition("@")[2].casefold()
        return domain if domain and domain not in self.dominios_publicos else None


def same_subject(subject: str) -> str:
    """Return what stays of a subject whoever answers it: no case, no «Re:», no ticket number."""
    without_number = _NUMBER.sub(" ", plain(subject))
    return _SPACE.sub(" ", _ANSWER.sub("", _SPACE.sub(" ", without_number).strip())).strip()
