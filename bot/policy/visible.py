"""Which lines of a mail did its sender write just now, and which are history, signature or small print?

Mail clients mark none of this reliably, so the marks are those seen in Spanish and English mail. In doubt a
line stays: words read in vain cost less than a request not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import dropwhile

from bot.policy.folding import fold_text
from bot.policy.greetings import is_greeting

Span = tuple[int, int]

# A forward with fewer words of its own than this is about what it forwards.
FORWARD_WORDS = 20
# A closing such as «Saludos» in the very first words is a greeting, and what follows is no signature.
WORDS_BEFORE_CLOSING = 5
_LONGEST_SIGNATURE = 12

_SUBJECT_PREFIX = re.compile(
    r"\s*(?:(?:re|rv|fw|fwd|res|enc|tr|reenv)\s*(?:\[\d+\])?\s*:|\[[^\[\]]{0,40}#?\d[^\[\]]{0,40}\]|\[(?:externo?|external|spam)\])",
    re.IGNORECASE,
)
_FORWARD_PREFIX = re.compile(r"\b(?:rv|fw|fwd|reenv|enc)\s*:", re.IGNORECASE)
_MARKER = re.compile(
    r"[-_*>\s]*(?:mensaje (?:original|reenviado|enviado)|original message|(?:begin )?forwarded message)"
    r"[-_*:\s]*"
)
_FORWARD_MARKER = re.compile(r"[-_*>\s]*(?:mensaje reenviado|(?:begin )?forwarded message)")
_ATTRIBUTION_START = re.compile(r"(?:el|on) .{0,40}\d|.{0,80}<[^<>\s@]+@[^<>\s]+>|\d{4}-\d\d-\d\d ")
_ATTRIBUTION_END = re.compile(r"(?:(?:escribio|wrote|escreveu)\s*:|<[^<>\s@]+@[^<>\s]+>\s*:)\s*$")
_HEADER_FROM = re.compile(r"\*?(?:de|from)\s*:\*?\s*\S")
_HEADER_SENT = re.compile(r"\*?(?:enviado(?: el)?|sent|fecha|date|para|to)\s*:")
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
_CLOSING = re.compile(
    r"(?:muchas |mil |muchisimas )?(?:(?:un )?saludos?|slds?|sls|atte|att|atentamente|cordialmente"
    r"|cordiales? saludos?|(?:un )?abrazos?|gracias|quedo (?:atent[oa]|de ustedes|a la espera)"
    r"|sin otro particular|(?:best )?regards|con (?:afecto|carino)|bendiciones)\b[^?¿]{0,40}"
)
_DASHES = re.compile(r"(?:-{2,}|_{3,}|—+|={3,}|\*{3,})\s*")
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
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Line:
    """Hold one line of a text: its place, its words as written and folded."""

    start: int
    end: int
    raw: str
    folded: str

    @property
    def is_blank(self) -> bool:
        return not self.raw


def subject_start(subject: str) -> int:
    """Return where the sender's own words begin, after «RE:», «RV:», «[#123]» and the like."""
    start = 0
    while found := _SUBJECT_PREFIX.match(subject, start):
        start = found.end()
    return start if _WORDS.search(subject, start) else 0


def visible_spans(body: str, subject: str = "") -> list[Span]:
    """Return the parts of a plain-text body that its sender wrote; all of it when nothing is left."""
    lines = _split(body)
    own = _without_signature(_without_notices(_without_history(lines)))
    forwarded = _FORWARD_PREFIX.search(subject[: subject_start(subject)]) or any(
        _FORWARD_MARKER.match(line.folded) for line in lines
    )
    plain = _without_courtesy(own)
    if forwarded and not _has_words(plain, FORWARD_WORDS):
        plain = _without_courtesy(_without_notices(lines))
    return _spans(next((some for some in (plain, own) if _has_words(some, 1)), lines))


def _split(text: str) -> list[Line]:
    lines = []
    start = 0
    for row in text.splitlines(keepends=True):
        raw = row.strip()
        lines.append(Line(start, start + len(row), raw, fold_text(raw)))
        start += len(row)
    return lines


def _spans(lines: list[Line]) -> list[Span]:
    """Join neighbouring lines, so that sentences may run over line ends."""
    spans: list[Span] = []
    for line in lines:
        if spans and spans[-1][1] == line.start:
            spans[-1] = (spans[-1][0], line.end)
        else:
            spans.append((line.start, line.end))
    return spans


def _has_words(lines: list[Line], number: int) -> bool:
    for line in lines:
        number -= len(_WORDS.findall(line.folded))
        if number <= 0:
            return True
    return False


def _without_history(lines: list[Line]) -> list[Line]:
    kept: list[Line] = []
    at = 0
    while at < len(lines):
        length = _header_length(lines, at)
        if length and not _is_quoted_next(lines, at + length):
            return _without_rule(kept)
        if length:
            at += length
            continue
        if not lines[at].raw.startswith(">"):
            kept.append(lines[at])
        at += 1
    return kept


def _without_rule(lines: list[Line]) -> list[Line]:
    """Drop the line that Outlook draws above history."""
    last = len(lines)
    while last and (lines[last - 1].is_blank or _DASHES.fullmatch(lines[last - 1].raw)):
        last -= 1
    return lines[:last]


def _header_length(lines: list[Line], at: int) -> int:
    """Return how many lines introduce quoted history here; 0 when none does."""
    folded = lines[at].folded
    if _MARKER.fullmatch(folded):
        return 1
    if _ATTRIBUTION_START.match(folded) and (length := _attribution_length(lines, at)):
        return length
    if _HEADER_FROM.match(folded):
        block = [line for line in lines[at + 1 : at + 6] if not line.is_blank][:3]
        return sum(bool(_HEADER_SENT.match(line.folded)) for line in block) >= 1 and len(block)
    return 0


def _attribution_length(lines: list[Line], at: int) -> int:
    for length in (1, 2, 3):
        part = lines[at : at + length]
        if part and _ATTRIBUTION_END.search(part[-1].folded[-200:]):
            return length
    return 0


def _is_quoted_next(lines: list[Line], at: int) -> bool:
    following = next((line for line in lines[at:] if not line.is_blank), None)
    return following is not None and following.raw.startswith(">")


def _without_notices(lines: list[Line]) -> list[Line]:
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


def _without_signature(lines: list[Line]) -> list[Line]:
    shouted = _is_shouted(lines)
    hidden: set[int] = set()
    for at, line in enumerate(lines):
        ends = _DASHES.fullmatch(line.raw) or _is_closing(line)
        if ends and _has_words(lines[:at], WORDS_BEFORE_CLOSING):
            hidden |= _signature_after(lines, at + 1, shouted)
    hidden |= _trailing_block(lines, shouted)
    return [line for at, line in enumerate(lines) if at not in hidden]


def _without_courtesy(lines: list[Line]) -> list[Line]:
    """Drop lines at the top that only greet, and lines that only close; thanks may be all there is."""
    own = list(dropwhile(lambda line: line.is_blank or is_greeting(line.raw), lines))
    return [line for at, line in enumerate(own) if not _only_closes(line, own[:at])]


def _only_closes(line: Line, before: list[Line]) -> bool:
    return _is_closing(line) and "gracias" not in line.folded and _has_words(before, WORDS_BEFORE_CLOSING)


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
    if not 1 <= len(block) <= 6 or not _has_words(lines[:first], WORDS_BEFORE_CLOSING):
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
