"""How does a ticket's text look without the personal data that can be told by its shape?

A best effort: mail addresses, links, numbers as long as a telephone's or a document's, and names where people
put them, after a greeting, a title or «me llamo». A name in the middle of a sentence stays; so a masked text
is less telling, not anonymous.
"""

from __future__ import annotations

import re

from bot.policy.markup import plain
from bot.policy.visible import subject_start, visible_spans

MAIL, LINK, NUMBER, NAME = "[correo]", "[enlace]", "[número]", "[nombre]"

_MAIL = re.compile(r"[\w.+-]{1,64}+@[\w-]+(?:\.[\w-]+)*")
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_DIGITS = re.compile(
    r"(?P<date>(?<!\d)(?:\d{4}-\d\d-\d\d|\d\d?[/.-]\d\d?[/.-](?:\d{4}|\d\d))(?!\d))"
    r"|\+?\(?\d(?:[ .()\-–]{0,2}\d)*"
)
FEWEST_DIGITS = 7  # a landline of Lima; a DNI has 8, a mobile 9, a RUC 11

_TITLE_CASE = r"[A-ZÁÉÍÓÚÜÑ](?:[a-záéíóúüñ'’-]+|\.)(?:[A-ZÁÉÍÓÚÜÑ][a-záéíóúüñ]+)?"
_BEFORE_A_NAME = (
    r"(?i:hola|buen[oa]s?\s+(?:d[ií]as?|tardes?|noches?)|estimad[oa]s?|querid[oa]s?|apreciad[oa]s?"
    r"|saludos|atte|atentamente|gracias|cordialmente"
    r"|sr|sra|srta|sres|señora|señorita|señor|don|doña|ing|lic|dra|dr|arq|econ|cpc"
    r"|me\s+llamo|mi\s+nombre\s+es|soy|habla|le\s+escribe|te\s+escribe|les\s+escribe|dni)"
)
_NAMED = re.compile(
    rf"(?<!\w)({_BEFORE_A_NAME}[.:]?(?:[,\s]\s*|(?<=[.:]))(?:(?i:sr|sra|srta|ing|lic|dr|dra)\.?\s+)?)"
    rf"({_TITLE_CASE}(?:\s+(?:(?:de|del|la|los|y)\s+){{0,2}}{_TITLE_CASE}){{0,4}})"
)
# Words that people write with a capital after a greeting and that no one is called.
_NO_NAMES = """
a al ante antes apreciados así aún ayer buen buena buenas bueno buenos como con cordial cordiales cuando
cuándo de del desde días el ella ellos en es esta este esto estoy estamos estimada estimadas estimado
estimados equipo favor gracias ha he hay hemos hola hoy la las le les lo los me mesa mi mucha muchas muy
necesitamos necesito ninguna ninguno no nos nosotros nuestra nuestro para pero podrían podría por porque
puede pueden que qué queremos quería quiero quisiera quisiéramos saludos se señor señora señores si sí
solicito solicitamos somos soporte soy su tarde tardes tenemos tengo todos tras tu un una ustedes ya
"""
_NOT_A_NAME = frozenset(_NO_NAMES.split())


def masked(text: str) -> str:
    """Return a text with mail addresses, links, long numbers and greeted names replaced."""
    text = _LINK.sub(LINK, text)
    text = _MAIL.sub(MAIL, text)
    text = _NAMED.sub(_without_name, text)
    return _DIGITS.sub(_without_number, text)


def masked_ticket(subject: str, body: str) -> tuple[str, str]:
    """Return subject and body masked; of the body only what rules read, so without history and signature."""
    shown = plain(body)
    own = "\n".join(shown[start:end].strip("\n") for start, end in visible_spans(shown, subject))
    prefix = subject_start(subject)
    return subject[:prefix] + masked(subject[prefix:]), masked(own)


def _without_name(found: re.Match[str]) -> str:
    first, *rest = re.split(r"(\s+)", found[2])
    if first.casefold() in _NOT_A_NAME:
        return found[1] + first + "".join(rest)
    return found[1] + NAME


def _without_number(found: re.Match[str]) -> str:
    digits = sum(character.isdigit() for character in found[0])
    return found[0] if digits < FEWEST_DIGITS or found["date"] else NUMBER
