"""Is the text of a message what its reader sees, line by line, and never slow to find?"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.policy.markup import visible_text

SEEN = {
    "nothing": ("", ""),
    "plain text keeps its lines": ("uno\ndos\r\ntres & <cuatro 3 < 5", "uno\ndos\ntres & <cuatro 3 < 5"),
    "blocks": ("<div>uno</div><div>dos</div><p>tres</p>cuatro", "uno\ndos\ntres\ncuatro"),
    "breaks": ("uno<br>dos<br/>tres<BR />cuatro", "uno\ndos\ntres\ncuatro"),
    "inline markup": ("no <b>en</b>tra <a href='https://x'>na<i>die</i></a>", "no entra nadie"),
    "line breaks of the source": ("<p>uno\n   dos\t tres</p>", "uno dos tres"),
    "empty line by breaks": ("<div>uno</div><div><br></div><div>dos</div>", "uno\n\ndos"),
    "empty line by a space": ("<p>uno</p><p>&nbsp;</p><p>dos</p>", "uno\n\ndos"),
    "at most one empty line": ("uno<br><br><br><br><br>dos", "uno\n\ndos"),
    "entities": ("&lt;b&gt; &amp;amp; &ntilde; &#191;&#x1F534; caf&eacute;", "<b> &amp; ñ ¿🔴 café"),
    "no-break spaces": ("<p>S/&nbsp;1&nbsp;&nbsp;200</p>", "S/ 1 200"),
    "list": ("<ul><li>uno</li><li>dos</li></ul>", "uno\ndos"),
    "table": ("<table><tr><th>a</th><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
    "pre": ("<pre>def f():\n    return 1\n</pre>fin", "def f():\n    return 1\nfin"),
    "script and style": ("<style>p{x:1}</style>a<script>if(1<2){'<p>'}</script>b<title>t</title>", "ab"),
    "unclosed script": ("a<script>b", "ab"),
    "comments": ("a<!-- <p>no</p> -->b<!--[if mso]>c<![endif]-->d<!DOCTYPE html>", "abd"),
    "unclosed comment": ("a<!-- b<p>c</p>", "a b\nc"),
    "hidden by style": ("a<div style='color:red; DISPLAY : none'>b<div>c</div></div>d", "ad"),
    "hidden by visibility": ('a<span style="visibility:hidden">b</span>c', "ac"),
    "hidden for Outlook": ('a<span style="mso-hide:all">b</span>c', "ac"),
    "preheader": (
        '<span style="font-size:0px;line-height:0">b</span>c<i style="font-size:0.9em">d</i>',
        "cd",
    ),
    "hidden by attribute": ("a<p hidden>b</p><p hidden=''>c</p>d", "ad"),
    "hidden picture hides no more than itself": ("a<img hidden>b<br style='display:none'>c", "ab\nc"),
    "the word hidden elsewhere": ('<p class="x hidden y" style="overflow:hidden" data-hidden=1>a</p>', "a"),
    "escaped style": ('a<span style="display&#58;none">b</span>c', "ac"),
    "quote": (
        "<p>gracias</p><p>El lunes, Ana escribió:</p><blockquote><p>hola</p><p>chau</p></blockquote>fin",
        "gracias\nEl lunes, Ana escribió:\n> hola\n> chau\nfin",
    ),
    "quote in quote": ("a<blockquote>b<blockquote>c</blockquote>d</blockquote>e", "a\n> b\n> > c\n> d\ne"),
    "very deep quotes": ("<blockquote>" * 500 + "x", "> > > > > x"),
    "Outlook's header stays in lines": (
        "<div>ok</div><hr><p><b>De:</b> Ana<br><b>Enviado:</b> lunes<br><b>Para:</b> Soporte</p>",
        "ok\nDe: Ana\nEnviado: lunes\nPara: Soporte",
    ),
    "stray closing tags": ("</blockquote></pre>a</div></p></span>b", "a\nb"),
    "not a tag": ("<p>3 <5 y <3 y a<b</p>", "3 <5 y <3 y a<b"),
    "foreign tags": ("<o:p>a</o:p><font-x>b</font-x>", "ab"),
    "letters that grow when lowered": ("İİİ<script>x</script>ñ", "İİİñ"),
}


@pytest.mark.parametrize(("html", "text"), SEEN.values(), ids=SEEN.keys())
def test_shows_what_a_reader_sees(html: str, text: str) -> None:
    assert visible_text(html) == text


MARKS = """
<p> </p> <br> a &nbsp; &amp; < > <!-- --> <!x> <script> </script> <blockquote> </blockquote> <pre> </pre>
<p/hidden> </div> <a/href=' '> <![CDATA[
"""
PIECES = st.sampled_from([" ", "\n", "<div hidden>", *MARKS.split()])


@settings(max_examples=300, deadline=None, database=None)
@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=200))
def test_anything_can_be_read(html: str) -> None:
    text = visible_text(html)
    assert "\n\n\n" not in text
    assert text == text.strip("\n")


HOSTILE = [
    "<",
    "<!",
    "<!--",
    "<a ",
    '<a "',
    "<a '\"",
    "</",
    "<?",
    "<![",
    "<script>",
    "<div>",
    "<p style='",
    "&",
    "&#",
]
HOSTILE += ["<p style=", "<blockquote>x", "<p hidden>", '<p style="display:none">', "<b id=1><p>"]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("unit", HOSTILE)
def test_a_megabyte_of_malice_is_read_in_one_pass(unit: str) -> None:
    # Quadratic reading of any of these would take from minutes to days.
    visible_text(unit * (1_000_000 // len(unit)))


def test_plain_text_glued_after_the_html_keeps_its_lines() -> None:
    assert visible_text("<p>Hola\nRosa</p>\n\nSaludos,\nAna") == "Hola Rosa\n\nSaludos,\nAna"
    assert visible_text("<div>Hola</div>\n fin de la\t línea\n") == "Hola\nfin de la línea"
