"""Which slips are forgiven, and which words are left alone?"""

from __future__ import annotations

import pytest

from bot.policy.reading_aids import ReadingAids
from bot.policy.typos import is_slip
from tests.policy.rules.rulebook import classifier, rule

SLIPS = {
    "swapped": ("migarcion", "migracion", True),
    "missing": ("migacion", "migracion", True),
    "one more": ("migraccion", "migracion", True),
    "changed": ("plataforna", "plataforma", False),
    "changed, further in": ("plafaforma", "plataforma", True),
    "swapped at the end": ("migracino", "migracion", True),
    "first letter": ("nigracion", "migracion", False),
    "person": ("importe", "importo", False),
    "gender": ("bloqueado", "bloqueada", False),
    "plural": ("reportes", "reporte", False),
    "two slips": ("migarcoin", "migracion", False),
    "same": ("migracion", "migracion", False),
    "beginning": ("migarci*", "migraci*", True),
    "beginning and word": ("migracion", "migraci*", False),
}


@pytest.mark.parametrize(("typed", "meant", "slip"), SLIPS.values(), ids=SLIPS)
def test_slip(typed: str, meant: str, slip: bool) -> None:
    assert is_slip(typed, meant) is slip


FOUND = {
    "word": ("migracion", "la migarción falló", ["migarción"]),
    "beginning": ("migraci*", "las migarciones", ["migarciones"]),
    "in a phrase": ("no me permite entrar", "no me premite entrar", ["no me premite entrar"]),
    "short words are exact": ("acceso", "acecso", []),
    "a word of the rules means itself": ("(vencido|vendido)", "vendido", ["vendido"]),
    "known words mean themselves": ("vencidos", "vendidos", []),
}


@pytest.mark.parametrize(("phrase", "body", "found"), FOUND.values(), ids=FOUND)
def test_forgiven_words_keep_their_spelling_as_evidence(phrase: str, body: str, found: list[str]) -> None:
    aids = ReadingAids(palabras_conocidas=("vendidos",))
    verdict = classifier(rule(phrase), lectura=aids).classify("", body)
    assert [evidence.text for evidence in verdict.evidence] == found


def test_a_word_of_one_rule_is_no_slip_for_another() -> None:
    answer = classifier(rule("vencido"), rule("vendido", id="r-otra"))
    assert answer.classify("", "vendido").rules == ("r-otra",)


def test_forgiveness_can_be_switched_off() -> None:
    body = "la migarción falló"
    assert not classifier(rule("migracion", erratas=False)).classify("", body).rules
    assert not classifier(rule("migracion"), lectura=ReadingAids(erratas=False)).classify("", body).rules
    both = classifier(rule("migracion", erratas=False), rule("migracion", id="r-otra"))
    assert both.classify("", body).rules == ("r-otra",)


def test_short_forms_stand_for_their_word() -> None:
    aids = ReadingAids(equivalencias={"xq": "porque", "q": "que"})
    answer = classifier(rule("porque que"), lectura=aids)
    assert answer.classify("", "XQ Q").evidence[0].text == "XQ Q"
    assert answer.classify("", "porqué que").rules
