"""Is each card found where it stands, and is its last change told from those of its neighbours?"""

from __future__ import annotations

import pytest

from bot.policy.rule_cards import Card, cards_of, last_changes, word_lists

FIRST = b"""version: 1
vocabulario:
  cosas: [silla]
reglas:
  - id: uno
    titulo: El uno

  - titulo: El dos
    id: dos
filtros:
  - id: tres
    motivo: el tres
"""


def test_cards_have_their_lines_and_texts() -> None:
    found = cards_of({"a.yaml": FIRST, "pesos.yaml": b"version: 1\npesos: {}\n"})
    assert found["uno"] == Card("a.yaml", 5, "- id: uno\n    titulo: El uno")
    assert (found["dos"].line, found["tres"].line) == (8, 11)
    assert found["tres"].text == "- id: tres\n    motivo: el tres"


@pytest.mark.parametrize(
    "content", [b"reglas: [\n", b"reglas: 5\n", b"reglas:\n  - 3\n  - {id: 4}\n", b"\xff"]
)
def test_what_holds_no_card_gives_none(content: bytes) -> None:
    assert cards_of({"a.yaml": content}) == {}


def test_the_last_change_is_that_of_the_card_not_of_its_file() -> None:
    newer = {"a.yaml": FIRST.replace(b"El uno", b"El Uno")}
    moved = {"a.yaml": b"# arriba\n" + FIRST}
    earlier = [("third", moved), ("second", {"a.yaml": FIRST}), ("first", {})]
    assert last_changes(newer, earlier) == {"uno": "third", "dos": "first", "tres": "first"}
    assert last_changes(newer, [("third", newer)]) == {}


def test_lists_are_named() -> None:
    assert word_lists({"a.yaml": FIRST, "b.yaml": b"reglas: []", "c.yaml": b"vocabulario: 3\n"}) == {"cosas"}
