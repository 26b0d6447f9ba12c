"""Which text is left of an HTML body?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.markup import plain

BODIES = {
    "plain text": ("no abre < 3 > 2", "no abre < 3 > 2"),
    "a mail address is no tag": ("Ana <ana@x.pe> escribió", "Ana <ana@x.pe> escribió"),
    "paragraphs": ("<p>Hola</p><p>No abre</p>", "Hola\nNo abre"),
    "divisions": ("<div>Hola</div><div>No abre</div>", "Hola\nNo abre"),
    "line breaks": ("Hola<br>No abre<br/>Gracias", "Hola\nNo abre\nGracias"),
    "two line breaks": ("Hola<br><br>No abre", "Hola\n\nNo abre"),
    "inline marks": ("<p>el <b>CRM</b> <i>no</i> abre</p>", "el CRM no abre"),
    "a word in two colours": ("<p>ca<span>ído</span></p>", "caído"),
    "entities": ("<p>s&iacute; &amp; no&nbsp;abre &lt;x&gt;</p>", "sí & no abre <x>"),
    "source line ends are spaces": ("<p>no\n   abre</p>", "no abre"),
    "styles": ("<style>p {color: red}</style><p>Hola</p>", "Hola"),
    "scripts": ("<script>alert('caido')</script><p>Hola</p>", "Hola"),
    "comments": ("<p>Hola<!-- caido --></p>", "Hola"),
    "head": ("<html><head><title>caido</title></head><body>Hola</body></html>", "Hola"),
    "table": (
        "<table><tr><td>Ana</td><td>sin acceso</td></tr><tr><td>Luz</td></tr></table>",
        "Ana sin acceso\nLuz",
    ),
    "list": ("<ul><li>uno</li><li>dos</li></ul>", "uno\ndos"),
    "quote": ("<div>Hola</div><blockquote>no abre<br>ayuda</blockquote>", "Hola\n> no abre\n> ayuda"),
    "nested quote": (
        "<p>Hola</p><blockquote>uno<blockquote>dos</blockquote>tres</blockquote>fin",
        "Hola\n> uno\n> > dos\n> tres\nfin",
    ),
    "unclosed": ("<p>Hola<div>No abre", "Hola\nNo abre"),
    "outlook": ("<p class=MsoNormal>Hola<o:p></o:p></p>", "Hola"),
    "image": ('<div>Hola<img src="cid:caido"></div>', "Hola"),
}


@pytest.mark.parametrize(("body", "text"), BODIES.values(), ids=BODIES)
def test_visible_text(body: str, text: str) -> None:
    assert plain(body) == text


@given(
    st.lists(st.sampled_from(["<p>", "</p>", "<blockquote>", "<br>", "&", "a", " ", "\n", "<", ">", "<td>"]))
)
def test_any_soup_gives_text_without_known_tags(pieces: list[str]) -> None:
    text = plain("<div>" + "".join(pieces))
    assert "<p>" not in text
    assert "blockquote" not in text
