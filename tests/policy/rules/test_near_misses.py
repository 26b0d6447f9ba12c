"""Which rules nearly matched a ticket, and what does the page say stopped them?"""

from __future__ import annotations

import pytest

from bot.policy.matching import NEGATION, Classifier
from bot.policy.model import Policy
from bot.policy.verdict import TicketField
from bot.store.rulebook import Rulebook
from bot.web.marked_text import LONGEST, marked, stopped


@pytest.fixture(scope="module")
def policy(rulebook: Rulebook) -> Policy:
    return rulebook.policy


@pytest.fixture(scope="module")
def classifier(policy: Policy) -> Classifier:
    return policy.classifier


NEAR = {
    "negated": ("El CRM no está caído.", "urg-plataforma-caida", NEGATION),
    "filtered": (
        "Gracias, ya funciona, ayer el sistema no abría.",
        "urg-plataforma-caida",
        "el filtro «fil-resuelto»",
    ),
}


@pytest.mark.parametrize(("body", "rule", "by"), NEAR.values(), ids=NEAR.keys())
def test_what_stopped_a_rule_is_named(classifier: Classifier, body: str, rule: str, by: str) -> None:
    (found,) = [one for one in classifier.near_misses("", body) if one.rule.id == rule]
    assert found.struck_by == (by,)
    assert found.evidence[0].text in body


@pytest.mark.parametrize("body", ["El CRM está caído.", "Hola", ""], ids=["matched", "no word", "empty"])
def test_a_rule_that_matched_or_had_no_words_is_no_near_miss(classifier: Classifier, body: str) -> None:
    matched = classifier.classify("", body).rules
    assert "urg-plataforma-caida" not in [one.rule.id for one in classifier.near_misses("", body)]
    assert not set(matched) & {one.rule.id for one in classifier.near_misses("", body)}


def test_marked_pieces_make_up_the_text(policy: Policy) -> None:
    body = "Buenas. El CRM está caído y nadie puede entrar. <b>Gracias</b>"
    verdict = policy.classifier.classify("CRM caído", body)
    pieces = marked(body, TicketField.BODY, verdict, policy)
    assert "".join(piece.text for piece in pieces) == body
    assert "deciding" in [piece.kind for piece in pieces]
    assert {piece.why for piece in pieces if piece.kind == "deciding"} == {
        policy.rule_title(verdict.decided_by or "")
    }


def test_a_long_text_is_cut(policy: Policy) -> None:
    body = "x " * LONGEST + "El CRM está caído"
    pieces = marked(body, TicketField.BODY, policy.classifier.classify("", body), policy)
    assert sum(len(piece.text) for piece in pieces) == LONGEST


def test_near_misses_are_told_most_severe_first(classifier: Classifier) -> None:
    told = stopped(classifier.near_misses("", "El CRM no está caído, solo quería saludar"))
    assert told[0].level == "URGENTE"
    assert told[0].words == ("El CRM no está caído",)
