"""What holds for every ticket and every set of rules?"""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.level import Level
from bot.policy.rules import Filter, Rule
from bot.policy.text import read
from tests.policy.rules.rulebook import classifier, filter_card, rule

LISTS = {"plataforma": ["crm", "sistema"], "falla": ["caid*", "no responde"]}
RULES = (
    rule({"cerca": {"palabras": ["@plataforma", "@falla"]}}, id="r-caida"),
    rule({"frase": "no ... entrar"}, id="r-ingreso", etiquetas=["ingreso"]),
    rule("factura", id="r-factura", nivel="IMPORTANTE", bandera="aviso_de_pago"),
    rule({"minimo": 2, "de": ["error", "lento", "factura"]}, id="r-error", nivel="IMPORTANTE"),
    rule({"todas": ["como", {"ninguna": ["caido"]}]}, id="r-como", nivel="PREFERENTE"),
    rule("gracias", id="r-gracias", nivel="NORMAL", estado="sombra"),
)
FILTERS = (
    filter_card("que pasa si", "frase", id="f-si"),
    filter_card("ya se soluciono", "anterior", id="f-resuelto", suprime={"niveles": ["URGENTE"]}),
)
WORDS = """el crm sistema está caído no responde puedo entrar factura error lento cómo gracias ya se solucionó
qué pasa si muy pero hoy . , ? ! ¿"""
BODIES = st.lists(st.sampled_from([*WORDS.split(), "\n"]), max_size=40).map(" ".join)
ANSWER = classifier(*RULES, *FILTERS, lists=LISTS)


@given(BODIES, BODIES, st.permutations([*RULES, *FILTERS]))
def test_nothing_depends_on_the_order_of_the_rules(
    subject: str, body: str, cards: list[Rule | Filter]
) -> None:
    assert classifier(*cards, lists=LISTS).classify(subject, body) == ANSWER.classify(subject, body)


@given(BODIES, BODIES)
def test_evidence_is_the_slice_it_says(subject: str, body: str) -> None:
    verdict = ANSWER.classify(subject, body)
    for evidence in verdict.evidence:
        text = subject if evidence.field == "asunto" else body
        assert text[evidence.start : evidence.end] == evidence.text
    assert {evidence.rule for evidence in verdict.evidence} == set(verdict.rules)


@given(BODIES)
def test_no_match_leaves_its_sentence(body: str) -> None:
    reading = read("", body)
    by_place = dict(zip(reading.starts, reading.sentences, strict=True))
    ends = dict(zip(reading.ends, reading.sentences, strict=True))
    for evidence in ANSWER.classify("", body).evidence:
        assert by_place[evidence.start] == ends[evidence.end]


@given(
    BODIES, st.sampled_from(["Buenos días:\n\n", "Estimados señores,\n\n", "Hola!! 😊\n", "Buenas tardes.\n"])
)
def test_a_greeting_changes_nothing(body: str, greeting: str) -> None:
    plain, greeted = ANSWER.classify("", body), ANSWER.classify("", greeting + body)
    assert (greeted.level, greeted.rules) == (plain.level, plain.rules)


SIGNATURES = st.sampled_from(
    [
        "\n\nSaludos cordiales,\nAna Paz\nJefa de Sistema\nCel. 999 888 777",
        "\n\nAtte.\nLuis Vera\nFactura y Cobranza S.A.C.",
        "\n\nIván Choque\nSoporte CRM – Cusco",
        "\n\nEnviado desde mi iPhone",
        "\n\nEl lun, 3 ago 2026 a las 10:12, Soporte escribió:\n> El CRM está caído, no puedo entrar.",
    ]
)


@given(BODIES, SIGNATURES)
def test_a_signature_changes_nothing(body: str, signature: str) -> None:
    written = (
        "Les escribo de la sede por lo siguiente, que conversamos: " + " ".join(body.split("\n")) + " ok"
    )
    plain, signed = ANSWER.classify("", written), ANSWER.classify("", written + signature)
    assert (signed.level, signed.rules) == (plain.level, plain.rules)


@given(
    st.lists(st.sampled_from(["caido", "no responde", "crm", "factura", "entrar"]), min_size=1, max_size=5)
)
def test_a_word_more_to_look_for_never_loses_a_match(words: list[str]) -> None:
    body = "el CRM no responde. La factura. Caído."
    for fewer, more in pairwise(words[:n] for n in range(1, len(words) + 1)):
        if classifier(rule({"alguna": fewer})).classify("", body).rules:
            assert classifier(rule({"alguna": more})).classify("", body).rules


HOSTILE = {
    "one megabyte of words": "el crm no responde " * 55_000,
    "one megabyte of one letter": "a" * 1_000_000,
    "brackets": "(" * 60_000,
    "open tags": "<div>" * 100_000,
    "open comments": "<p>" + "<!--" * 100_000,
    "ampersands": "<p>" + "&" * 200_000,
    "nested quotes": "\n".join(">" * n + " no puedo entrar" for n in range(1, 400)),
    "quote tags": "<blockquote>" * 50_000 + "no puedo entrar",
    "emoji": "😭" * 200_000,
    "stacked accents": "a" + "\u0301" * 500_000,
    "headers": "De: a\nEnviado: b\n" * 30_000,
    "attributions": "El 1 " * 200_000,
    "half addresses": "El 1 " + "<@" * 300_000,
    "addresses": "a@" * 300_000,
    "dotted": "1." * 300_000,
    "blank lines": "hola" + "\n" * 300_000 + "-----Mensaje original-----",
    "closings": "gracias\n" * 50_000,
    "question marks": "¿?" * 200_000,
    "no and no": "no " * 100_000 + "entrar",
    "nul": "\x00" * 100_000,
    "half a surrogate": "crm \ud800 caído",
    "letters that fold to nothing": "ª º \u02b0",
    "every character": "".join(map(chr, range(0x20000))),
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_answered(text: str) -> None:
    assert ANSWER.classify(text, text).level in Level


@given(st.text(), st.text())
def test_any_text_is_answered(subject: str, body: str) -> None:
    assert ANSWER.classify(subject, body).level in Level
