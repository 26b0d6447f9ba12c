"""Which text does a reader see in a piece of HTML?

One linear pass over the tags, because the HTML is a customer's: `html.parser` of Python 3.11 needs 15 s for
50 kB of `<a <a <a …` and raises AssertionError on `<![<![`, and an HTML5 tree builder turns 30 kB of
`<b id=1><p><b id=2><p>…` into 14 MB. Reading order and line breaks need no tree.

Line breaks are kept and a `blockquote` gets the `> ` of plain-text mail, since quoted history can only be
told from what the customer wrote by its lines ("El lunes … escribió:", "De: … Enviado: …", "> …").
"""

from __future__ import annotations

import re
from html import unescape

# Attribute values hold no bare < or >: the sanitiser of Freshdesk escapes them.
_MARK = re.compile(
    r"<!--|<[!?][^<>]*+>|<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9:_-]*+)(?P<attributes>[^<>]*+)>"
)
_QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'')
_STYLE = re.compile(r"""\bstyle\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_UNSEEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?![.\d])", re.IGNORECASE
)
_UNSEEN_ATTRIBUTE = re.compile(r"(?:^|\s)hidden(?=$|[\s=/])", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_BLANK_LINES = re.compile(r"\n{3,}")

_BLOCK_NAMES = """
    address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer
    form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody tfoot thead tr ul
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_ENDS = _BLOCKS | {"html"}
_CELLS = frozenset({"td", "th"})
_NEVER_SEEN = frozenset({"script", "style", "title", "template", "noframes", "noembed"})
_VOID_NAMES = "area base br col embed hr img input link meta source track wbr"
_VOID = frozenset(_VOID_NAMES.split())
_LONGEST = 400_000  # characters; rules read far less than that
_IS_HTML = re.compile(
    r"<(?:!doctype|html|head|body|div|p|br|span|table|tr|td|ul|ol|li|blockquote|font|a|b|i|strong|em|img)\b[^<>]*>",
    re.IGNORECASE,
)
_DEEPEST_QUOTE = 5  # a thousand nested blockquotes would otherwise put a thousand marks before every line


def plain(body: str) -> str:
    """Return the visible text of a body that may or may not have come as HTML; other text is unchanged."""
    return visible_text(body[:_LONGEST]) if "<" in body and _IS_HTML.search(body) else body


def visible_text(html: str) -> str:
    """Return what a reader of the HTML sees, one line a block; text without any tag keeps its own lines."""
    reading = _Reading(html)
    reading.read()
    return _BLANK_LINES.sub("\n\n", "\n".join(reading.lines)).strip("\n")


class _Reading:
    """Hold where one pass over a piece of HTML has got to."""

    def __init__(self, html: str) -> None:
        self.lines: list[str] = []
        self._html = html
        self._lower = html.lower() if html.isascii() else _ascii_lower(html)
        self._line: list[str] = []
        self._quote_depth = 0
        self._pre_depth = 0
        self._unseen = ""
        self._unseen_depth = 0
        self._without_close: set[str] = set()

    def read(self) -> None:
        position = 0
        if _MARK.search(self._html) is None:
            self._pre_depth = 1
        last = None
        while mark := _MARK.search(self._html, position):
            self._text(self._html[position : mark.start()])
            position, last = self._tag(mark), mark
        rest = self._html[position:]
        # Gateways and lists glue plain text after the HTML; its line ends mean what they do in plain mail.
        if last and last["end"] and last["name"].lower() in _ENDS and "\n" in rest.strip():
            self._pre_depth = 1
        self._text(rest)
        self._break_block()

    def _tag(self, mark: re.Match[str]) -> int:
        """Take in one tag and return where reading goes on."""
        if mark.group() == "<!--":
            return self._after("-->", mark.end())
        name = (mark["name"] or "").lower()
        if not name:  # a declaration or a processing instruction
            return mark.end()
        if self._unseen:
            self._count_unseen(name, ending=bool(mark["end"]))
        elif mark["end"]:
            self._end(name)
        elif name in _NEVER_SEEN:
            return self._after(f"</{name}", mark.end())
        elif name not in _VOID and _is_unseen(mark["attributes"]):
            self._unseen, self._unseen_depth = name, 1
        else:
            self._start(name)
        return mark.end()

    def _after(self, close: str, position: int) -> int:
        """Skip past a closing mark; without one nothing is skipped, and it is never looked for again."""
        found = -1 if close in self._without_close else self._lower.find(close, position)
        if found < 0:
            self._without_close.add(close)
            return position
        return found + len(close) if close == "-->" else found

    def _count_unseen(self, name: str, *, ending: bool) -> None:
        if name == self._unseen:
            self._unseen_depth += -1 if ending else 1
        if self._unseen_depth == 0:
            self._unseen = ""

    def _start(self, name: str) -> None:
        if name == "br":
            self._break_line()
        elif name in _BLOCKS:
            self._break_block()
        self._quote_depth += name == "blockquote"
        self._pre_depth += name == "pre"

    def _end(self, name: str) -> None:
        if name in _BLOCKS:
            self._break_block()
        elif name in _CELLS:
            self._line.append(" ")
        self._quote_depth -= name == "blockquote" and self._quote_depth > 0
        self._pre_depth -= name == "pre" and self._pre_depth > 0

    def _text(self, text: str) -> None:
        if self._unseen or not text:
            return
        text = unescape(text)
        if not self._pre_depth:
            # A non-breaking space alone in a paragraph is how mail programs write an empty line.
            text = " \xa0 " if not text.strip() and "\xa0" in text else _SPACES.sub(" ", text)
            self._line.append(text)
            return
        first, *rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._line.append(first)
        for line in rest:
            self._break_line()
            self._line.append(line)

    def _break_block(self) -> None:
        """Begin a new line, unless this one is still empty."""
        if any(part.strip() or "\xa0" in part for part in self._line):
            self._break_line()
        self._line = []

    def _break_line(self) -> None:
        text = "".join(self._line)
        text = text.rstrip() if self._pre_depth else _SPACES.sub(" ", text).strip()
        marks = "> " * min(self._quote_depth, _DEEPEST_QUOTE)
        self.lines.append((marks + text).rstrip())
        self._line = []


def _ascii_lower(text: str) -> str:
    """Lower A to Z only: `str.lower` may change the length, and positions must stay true."""
    return text.translate(_ASCII_LOWER)


_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def _is_unseen(attributes: str) -> bool:
    if "hidden" not in attributes.lower() and "style" not in attributes.lower():
        return False
    style = _STYLE.search(attributes)
    if style and _UNSEEN_STYLE.search(unescape(style[1] or style[2] or "")):
        return True
    return bool(_UNSEEN_ATTRIBUTE.search(_QUOTED.sub("", attributes)))
