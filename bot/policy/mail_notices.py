"""Which lines of a mail are small print: confidentiality, «sent from my phone», virus checks?"""

from __future__ import annotations

import re

from bot.policy.mail_lines import Line

_MOBILE = re.compile(
    r"(?:enviado|mandado|sent) (?:desde|from|con|with)\b.{0,40}"
    r"|(?:obtener|obten|get|descargar) outlook (?:para|for)\b.{0,20}"
)
_NOTICE = re.compile(
    r"(?:aviso|nota|advertencia|clausula)s?(?: legal| de confidencialidad| de privacidad|:)"
    r"|confidencialidad\s*:|disclaimer\b"
    r"|(?:este|el presente|la presente|esta) (?:mensaje|correo|e-?mail|comunicacion|transmision)"
    r"(?: electronic[oa])?,?(?: y| e| puede| contiene| es| esta| ha sido| incluyendo| va| se dirige|/)"
    r"|(?:la|toda) informacion (?:contenida|incluida|transmitida) en (?:este|el presente)"
    r"|this (?:e-?mail|message)|the information (?:contained|transmitted)"
    r"|(?:por favor,? )?(?:antes de imprimir|piens[ae]|consider[ae]|cuid[ae]|cuidemos)\b"
    r".{0,60}(?:imprim|ambiente)"
    r"|(?:libre|free) (?:de|of|from) virus"
)
_LEGAL = re.compile(
    r"confiden\w+|privileg\w+|destinatari\w+|exclusiv\w+|prohib\w+|divulg\w+|distribu\w+|autoriz\w+|imprimir\w*"
    r"|ambiente|legal\w*|recipient|virus|anexos|adjuntos|attachments|reproduc\w+"
)


def without_notices(lines: list[Line]) -> list[Line]:
    """Return the lines without legal notices and lines that mail programs add."""
    kept: list[Line] = []
    in_notice = False
    for at, line in enumerate(lines):
        if line.is_blank:
            in_notice = False
        elif not in_notice:
            in_notice = _opens_notice(lines, at)
        if not in_notice and not _is_mobile_line(line):
            kept.append(line)
    return kept


def _opens_notice(lines: list[Line], at: int) -> bool:
    if not _NOTICE.match(lines[at].folded.lstrip("*_-# ")):
        return False
    paragraph = []
    for line in lines[at : at + 20]:
        if line.is_blank:
            break
        paragraph.append(line.folded)
    return len(set(_LEGAL.findall(" ".join(paragraph)))) >= 2


def _is_mobile_line(line: Line) -> bool:
    return len(line.folded) <= 60 and _MOBILE.fullmatch(line.folded.strip("-–—_* .")) is not None
