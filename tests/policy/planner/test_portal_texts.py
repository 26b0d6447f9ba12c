"""Does each portal write with its own words, and take the shared ones where it has none?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.level import Level
from bot.domain.ticket import Company, TicketKey
from bot.policy.model import Policy, load_policy

from .desk import URGENT, loaded, notes, plan, replies, rules_folder, shipped, ticket

OWN = """
  mda:
    respuestas:
      es:
        promesas: {URGENTE: hoy mismo}
        plantilla: "<p>MDA recibió el caso {{ numero }}: respondemos {{ promesa }}.</p>"
    notas:
      morosidad: "<p>MDA: cuenta suspendida</p>"
"""
HALF = """
  mda:
    respuestas:
      es:
        promesas: {URGENTE: hoy mismo}
"""


def with_portal(section: str) -> Policy:
    return loaded(portales=shipped("portales") + section)


def replied(portal: str) -> list[str]:
    return replies(plan(replace(ticket(URGENT), key=TicketKey(portal, 7)), rules=with_portal(OWN)))


def test_a_portal_acknowledges_in_its_own_words_and_others_in_the_shared_ones() -> None:
    assert ["MDA recibió el caso 7: respondemos hoy mismo." in text for text in replied("mda")] == [True]
    assert ["MDA" in text for text in replied("acelera")] == [False]


def test_what_a_portal_leaves_out_is_shared() -> None:
    texts = with_portal(HALF).reply_texts("mda", "es")
    shared = with_portal(HALF).reply_texts("acelera", "es")
    assert texts.promesas[Level.URGENTE] == "hoy mismo"
    assert texts.promesas[Level.NORMAL] == shared.promesas[Level.NORMAL]
    assert texts.plantilla == shared.plantilla
    assert with_portal(HALF).reply_texts("mda", "en") == with_portal("").replies.idiomas["en"]


@pytest.mark.parametrize(("portal", "own"), [("mda", True), ("acelera", False)])
def test_a_portal_words_its_notes(portal: str, own: bool) -> None:
    overdue = replace(ticket(URGENT, company_id=1), key=TicketKey(portal, 7))
    found = notes(plan(overdue, rules=with_portal(OWN), company=Company(1, overdue=True))).values()
    assert any("MDA: cuenta suspendida" in note for note in found) is own
    assert any("URGENTE" in note for note in found), "the note of the level is the shared one"


@pytest.mark.parametrize(
    ("section", "line", "message"),
    [
        pytest.param(
            "  mda:\n    respuestas: {es: {plantilla: '{{ apellido }}'}}\n",
            2,
            "la plantilla usa «apellido», que no existe",
            id="unknown variable of a reply",
        ),
        pytest.param(
            "  mda:\n    notas: {escalamiento: '{{ apellido }}'}\n", 2, "«apellido»", id="unknown variable"
        ),
        pytest.param(
            "  mda:\n    notas: {morosidad: '{% if %}'}\n", 2, "la plantilla no se entiende", id="broken note"
        ),
        pytest.param("  mda:\n    respuestas: {fr: {}}\n", 2, "«fr»: usa es, en", id="unknown language"),
        pytest.param("  mda:\n    respuestas: {es: {plantila: x}}\n", 2, "plantilla", id="misspelt key"),
        pytest.param("  mda:\n    respuestas: {es: {promesas: {URJENTE: ya}}}\n", 2, "URGENTE", id="level"),
    ],
)
def test_bad_texts_are_refused_with_their_line(section: str, line: int, message: str) -> None:
    before = shipped("portales")
    with rules_folder(portales=before + section) as folder:
        found, problems = load_policy(folder)
    assert found is None
    (problem,) = problems
    assert (problem.file, problem.line) == ("portales.yaml", before.count("\n") + line)
    assert message in problem.message
