"""What is left of submitted HTML once Freshdesk has cleaned it?"""

from __future__ import annotations

import html

import nh3
from bs4 import BeautifulSoup


def clean(markup: str) -> str:
    """Return HTML without scripts, event handlers or comments."""
    return nh3.clean(markup, strip_comments=True, link_rel=None)


def text_of(markup: str) -> str:
    """Return the plain text of HTML, on one line per block."""
    return " ".join(BeautifulSoup(markup, "html.parser").get_text(" ").split())


def from_text(text: str) -> str:
    """Return plain text as Freshdesk keeps it: escaped, in a div, with its line breaks."""
    return f"<div>{html.escape(text, quote=False).replace(chr(10), '<br>')}</div>"
