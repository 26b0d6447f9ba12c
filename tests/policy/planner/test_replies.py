"""Which tickets get an acknowledgement, in which language, and why the others do not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.record import Effect, EffectState, Record
from bot.policy.replies import ACKNOWLEDGEMENT, language_of

from .desk import BOT, KEY, MONDAY, URGENT, loaded, message, notes, plan, policy, replies, shipped, ticket

ENGLISH = "Hello, we can not log in and the whole system is down, please help us with this"
AUTOMATIC = "parece un correo automático"
OWN = "lo envió una dirección de la propia mesa"

SILENT: list[Any] = [
    *(
        pytest.param({"source": source}, "llegó por una vía que no recibe acuse", id=f"source {source}")
        for source in (3, 7, 10, 13, 99)
    ),
    *(
        pytest.param({"requester_email": sender}, AUTOMATIC, id=sender)
        for sender in (
            "MAILER-DAEMON@mx.example",
            "postmaster@cliente.example",
            "no-reply@cliente.example",
            "NoReply@cliente.example",
            "no_reply@x.example",
            "bounces+77@x.example",
            "noresponder@x.pe",
        )
    ),
    *(
        pytest.param({"subject": subject}, AUTOMATIC, id=subject)
        for subject in (
            "Respuesta automática: consulta",
            "RESPUESTA AUTOMATICA",
            "Automatic reply: hello",
            "  Out of Office",
            "Fuera de la oficina",
            "Undeliverable: hola",
            "Leído: propuesta",
        )
    ),
    *(
        pytest.param({"body": f"Estimados: {body} Saludos."}, AUTOMATIC, id=body)
        for body in (
            "Este es un mensaje generado AUTOMATICAMENTE.",
            "Me encuentro fuera de la oficina.",
            "I am currently out of office.",
            "This is an automated message.",
        )
    ),
    pytest.param({"requester_email": "Soporte@demo.example"}, OWN, id="the desk's own address"),
    pytest.param(
        {"created_at": MONDAY - timedelta(hours=24, seconds=1)},
        "se vio demasiado tarde para acusar recibo",
        id="seen too late",
    ),
    pytest.param({"messages": (message("Ya lo vemos"),)}, "una persona ya respondió", id="answered"),
]


@pytest.mark.parametrize(("facts", "reason"), SILENT)
def test_silence_has_a_reason_and_the_note_goes_all_the_same(facts: dict[str, Any], reason: str) -> None:
    planned = plan(ticket(**facts))
    assert replies(planned) == []
    assert f"sin acuse: {reason}" in planned.reasons
    assert len(notes(planned)) >= 1


ANSWERED: list[Any] = [
    *(pytest.param({"source": source}, id=f"source {source}") for source in (1, 2, 9)),
    pytest.param({"created_at": MONDAY - timedelta(hours=24)}, id="a day old, not more"),
    pytest.param({"subject": "Sobre la respuesta automática"}, id="only mentions it in the subject"),
    pytest.param({"requester_email": "ana.noreply@cliente.example"}, id="no-reply inside a name"),
    pytest.param({"requester_email": None}, id="no address known"),
    pytest.param({"to_emails": ()}, id="no recipients known"),
]


@pytest.mark.parametrize("facts", ANSWERED)
def test_these_are_answered(facts: dict[str, Any]) -> None:
    assert len(replies(plan(ticket(**facts)))) == 1


def test_the_kill_switch_in_the_rules() -> None:
    off = loaded(respuestas=shipped("respuestas").replace("activa: true", "activa: false"))
    planned = plan(ticket(), rules=off)
    assert replies(planned) == []
    assert "sin acuse: las respuestas automáticas están apagadas en las reglas" in planned.reasons


LANGUAGES: list[Any] = [
    pytest.param("Consulta", URGENT, "es", id="spanish"),
    pytest.param("Login", ENGLISH, "en", id="english"),
    pytest.param("", "", "es", id="empty"),
    pytest.param("12345", "!!! 🔴 <br>", "es", id="no words"),
    pytest.param("Error 500", "Salesforce login failed: invalid_grant", "es", id="jargon only"),
    pytest.param("Hello", "hola", "es", id="a tie is spanish"),
    pytest.param("Olá", "Não consigo entrar no sistema", "es", id="another language"),
    pytest.param("x", "the " * 5 + "de " * 4, "en", id="mostly english"),
    pytest.param("x", "a" * 2000 + " the is are with", "es", id="only the beginning is read"),
]


@pytest.mark.parametrize(("subject", "body", "language"), LANGUAGES)
def test_language(subject: str, body: str, language: str) -> None:
    assert language_of(ticket(subject, body), policy().replies) == language


def test_the_english_text_is_english() -> None:
    (html,) = replies(plan(ticket("Login", ENGLISH)))
    assert "a person from our team will answer you" in html
    assert "Recibimos" not in html


def sent(state: EffectState, seconds: int = 0) -> Record:
    return Record(effects={ACKNOWLEDGEMENT: Effect(state, MONDAY - timedelta(seconds=seconds))})


FATES: list[Any] = [
    pytest.param(sent(EffectState.DONE), False, None, id="done"),
    pytest.param(sent(EffectState.OPEN, 0), False, 60, id="just sent: wait"),
    pytest.param(sent(EffectState.OPEN, 59), False, 1, id="a second before it settles"),
    pytest.param(sent(EffectState.OPEN, 60), True, None, id="settled and not found: again"),
]


@pytest.mark.parametrize(("record", "again", "wait"), FATES)
def test_an_unconfirmed_reply_waits_and_is_sent_again_only_when_it_is_not_found(
    record: Record, again: bool, wait: int | None
) -> None:
    planned = plan(ticket(), record, settle=timedelta(seconds=60))
    assert len(replies(planned)) == again
    if wait is not None:
        assert planned.wake_at == MONDAY + timedelta(seconds=wait)


@pytest.mark.parametrize("seconds", [0, 59, 60, 3600])
@pytest.mark.parametrize("author", [BOT, None], ids=["author told", "author not told"])
def test_an_unconfirmed_reply_found_on_the_ticket_is_done(seconds: int, author: int | None) -> None:
    (html,) = replies(plan(ticket()))
    reference = html[html.index("SMF-") :][:14]
    found = message(f"¡Hola!\nRef. {reference}", at=MONDAY, user_id=author)
    planned = plan(ticket(messages=(found,)), sent(EffectState.OPEN, seconds))
    assert replies(planned) == []
    assert planned.proven_effects[ACKNOWLEDGEMENT] == Effect(EffectState.DONE, MONDAY)


def test_a_reference_of_another_ticket_proves_nothing() -> None:
    (html,) = replies(plan(ticket(key=type(KEY)("acelera", 8))))
    reference = html[html.index("SMF-") :][:14]
    copied = message(f"¡Hola! Ref. {reference}", user_id=BOT, at=MONDAY)
    assert len(replies(plan(ticket(messages=(copied,))))) == 1
