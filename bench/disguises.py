"""In what other dress may the same ticket arrive?"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from typing import Any

Ticket = dict[str, Any]

GREETING = "Buenas tardes estimados, espero que se encuentren bien.\n\n"
SIGNATURE = """

Saludos cordiales,

Rosa Quispe Mamani
Jefa de Administración | Inversiones del Sur S.A.C.
Av. Los Próceres 455, Of. 301, Santiago de Surco
Cel. 987 654 321 · www.inversionesdelsur.pe

Este mensaje y sus adjuntos son confidenciales. Si lo recibió por error, avise al remitente y bórrelo; el
acceso, copia o uso no autorizado está prohibido.
"""
HISTORY = """

El lun, 16 nov 2026 a las 9:12, Mesa de Ayuda (<soporte@mesa.example>) escribió:

> Estimada Rosa:
> El sistema estuvo caído y nadie podía ingresar; además la factura de octubre salió con error.
> Ya quedó resuelto. ¿Nos confirma si desea también la capacitación y la limpieza de duplicados?
>
> Saludos,
> Mesa de Ayuda
"""
_WORD = re.compile(r"[^\W\d_]{5,}")
_TYPO_SHARE = 0.1


def _both(change: Callable[[str], str]) -> Callable[[Ticket], Ticket]:
    return lambda ticket: {**ticket, "subject": change(ticket["subject"]), "body": change(ticket["body"])}


def without_accents(text: str) -> str:
    """Drop every accent, ñ included."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def dressed(ticket: Ticket) -> Ticket:
    """Put a greeting before the body, and a signature, a disclaimer and quoted history after it."""
    return {**ticket, "body": GREETING + ticket["body"] + SIGNATURE + HISTORY}


def mistyped(ticket: Ticket) -> Ticket:
    """Put one typing error into a tenth of the longer words; the same ticket always gets the same ones."""
    dice = random.Random(ticket["id"])

    def spoil(match: re.Match[str]) -> str:
        word = match[0]
        if dice.random() >= _TYPO_SHARE:
            return word
        at = dice.randrange(1, len(word) - 1)
        kinds = (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
            word[:at] + dice.choice("aeiournslt") + word[at + 1 :],
        )
        return dice.choice(kinds)

    return {**ticket, **{name: _WORD.sub(spoil, ticket[name]) for name in ("subject", "body")}}


DISGUISES: dict[str, Callable[[Ticket], Ticket]] = {
    "without accents": _both(without_accents),
    "in capitals": _both(str.upper),
    "greeting to history": dressed,
    "typing errors": mistyped,
}
