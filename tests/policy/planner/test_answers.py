"""Which messages stop the response clock: only the first public word of a person of the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.ticket import Stats
from bot.policy.marks import announcement, reference
from bot.policy.replies import ACKNOWLEDGEMENT

from .desk import BOT, KEY, LUCIA, MONDAY, message, notes, plan, replies, settled, ticket

NOW = MONDAY + timedelta(hours=2)
ACK = f"¡Hola! Recibimos tu solicitud. Ref. {reference(KEY, ACKNOWLEDGEMENT)}"
NOTE = f"URGENTE. Ref. {reference(KEY, announcement(0, plan(ticket()).level))}"
QUOTED = f"Ya lo estamos viendo.\n\n> ¡Hola! Recibimos tu solicitud.\n> {ACK[-19:]}"

CASES: list[Any] = [
    pytest.param(message("Ya lo vemos"), True, id="reply of an agent"),
    pytest.param(message("Ya lo vemos", source=2), True, id="public note of an agent"),
    pytest.param(message("Ya lo vemos", user_id=BOT), True, id="by hand, with the agent of the bot's key"),
    pytest.param(message("Ya lo vemos", user_id=None), True, id="author unknown"),
    pytest.param(message(QUOTED), True, id="quotes the acknowledgement"),
    pytest.param(message(QUOTED, user_id=BOT), True, id="quotes it, with the agent of the bot's key"),
    pytest.param(message(QUOTED, user_id=None), True, id="quotes it, author unknown"),
    pytest.param(message(ACK, user_id=LUCIA), True, id="copies the acknowledgement word by word"),
    pytest.param(message(f"Ver SMF-AAAAAAA234. {'x' * 80}"), True, id="mentions a reference early"),
    pytest.param(message(ACK, user_id=BOT), False, id="the bot's acknowledgement"),
    pytest.param(message(ACK, user_id=None), False, id="the bot's acknowledgement, author unknown"),
    pytest.param(message("Para el equipo", private=True, source=2), False, id="private note"),
    pytest.param(message(NOTE, private=True, user_id=BOT), False, id="the bot's note"),
    pytest.param(message("¿Novedades?", incoming=True, user_id=501), False, id="the customer"),
    pytest.param(message("¿Novedades?", incoming=True, user_id=LUCIA), False, id="an agent as a customer"),
    pytest.param(message("Al fabricante", source=8), False, id="forward"),
    pytest.param(message("5 estrellas", source=6), False, id="survey feedback"),
]


@pytest.mark.parametrize(("said", "stops"), CASES)
def test_the_response_clock(said: Any, stops: bool) -> None:
    planned = plan(ticket(messages=(said,)), now=NOW)
    assert planned.response.state == ("met" if stops else "running")
    assert planned.response.met_at == (said.created_at if stops else None)


def test_freshdesks_own_mark_is_not_believed() -> None:
    of = ticket(stats=Stats(first_responded_at=MONDAY), messages=(message(ACK, user_id=BOT),))
    assert plan(of, now=NOW).response.state == "running"


def test_the_first_of_many_counts() -> None:
    said = [message("Uno", at=MONDAY + timedelta(hours=hour), id=hour) for hour in (1, 2, 3)]
    early = message("¿Hola?", incoming=True, user_id=501, at=MONDAY + timedelta(minutes=5), id=9)
    assert plan(ticket(messages=(early, *said)), now=NOW).response.met_at == MONDAY + timedelta(hours=1)


@pytest.mark.parametrize(("hours", "state"), [(24, "met"), (24.001, "breached"), (30, "breached")])
def test_a_late_answer_is_a_breach_for_ever(hours: float, state: str) -> None:
    at = MONDAY + timedelta(hours=hours)
    planned = plan(ticket(messages=(message("Perdón", at=at),)), now=at + timedelta(days=1))
    assert planned.response.state == state


def test_an_answered_ticket_gets_no_acknowledgement_and_no_response_warning() -> None:
    of = ticket(messages=(message("Ya lo vemos"),))
    planned = plan(of, now=NOW)
    assert replies(planned) == []
    assert "sin acuse: una persona ya respondió" in planned.reasons
    of, record = settled(of, now=NOW)
    assert list(notes(plan(of, record, now=MONDAY + timedelta(days=3)))) == []


def test_a_forged_reference_of_the_customers_proves_nothing() -> None:
    forged = message(ACK, incoming=True, user_id=501)
    planned = plan(ticket(messages=(forged,)), now=NOW)
    assert len(replies(planned)) == 1
    assert ACKNOWLEDGEMENT not in planned.proven_effects
