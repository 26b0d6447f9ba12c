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
        Count, Field(description="Por día y solicitante, a tickets nuevos que contestan al mismo asunto")
    ] = 1
    contestan: Annotated[
        Count, Field(description="Por día y solicitante, a tickets nuevos cuyo asunto contesta a otro")
    ] = 2
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


def answered_subject(subject: str) -> str | None:
    """Return the subject that a new ticket answers, told by «Re:» or a ticket number; None for its own."""
    said = _spaced(plain(subject))
    bare = _spaced(_ANSWER.sub("", _spaced(_NUMBER.sub(" ", said))))
    return None if bare == said else bare


def _spaced(text: str) -> str:
    return _SPACE.sub(" ", text).strip()
