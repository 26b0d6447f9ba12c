"""When does each kind of condition hold?"""

from __future__ import annotations

from typing import Any

import pytest

from tests.policy.rules.rulebook import words_found

NEAR = {"cerca": {"palabras": ["crm", "caido"], "distancia": 2}}
IN_ORDER = {"cerca": {"palabras": ["crm", "caido"], "distancia": 2, "orden": "fijo"}}
THREE = {"cerca": {"palabras": ["crm", "caido", "ventas"], "distancia": 2}}
BOTH = {"todas": ["crm", "caido"]}
TWO_OF = {"minimo": 2, "de": ["crm", "caido", "ventas"]}
BUT = {"todas": ["caido", {"ninguna": ["servidor"]}]}
CODE = {
    "regex": {"patron": r"\berr-\d{3}\b", "motivo": "códigos de error", "ejemplos": ["ERR-123", "err-999"]}
}

HOLDS: dict[str, tuple[Any, str, str, list[str]]] = {
    "word": ("caido", "", "está caído", ["caído"]),
    "palabra": ({"palabra": "caido"}, "", "está caído", ["caído"]),
    "palabras": ({"palabras": ["caido", "muerto"]}, "", "muerto", ["muerto"]),
    "alguna": ({"alguna": ["caido", {"frase": "no carga"}]}, "", "no carga", ["no carga"]),
    "subject": ("caido", "CRM caído", "ayuda", ["caído"]),
    "only subject": ({"palabra": "caido", "en": "asunto"}, "ayuda", "caído", []),
    "only subject, there": ({"palabra": "caido", "en": "asunto"}, "caído", "ayuda", ["caído"]),
    "only body": ({"palabra": "caido", "en": "cuerpo"}, "caído", "ayuda", []),
    "at the end": ({"palabra": "caido", "en": "final"}, "", "Uno. Dos. Caído. Gracias.", ["Caído"]),
    "not at the end": ({"palabra": "caido", "en": "final"}, "", "Caído. Uno. Dos. Tres.", []),
    "near": (NEAR, "", "el CRM anda muy caído", ["CRM anda muy caído"]),
    "near, other way round": (NEAR, "", "caído el CRM", ["caído el CRM"]),
    "near, too far": (NEAR, "", "el CRM anda todo muy caído", []),
    "near, other sentence": (NEAR, "", "el CRM. Caído", []),
    "near, subject and body": (NEAR, "CRM", "caído", []),
    "in order": (IN_ORDER, "", "CRM caído", ["CRM caído"]),
    "in order, other way round": (IN_ORDER, "", "caído el CRM", []),
    "three near": (THREE, "", "ventas sin el CRM, caído", ["ventas sin el CRM, caído"]),
    "three near, one missing": (THREE, "", "el CRM, caído", []),
    "all, one sentence": (BOTH, "", "el CRM, desde las ocho de hoy, caído", ["CRM", "caído"]),
    "all, two sentences": (BOTH, "", "el CRM. Caído", []),
    "all, whole ticket": (BOTH | {"en_la_misma": "ticket"}, "CRM", "caído", ["CRM", "caído"]),
    "all, one clause": (BOTH | {"en_la_misma": "clausula"}, "", "el CRM caído", ["CRM", "caído"]),
    "all, two clauses": (BOTH | {"en_la_misma": "clausula"}, "", "el CRM, hoy caído", []),
    "all, connective parts": (BOTH | {"en_la_misma": "clausula"}, "", "el CRM pero caído", []),
    "two of three": (TWO_OF, "", "ventas caído", ["ventas", "caído"]),
    "one of three": (TWO_OF, "", "ventas", []),
    "the same twice is one": (TWO_OF, "", "ventas ventas", []),
    "two of three, ticket": (TWO_OF | {"en_la_misma": "ticket"}, "ventas", "caído", ["ventas", "caído"]),
    "none": (BUT, "", "está caído", ["caído"]),
    "none, there": (BUT, "", "el servidor está caído", []),
    "none, other sentence": (BUT, "", "El servidor anda. El CRM está caído", ["caído"]),
    "regex": (CODE, "", "Me sale ERR-404 al entrar", ["ERR-404"]),
    "regex, accents before it": (CODE, "", "Así quedó: «Err-404»", ["Err-404"]),
    "regex, absent": (CODE, "", "error 404", []),
    "question": ({"todas": [{"pregunta": True}, "caido"]}, "", "¿Está caído?", ["Está caído", "caído"]),
    "question, open sign missing": (
        {"todas": [{"pregunta": True}, "caido"]},
        "",
        "Hola. Está caído?",
        ["Está caído", "caído"],
    ),
    "no question": ({"todas": [{"pregunta": True}, "caido"]}, "", "Está caído. ¿Ayuda?", []),
    "question in its own clause": (
        {"todas": [{"pregunta": True}, "caido"], "en_la_misma": "clausula"},
        "",
        "Está caído, ¿qué hago?",
        [],
    ),
}


@pytest.mark.parametrize(("when", "subject", "body", "found"), HOLDS.values(), ids=HOLDS)
def test_condition(when: Any, subject: str, body: str, found: list[str]) -> None:
    assert words_found(when, body, subject) == found


def test_groups_may_stand_in_groups() -> None:
    when = {
        "todas": [
            {"minimo": 2, "de": ["crm", "zoho", "ventas"]},
            {"alguna": ["caido", {"todas": ["carga", "mal"]}]},
        ],
        "en_la_misma": "ticket",
    }
    assert words_found(when, "Zoho de ventas. Carga mal.") == ["Zoho", "ventas", "Carga", "mal"]
    assert words_found(when, "Zoho. Ventas. Carga mal.") == []


def test_regex_reads_no_hidden_lines() -> None:
    body = "Sigue igual, por favor su apoyo\n\n> me sale ERR-404"
    assert words_found(CODE, body) == []
