"""Does this read as if a machine had written it?

Freshdesk shows no headers of the inbound mail. What is left of RFC 3834 is what a bounce or a forward carries
in its text: header lines that say so. «Auto-Submitted: no» says that a person wrote: no reason for silence.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Annotated

from pydantic import Field

from bot.domain.ticket import Ticket
from bot.policy.section import Section
from bot.policy.visible import visible_spans

_READ = 2000  # characters; a robot says so at once
_HEADERS = re.compile(
    r"^[ \t]*(?:"
    r"auto-submitted:[ \t]*(?!no\b)\S"
    r"|precedence:[ \t]*(?:bulk|junk|list|auto_reply)\b"
    r"|x-auto-response-suppress:[ \t]*\S"
    r"|x-autoreply:[ \t]*yes\b"
    r"|x-autorespond:[ \t]*\S"
    r"|return-path:[ \t]*<>"
    r"|list-(?:id|unsubscribe):[ \t]*<"
    r")",
    re.MULTILINE,
)


class Silence(Section):
    """Describe mail that is never answered, so that two robots never talk to each other."""

    remitentes: Annotated[
        tuple[str, ...], Field(description="Comienzos de correo («no-reply@») o dominios («@ejemplo.pe»)")
    ] = ()
    asuntos: Annotated[tuple[str, ...], Field(description="Comienzos de asunto de correos automáticos")] = ()
    cuerpos: Annotated[tuple[str, ...], Field(description="Frases que delatan un correo automático")] = ()


def is_automatic(ticket: Ticket, silence: Silence) -> bool:
    """Tell whether sender, subject or body of a ticket are a machine's."""
    sender, subject = (ticket.requester_email or "").casefold(), plain(ticket.subject).strip()
    body = plain(ticket.body[:_READ])
    return (
        any(_is_sender(sender, pattern.casefold()) for pattern in silence.remitentes)
        or any(subject.startswith(_plain_rule(start)) for start in silence.asuntos)
        or any(_plain_rule(phrase) in body for phrase in silence.cuerpos)
        or _HEADERS.search(body) is not None
    )


def reads_automatic(text: str, silence: Silence) -> bool:
    """Tell whether the words of a later message are a machine's; Freshdesk gives it no subject."""
    text = text[:_READ]
    own = plain("".join(text[start:end] for start, end in visible_spans(text))).strip()
    return (
        any(own.startswith(_plain_rule(start)) for start in silence.asuntos)
        or any(_plain_rule(phrase) in own for phrase in silence.cuerpos)
        or _HEADERS.search(own) is not None
    )


def plain(text: str) -> str:
    """Return a text without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


_plain_rule = lru_cache(maxsize=2048)(plain)  # the same phrases of the rules, ticket after ticket


def _is_sender(sender: str, pattern: str) -> bool:
    return sender.endswith(pattern) if pattern.startswith("@") else sender.startswith(pattern)
