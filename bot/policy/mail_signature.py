"""Which lines of a mail are its sender's signature, and which only close it?"""

from __future__ import annotations

import re
from itertools import filterfalse

from bot.policy.mail_history import RULE
from bot.policy.mail_lines import Line, has_words, lines_of_words

# A closing such as «Saludos» in the very first words is a greeting, and what follows is no signature.
WORDS_BEFORE_CLOSING = 5
_LONGEST_SIGNATURE = 12

_CLOSING = re.compile(
    r"(?:muchas |mil |muchisimas )?(?:(?:un )?saludos?|slds?|sls|atte|att|atentamente|cordialmente"
    r"|cordiales? saludos?|(?:un )?abrazos?|gracias|quedo (?:atent[oa]|de ustedes|a la espera)"
    r"|sin otro particular|(?:best )?regards|con (?:afecto|carino)|bendiciones)\b[^?¿]{0,40}"
)
_POSTSCRIPT = re.compile(r"(?:p\.? ?d\b|p\.? ?s\b|pos?tdata|nota\s*:)")
_CONTACT = re.compile(
    r"(?:cel|celular|tel|telf|telefono|movil|fono|anexo|rpm|rpc|whatsapp|wsp|t|c|m|ruc|dni|av|jr|calle|direccion|web"
    r"|correo|mail|e-?mail|skype)\s*[.:#°]|(?:ruc|cel|telf?|anexo|av|jr|calle)\b.{0,3}\d|\(?\+?\d[\d\s().-]{5,}$"
    r"|(?:https?://|www\.)\S+$|\S+@\S+\.\S+$|(?:av|jr|calle|urb|psje)\.? .{0,50}\d{2,}"
)
_OFFICE = re.compile(
    r"\b(?:asistente|auxiliar|jef[ea]|gerente|gerencia|analista|coordinador\w*|ejecutiv[oa]|director\w*|encargad[oa]"
    r"|supervisor\w*|administra\w+|contador\w*|contabilidad|tesorer\w+|area|departamento|dpto|asesor\w*"
    r"|practicante|secretari[oa]|subgerente|responsable|especialista|consultor\w*|recursos humanos|rrhh)\b"
)
_SMALL_WORDS = re.split(" ", "de del la las los y e el en a da do dos con por para & - – — | / · •")
_NEGATORS = re.compile(r"\b(?:no|ni|sin|nadie|nunca)\b")


def without_signature(lines: list[Line]) -> list[Line]:
    """Return the lines without names, offices and addresses after a closing or at the end."""
    shouted = _is_shouted(lines)
    hidden: set[int] = set()
    spoken = lines_of_words(lines, WORDS_BEFORE_CLOSING)
    for at in range(len(lines) if spoken is None else spoken, len(lines)):
        if RULE.fullmatch(lines[at].raw) or _is_closing(lines[at]):
            hidden |= _signature_after(lines, at + 1, shouted)
    hidden |= _trailing_block(lines, shouted)
    return [line for at, line in enumerate(lines) if at not in hidden]


def without_closings(lines: list[Line]) -> list[Line]:
    """Return the lines without those that say goodbye and nothing else; thanks may be all there is."""
    spoken = lines_of_words(lines, WORDS_BEFORE_CLOSING)
    return lines if spoken is None else [*lines[:spoken], *filterfalse(_only_closes, lines[spoken:])]


def _only_closes(line: Line) -> bool:
    return _is_closing(line) and "gracias" not in line.folded


def _is_closing(line: Line) -> bool:
    return len(line.folded) <= 60 and _CLOSING.fullmatch(line.folded) is not None


def _signature_after(lines: list[Line], at: int, shouted: bool) -> set[int]:
    found: set[int] = set()
    for position in range(at, min(at + _LONGEST_SIGNATURE, len(lines))):
        line = lines[position]
        if not (line.is_blank or _is_closing(line) or _is_signature_line(line, shouted)):
            break
        if not line.is_blank and not _is_closing(line):
            found.add(position)
    return found


def _trailing_block(lines: list[Line], shouted: bool) -> set[int]:
    """Find a last paragraph that is only a name with its office, phone or company."""
    last = len(lines)
    while last and lines[last - 1].is_blank:
        last -= 1
    first = last
    while first and not lines[first - 1].is_blank:
        first -= 1
    while first < last and _is_closing(lines[first]):
        first += 1
    block = lines[first:last]
    if not 1 <= len(block) <= 6 or not has_words(lines[:first], WORDS_BEFORE_CLOSING):
        return set()
    if not block[0].raw[0].isupper() or not _is_name(block[0], shouted):
        return set()
    return set(range(first, last)) if all(_is_signature_line(line, shouted) for line in block) else set()


def _is_signature_line(line: Line, shouted: bool) -> bool:
    if len(line.raw) > 80 or "?" in line.raw or "¿" in line.raw or _POSTSCRIPT.match(line.folded):
        return False
    if _CONTACT.match(line.folded):
        return True
    return _is_name(line, shouted) or _is_office(line)


def _is_name(line: Line, shouted: bool) -> bool:
    """Tell whether a short line holds only capitalised words: a person, an area, a company."""
    words = line.raw.strip(" .,*_").split()
    if not 1 <= len(words) <= 7 or line.raw[0] in "-*•·" or line.raw[-1] in "!:":
        return False
    if len(words) > 1 and line.raw.isupper() and (shouted or _NEGATORS.search(line.folded)):
        return False
    return len(words) == 1 or all(word[0].isupper() or word.lower() in _SMALL_WORDS for word in words)


def _is_office(line: Line) -> bool:
    words = [word for word in line.raw.split() if word.lower() not in _SMALL_WORDS]
    short = len(words) <= 7 and line.raw[0].isupper()
    return short and bool(_OFFICE.search(line.folded)) and not _NEGATORS.search(line.folded)


def _is_shouted(lines: list[Line]) -> bool:
    """Tell whether the mail is written in capitals, so that capitals do not set names apart."""
    shouted = sum(len(line.raw) for line in lines if line.raw.isupper())
    return shouted > 0.6 * sum(len(line.raw) for line in lines)
