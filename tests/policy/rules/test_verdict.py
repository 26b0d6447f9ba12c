"""What does a ticket get when several rules, flags, states and ambits meet?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.domain.level import Level
from bot.policy.verdict import Evidence, TicketField, Verdict, verdict_json
from tests.policy.rules.rulebook import classifier, rule

URGENT = rule("caido", id="r-urgente", etiquetas=["tema-caida"])
IMPORTANT = rule("factura", id="r-importante", nivel="IMPORTANTE", etiquetas=["tema-pago"])
FLAG = rule("codigo", id="r-bandera", nivel=None, banderas=["fuera_de_alcance"])


def test_no_rule_gives_normal_without_a_reason() -> None:
    assert classifier(URGENT).classify("Hola", "Gracias") == Verdict(Level.NORMAL)


def test_the_most_severe_level_wins() -> None:
    verdict = classifier(IMPORTANT, URGENT).classify("Factura", "El CRM está caído")
    assert (verdict.level, verdict.decided_by) == (Level.URGENTE, "r-urgente")
    assert verdict.rules == ("r-urgente", "r-importante")
    assert verdict.tags == ("tema-caida",), "the topic of an overruled rule would only confuse"


def test_a_flag_leaves_the_level_alone() -> None:
    verdict = classifier(FLAG).classify("", "cambien el código")
    assert (verdict.level, verdict.decided_by, verdict.flags) == (Level.NORMAL, None, ("fuera_de_alcance",))
    assert verdict.rules == ("r-bandera",)


def test_one_rule_may_give_level_and_flags() -> None:
    both = rule("pago", bandera="aviso_de_pago", banderas=["migracion"])
    verdict = classifier(both).classify("", "pago")
    assert (verdict.level, verdict.flags) == (Level.URGENTE, ("aviso_de_pago", "migracion"))


TIES = {
    "first words": ("muerto y caído", "r-b"),
    "other first words": ("caído y muerto", "r-a"),
    "the same words": ("muerto", "r-b"),
}


@pytest.mark.parametrize(("body", "decided"), TIES.values(), ids=TIES)
@pytest.mark.parametrize("turned", [False, True], ids=["as written", "turned round"])
def test_of_equals_the_first_in_the_ticket_decides(body: str, decided: str, turned: bool) -> None:
    cards = [rule("caido", id="r-a"), rule("muerto", id="r-b"), rule("muerto", id="r-c")]
    verdict = classifier(*(reversed(cards) if turned else cards)).classify("", body)
    assert verdict.decided_by == decided


STATES = {
    "borrador": ((), ()),
    "sombra": ((), ("r-prueba",)),
    "activa": (("r-prueba",), ()),
    "retirada": ((), ()),
}


@pytest.mark.parametrize(("state", "expected"), STATES.items(), ids=STATES)
def test_state(state: str, expected: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
    verdict = classifier(rule("caido", estado=state)).classify("", "caído")
    assert (verdict.rules, verdict.shadow) == expected
    assert verdict.level is (Level.URGENTE if state == "activa" else Level.NORMAL)


def test_a_shadow_rule_leaves_no_trace_in_what_acts() -> None:
    watched = rule("caido", estado="sombra", etiquetas=["x"], bandera="migracion")
    verdict = classifier(watched).classify("", "caído")
    assert verdict == Verdict(Level.NORMAL, shadow=("r-prueba",))


def test_a_paused_rule_rests_until_its_day_is_over() -> None:
    answer = classifier(rule("caido", pausada={"motivo": "campaña", "hasta": "2026-12-31"}))
    assert answer.classify("", "caído", on=date(2026, 12, 31)).rules == ()
    assert answer.classify("", "caído", on=date(2027, 1, 1)).rules == ("r-prueba",)
    assert answer.classify("", "caído").rules == ()


AMBITS: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "portal": ({"portal": "mda"}, {"portal": "mda"}, True),
    "another portal": ({"portal": "mda"}, {"portal": "acelera"}, False),
    "portal not known": ({"portal": "mda"}, {}, False),
    "one of several": ({"portal": ["mda", "acelera"]}, {"portal": "acelera"}, True),
    "company, folded": ({"empresa": "Óptica"}, {"company": "OPTICA"}, True),
    "type": ({"tipo": "Incidente"}, {"type": "Incidente"}, True),
    "source": ({"fuente": "correo"}, {"source": "chat"}, False),
    "all of them": ({"portal": "mda", "tipo": "x"}, {"portal": "mda", "type": "y"}, False),
}


@pytest.mark.parametrize(("ambit", "about", "counts"), AMBITS.values(), ids=AMBITS)
def test_ambit(ambit: dict[str, Any], about: dict[str, Any], counts: bool) -> None:
    assert bool(classifier(rule("caido", ambito=ambit)).classify("", "caído", **about).rules) is counts


def test_evidence_names_the_original_words() -> None:
    verdict = classifier(URGENT).classify("RE: CAÍDO", "está caído 😭 caídooo")
    assert verdict.evidence == (
        Evidence("r-urgente", TicketField.SUBJECT, "CAÍDO", 4, 9, "caido"),
        Evidence("r-urgente", TicketField.BODY, "caído", 5, 10, "caido"),
        Evidence("r-urgente", TicketField.BODY, "caídooo", 13, 20, "caido"),
    )


def test_evidence_of_one_rule_is_bounded() -> None:
    assert len(classifier(URGENT).classify("", "caído. " * 100).evidence) == 5


def test_json_speaks_the_language_of_the_command_line() -> None:
    verdict = classifier(URGENT, FLAG).classify("Código", "está caído")
    assert verdict_json(verdict) == {
        "level": "URGENTE",
        "decided_by": "r-urgente",
        "rules": ["r-urgente", "r-bandera"],
        "evidence": [
            {"rule": "r-urgente", "field": "body", "text": "caído", "start": 5, "end": 10},
            {"rule": "r-bandera", "field": "subject", "text": "Código", "start": 0, "end": 6},
        ],
        "flags": ["fuera_de_alcance"],
        "tags": ["tema-caida"],
        "shadow": [],
    }
