"""Which lines are only a greeting?"""

from __future__ import annotations

import pytest

from bot.policy.greetings import is_greeting


@pytest.mark.parametrize(
    "line",
    [
        "Hola",
        "Buenas tardes estimados, espero que se encuentren bien.",
        "Estimada Lorena:",
        "¡Buenos días a todos!",
        "Estimados señores de Semáforo,",
        "Hola Juan Carlos, ¿cómo estás?",
        "De nuestra consideración:",
    ],
)
def test_a_greeting_says_no_more(line: str) -> None:
    assert is_greeting(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "   ",
        "Hola no funciona nada",
        "hola, urgente",
        "HOLA NO ENTRO",
        "Buenas, el CRM caído",
        "Estimados, la factura 123",
        "Hola, 123",
        "Ayuda",
        "Estimada Lorena: el sistema se cayó",
        "Hola Rosa Ana Luz María",
    ],
)
def test_a_request_is_no_greeting(line: str) -> None:
    assert not is_greeting(line)
