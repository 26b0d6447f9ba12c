"""Does an editor learn what may stand where in a rule file?"""

from __future__ import annotations

import pytest

from bot.policy.completion import completions
from bot.policy.schema import json_schema

FOUND = completions(json_schema())
INSIDE = {
    "": {"version", "reglas", "filtros", "vocabulario"},
    "reglas": {"id", "titulo", "cuando", "salvo", "ejemplos"},
    "cuando": {"alguna", "todas", "palabras", "cerca"},
    "todas": {"ninguna", "en_la_misma"},
    "salvo": {"motivo", "alcance", "frase"},
    "ejemplos": {"coincide", "no_coincide"},
    "filtros": {"suprime", "permanente"},
}
VALUES = {
    ("reglas", "nivel"): ["URGENTE", "IMPORTANTE", "PREFERENTE", "NORMAL"],
    ("reglas", "estado"): ["borrador", "sombra", "activa", "retirada"],
    ("reglas", "firme"): ["true", "false"],
    ("", "version"): ["1"],
}


@pytest.mark.parametrize(("key", "expected"), INSIDE.items())
def test_keys(key: str, expected: set[str]) -> None:
    assert expected <= FOUND[key].keys()


@pytest.mark.parametrize(("place", "expected"), VALUES.items())
def test_values(place: tuple[str, str], expected: list[str]) -> None:
    assert FOUND[place[0]][place[1]]["values"] == expected


def test_keys_come_with_their_spanish_description() -> None:
    assert FOUND["reglas"]["titulo"]["detail"] == "Qué reconoce, en una línea."
    assert FOUND["suprime"]["reglas"]["detail"]


def test_a_rule_has_no_key_of_a_filter() -> None:
    assert "suprime" not in FOUND["reglas"]
