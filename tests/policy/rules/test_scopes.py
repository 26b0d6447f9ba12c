"""What takes the weight from words that were found: negation, exceptions, filters?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.policy.rules.rulebook import classifier, filter_card, rule, words_found

NEGATED = {
    "straight": ("urgente", "no urgente", False),
    "over bridges": ("urgente", "no es muy urgente", False),
    "long bridge": ("caido", "no se ha caido nada", False),
    "without": ("errores", "todo sin errores", False),
    "no bridge": ("urgente", "no funciona, urgente", True),
    "verb between": ("urgente", "no funciona urgente", True),
    "other sentence": ("caido", "No. Caído", True),
    "its own no": ("no funciona", "no funciona", True),
    "its own no, in a list": ("(caido|no responde)", "no responde", True),
    "its own no, over a gap": ("no ... entra", "no se entra", True),
    "double": ("no funciona", "no es que no funcione", False),
}


@pytest.mark.parametrize(("phrase", "body", "counts"), NEGATED.values(), ids=NEGATED)
def test_negation(phrase: str, body: str, counts: bool) -> None:
    assert bool(words_found(phrase, body)) is counts


def test_negation_reaches_into_near_words() -> None:
    when = {"cerca": {"palabras": ["crm", "(caido|no responde)"]}}
    assert not words_found(when, "el CRM no está caído")
    assert words_found(when, "el CRM no responde")


def test_a_leaf_may_count_although_negated() -> None:
    assert words_found({"palabra": "factura", "aunque_se_niegue": True}, "no hay factura")
    assert not words_found({"palabra": "factura"}, "no hay factura")


def _except(scope: str) -> dict[str, Any]:
    return {"salvo": [{"frase": "ya funcion*", "motivo": "avisa que volvió", "alcance": scope}]}


SALVO = {
    "same sentence": ("frase", "Se cayó, ya funciona", False),
    "another sentence": ("frase", "Ayer ya funcionaba. Hoy se cayó", True),
    "same clause": ("clausula", "se cayó ya funciona", False),
    "another clause": ("clausula", "ya funcionaba, hoy se cayó", True),
    "before, in an earlier sentence": ("anterior", "Se cayó. Ya funciona", False),
    "before, in a later sentence": ("anterior", "Ya funciona. Se cayó", True),
    "anywhere": ("ticket", "Ya funciona. Gracias. Se cayó", False),
    "not there": ("ticket", "Se cayó", True),
    "negated": ("ticket", "Se cayó, no ya funciona", True),
}


@pytest.mark.parametrize(("scope", "body", "counts"), SALVO.values(), ids=SALVO)
def test_exception(scope: str, body: str, counts: bool) -> None:
    verdict = classifier(rule("cayo", **_except(scope))).classify("", body)
    assert bool(verdict.rules) is counts


def test_words_outside_the_struck_sentence_still_count() -> None:
    verdict = classifier(rule("cayo", **_except("frase"))).classify("", "Se cayó, ya funciona. Se cayó.")
    assert [evidence.start for evidence in verdict.evidence] == [25]


FILTERS = {
    "clause": ("clausula", "el mes pasado cayó, hoy cayó", 1),
    "sentence": ("frase", "el mes pasado cayó, hoy cayó. Cayó.", 1),
    "earlier": ("anterior", "Cayó. El mes pasado cayó. Cayó.", 1),
    "ticket": ("ticket", "El mes pasado. Cayó.", 0),
    "absent": ("ticket", "Cayó.", 1),
}


@pytest.mark.parametrize(("scope", "body", "left"), FILTERS.values(), ids=FILTERS)
def test_filter(scope: str, body: str, left: int) -> None:
    verdict = classifier(rule("cayo"), filter_card("el mes pasado", scope)).classify("", body)
    assert len(verdict.evidence) == left


def test_filter_strikes_the_subject_too_when_solved_in_the_body() -> None:
    answer = classifier(rule("caido"), filter_card("ya se soluciono", "anterior"))
    assert answer.classify("CRM caído", "Ya se solucionó, gracias").rules == ()
    assert answer.classify("Lo de ayer ya se solucionó", "Hoy está caído").rules == ("r-prueba",)


SUPPRESSED: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "its level": ({"niveles": ["URGENTE"]}, {}, True),
    "another level": ({"niveles": ["NORMAL"]}, {}, False),
    "its id": ({"reglas": ["r-prueba"]}, {}, True),
    "its family": ({"reglas": ["r-*"]}, {}, True),
    "another id": ({"reglas": ["s-*"]}, {}, False),
    "its flag": ({"banderas": ["aviso_de_pago"]}, {"bandera": "aviso_de_pago"}, True),
    "another flag": ({"banderas": ["aviso_de_pago"]}, {"bandera": "migracion"}, False),
    "ignored": ({"niveles": ["URGENTE"]}, {"ignora_filtros": ["f-prueba"]}, False),
}


@pytest.mark.parametrize(("suppressed", "card", "silent"), SUPPRESSED.values(), ids=SUPPRESSED)
def test_filter_reaches_the_rules_it_names(suppressed: Any, card: Any, silent: bool) -> None:
    answer = classifier(rule("cayo", **card), filter_card("ayer", "frase", suprime=suppressed))
    assert (answer.classify("", "ayer cayó").rules == ()) is silent


def test_filter_ends_on_its_day() -> None:
    ending = filter_card("ayer", "frase", permanente=False, hasta="2026-12-31")
    answer = classifier(rule("cayo"), ending)
    assert answer.classify("", "ayer cayó", on=date(2026, 12, 31)).rules == ()
    assert answer.classify("", "ayer cayó", on=date(2027, 1, 1)).rules == ("r-prueba",)
    assert answer.classify("", "ayer cayó").rules == ()


def test_filter_has_exceptions_of_its_own() -> None:
    spared = filter_card("ayer", "frase", salvo=[{"frase": "desde ayer", "motivo": "todavía dura"}])
    answer = classifier(rule("cayo"), spared)
    assert answer.classify("", "ayer cayó").rules == ()
    assert answer.classify("", "desde ayer cayó").rules == ("r-prueba",)
