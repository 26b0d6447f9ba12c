"""Which text does a reader see in a body that came as HTML?"""

from __future__ import annotations

import html
import re

import nh3

# Above these sizes a body is an attack or a newsletter; the parser's cost grows with the square of nesting.
MAX_CHARACTERS = 200_000
MAX_TAGS = 8_000

_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "blockquote", "pre", "hr"}
_LINES = {"address", "article", "br", "div", "dd", "dl", "dt", "footer", "header", "li", "section", "tr"}
_CELLS = {"td", "th"}
_UNREAD = {"script", "style", "title", "template"}
_IS_HTML = re.compile(
    r"<(?:!doctype|html|head|body|div|p|br|span|table|tr|td|ul|ol|li|blockquote|font|a|b|i|strong|em|img)\b[^<>]*>",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(/?)([a-z0-9]+)[^<>]*>")
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")


def plain(body: str) -> str:
    """Return the visible text of a body: unchanged unless it holds HTML.

    Blocks become lines, table cells are parted by spaces, quoted blocks get the `> ` of plain-text mail.
    """
    if "<" not in body or not _IS_HTML.search(body):
        return body
    known = _PARAGRAPHS | _LINES | _CELLS
    clean = nh3.clean(_bounded(body), tags=known, attributes={}, clean_content_tags=_UNREAD)
    return _Page().fill(clean)


def _bounded(body: str) -> str:
    pieces = body[:MAX_CHARACTERS].split("<", MAX_TAGS + 1)
    return "<".join(pieces[: MAX_TAGS + 1])


class _Page:
    """Lay out the sanitizer's output, in which every `<` opens one of the known tags."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.pieces: list[str] = []
        self.quoted = 0

    def fill(self, clean: str) -> str:
        last = 0
        for tag in _TAG.finditer(clean):
            self.pieces.append(html.unescape(clean[last : tag.start()]))
            self.turn(tag[2], closing=bool(tag[1]))
            last = tag.end()
        self.pieces.append(html.unescape(clean[last:]))
        self.end_line()
        return "\n".join(self.lines).strip("\n")

    def turn(self, name: str, *, closing: bool) -> None:
        if name in _CELLS:
            self.pieces.append(" ")
            return
        self.end_line(even_empty=name == "br")
        if name in _PARAGRAPHS and self.lines and self.lines[-1]:
            self.lines.append("")
        if name == "blockquote":
            self.quoted = max(self.quoted + (-1 if closing else 1), 0)

    def end_line(self, *, even_empty: bool = False) -> None:
        text = _SPACES.sub(" ", "".join(self.pieces)).strip()
        self.pieces.clear()
        if text:
            self.lines.append(f"> {text}" if self.quoted else text)
        elif even_empty and self.lines and self.lines[-1]:
            self.lines.append("")
