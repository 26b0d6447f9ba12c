"""May the bot answer this ticket by itself, and in which language?

Freshdesk shows no headers of the inbound mail, so the defence against loops is on sender, subject, first
words, source and counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from bot.domain.level import Level
from bot.domain.ticket import Message, Ticket
from bot.policy.automatic_mail import Silence, is_automatic, plain, reads_automatic
from bot.policy.loops import LoopGuards
from bot.policy.section import Section
from bot.policy.templates import template_problem

ACKNOWLEDGEMENT = "acuse"
Language = Literal["es", "en"]
# Every variable of the template, with a value to try it on.
REPLY_SAMPLES: Mapping[str, object] = {
    "numero": 7,
    "emoji": "🔴",
    "nivel": "URGENTE",
    "promesa": "dentro de las 24 horas",
    "responder_hasta": "mar 24 nov, 10:00",
    "fuera_de_horario": True,
}
_WORD = re.compile(r"\w+")
_READ_FOR_LANGUAGE = 2000  # characters; more text does not change the answer


class LanguageTexts(Section):
    """Hold the texts of the acknowledgement in one language."""

    palabras: Annotated[
        tuple[str, ...], Field(description="Palabras muy comunes que delatan el idioma del cliente")
    ]
    promesas: Annotated[dict[Level, str], Field(description="Promesa de respuesta por nivel")]
    plantilla: Annotated[str, Field(min_length=1, description="Texto del acuse, en HTML simple")]

    @field_validator("plantilla")
    @classmethod
    def _sound_template(cls, value: str) -> str:
        problem = template_problem(value, REPLY_SAMPLES)
        if problem:
            raise ValueError(problem)
        return value

    @field_validator("promesas")
    @classmethod
    def _all_levels(cls, value: dict[Level, str]) -> dict[Level, str]:
        missing = [level.value for level in Level if level not in value]
        if missing:
            raise ValueError(f"falta la promesa de {', '.join(missing)}")
        return value


class OwnReplyTexts(Section):
    """Hold what one portal says differently in one language; what it leaves out is that of `respuestas`."""

    promesas: Annotated[Mapping[Level, str], Field(description="Promesas propias; las demás no cambian")] = (
        Field(default_factory=dict)
    )
    plantilla: Annotated[str | None, Field(min_length=1, description="Texto propio del acuse")] = None

    @field_validator("plantilla")
    @classmethod
    def _sound_template(cls, value: str | None) -> str | None:
        problem = None if value is None else template_problem(value, REPLY_SAMPLES)
        if problem:
            raise ValueError(problem)
        return value

    def over(self, shared: LanguageTexts) -> LanguageTexts:
        """Return the shared texts with the own ones in their place."""
        own = {"promesas": {**shared.promesas, **self.promesas}}
        return shared.model_copy(
            update=own if self.plantilla is None else own | {"plantilla": self.plantilla}
        )


class AcknowledgementSection(Section):
    """Mirror the section `respuestas`."""

    activa: Annotated[bool, Field(description="false apaga todas las respuestas automáticas")] = True
    fuentes: Annotated[tuple[int, ...], Field(description="Fuentes de Freshdesk que reciben acuse")] = (
        1,
        2,
        9,
    )
    maximo_por_dia: Annotated[int, Field(ge=0, description="Acuses por solicitante en 24 horas")] = 5
    tope_por_hora: Annotated[int, Field(ge=0, description="Acuses por portal en una hora")] = 1000
    antiguedad_maxima_horas: Annotated[
        int, Field(ge=1, description="Un ticket visto más tarde que esto ya no recibe acuse")
    ] = 24
    no_responder: Silence = Silence()
    contra_bucles: Annotated[
        LoopGuards, Field(description="Topes que cortan un ida y vuelta entre robots")
    ] = LoopGuards()
    idiomas: Annotated[
        dict[Language, LanguageTexts], Field(description="Textos por idioma; «es» es obligatorio")
    ]

    @model_validator(mode="after")
    def _spanish_present(self) -> AcknowledgementSection:
        if "es" not in self.idiomas:
            raise ValueError("falta el idioma «es»")
        return self


def language_of(ticket: Ticket, section: AcknowledgementSection) -> Language:
    """Return the language whose common words the ticket uses most; Spanish when in doubt."""
    words = [plain(word) for word in _WORD.findall(f"{ticket.subject} {ticket.body[:_READ_FOR_LANGUAGE]}")]
    scores = {
        language: sum(word in texts.palabras for word in words) for language, texts in section.idiomas.items()
    }
    best = max(scores, key=lambda language: (scores[language], language == "es"))
    return best if scores[best] > scores["es"] else "es"


def silence_reason(
    ticket: Ticket, section: AcknowledgementSection, now: datetime, answered: bool
) -> str | None:
    """Return why the ticket gets no acknowledgement, or None when it does."""
    checks = (
        (not section.activa, "las respuestas automáticas están apagadas en las reglas"),
        (ticket.spam or ticket.deleted, "el ticket es spam o fue borrado"),
        (answered, "una persona ya respondió"),
        (ticket.source not in section.fuentes, "llegó por una vía que no recibe acuse"),
        (
            now - ticket.created_at > timedelta(hours=section.antiguedad_maxima_horas),
            "se vio demasiado tarde para acusar recibo",
        ),
        (_is_own_address(ticket), "lo envió una dirección de la propia mesa"),
        (is_automatic(ticket, section.no_responder), "parece un correo automático"),
    )
    return next((reason for applies, reason in checks if applies), None)


def unreachable_reason(ticket: Ticket, section: AcknowledgementSection) -> str | None:
    """Return why the client cannot be told anything by an automatic message, or None when they can."""
    checks = (
        (not section.activa, "las respuestas automáticas están apagadas en las reglas"),
        (ticket.spam or ticket.deleted, "el ticket es spam o fue borrado"),
        (_is_own_address(ticket), "lo envió una dirección de la propia mesa"),
        (is_automatic(ticket, section.no_responder), "parece un correo automático"),
    )
    return next((reason for applies, reason in checks if applies), None)


def clients_messages(messages: Iterable[Message], section: AcknowledgementSection) -> tuple[Message, ...]:
    """Return the public messages from outside, without those that look automatic, such as out-of-office.

    Freshdesk gives neither headers nor subject of a later message, so only its own first words can tell.
    """
    silence = section.no_responder
    return tuple(
        message
        for message in messages
        if message.incoming and not message.private and not reads_automatic(message.text, silence)
    )


def _is_own_address(ticket: Ticket) -> bool:
    sender = (ticket.requester_email or "").casefold()
    return bool(sender) and sender in {address.casefold() for address in ticket.to_emails}
