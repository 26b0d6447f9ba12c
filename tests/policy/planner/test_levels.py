"""What each of the four levels does to a new ticket: P2 to P5 of the service policy."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.level import Level

from .desk import (
    IMPORTANT,
    LONG_TAG,
    NORMAL,
    PREFERRED,
    URGENT,
    fields,
    notes,
    plan,
    replies,
    settled,
    ticket,
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


LEVELS: list[Any] = [
    pytest.param(
        URGENT,
        Level.URGENTE,
        4,
        {"sla-urgente"},
        utc("2026-11-24T15:00"),
        utc("2026-12-01T15:00"),
        id="urgente",
    ),
    pytest.param(
        IMPORTANT,
        Level.IMPORTANTE,
        3,
        {"sla-importante"},
        utc("2026-11-25T15:00"),
        utc("2026-12-05T15:00"),
        id="importante",
    ),
    pytest.param(
        PREFERRED,
        Level.PREFERENTE,
        2,
        {"sla-preferente"},
        utc("2026-11-26T15:00"),
        utc("2026-12-11T15:00"),
        id="preferente",
    ),
    # Five business days from Monday; then fifteen more, without 8 and 9 December and Christmas.
    pytest.param(
        NORMAL,
        Level.NORMAL,
        None,
        {"sla-normal", "sin-regla"},
        utc("2026-11-30T15:00"),
        utc("2026-12-23T15:00"),
        id="normal",
    ),
]


@pytest.mark.parametrize(("body", "level", "priority", "tags", "response", "resolution"), LEVELS)
def test_a_new_ticket_gets_priority_tags_and_dates(
    body: str, level: Level, priority: int | None, tags: set[str], response: datetime, resolution: datetime
) -> None:
    planned = plan(ticket(body=body))
    found = fields(planned)
    assert planned.level is level
    assert found.get("priority") == priority, "priority 1 stands already on a new ticket"
    assert set(found["tags"]) == tags
    assert (found["fr_due_by"], found["due_by"]) == (response, resolution)
    assert (planned.response.limit, planned.resolution.limit) == (response, resolution)
    assert (planned.response.state, planned.resolution.state) == ("running", "running")


NOTE_WORDS: list[Any] = [
    pytest.param(
        URGENT,
        (
            "🔴 URGENTE",
            "El servicio no está disponible",
            "<b>caído</b>",
            "Niveles de prioridad, URGENTE",
            "10:00 del lun 23 nov + 24 h corridas → mar 24 nov, 10:00",
            "Resolver hasta",
            "7 días corridos",
        ),
        ("promesa",),
        id="urgente is a contract",
    ),
    pytest.param(
        IMPORTANT,
        ("🟡 IMPORTANTE", "<b>factura</b>", "48 h corridas → mié 25 nov, 10:00", "no es promesa al cliente"),
        ("Resolver hasta",),
        id="importante is a working target",
    ),
    pytest.param(
        PREFERRED,
        ("🔵 PREFERENTE", "<b>duplicados</b>", "72 h corridas → jue 26 nov, 10:00"),
        ("Cláusula",),
        id="preferente without clause",
    ),
    pytest.param(
        NORMAL,
        ("🟢 NORMAL", "Ninguna regla", "se saltó 28–29 nov", "lun 30 nov, 10:00"),
        ("Por la regla",),
        id="normal without rule",
    ),
]


@pytest.mark.parametrize(("body", "said", "unsaid"), NOTE_WORDS)
def test_the_note_shows_words_clause_and_arithmetic(
    body: str, said: tuple[str, ...], unsaid: tuple[str, ...]
) -> None:
    (html,) = notes(plan(ticket(body=body))).values()
    assert [words for words in said if words not in html] == []
    assert [words for words in unsaid if words in html] == []


@pytest.mark.parametrize(
    ("body", "promise", "until"),
    [
        pytest.param(URGENT, "dentro de las 24 horas", "mar 24 nov 2026, 10:00", id="urgente"),
        pytest.param(IMPORTANT, "entre 24 y 48 horas", "mié 25 nov 2026, 10:00", id="importante"),
        pytest.param(PREFERRED, "entre 48 y 72 horas", "jue 26 nov 2026, 10:00", id="preferente"),
        pytest.param(NORMAL, "dentro de 5 días útiles", "lun 30 nov 2026, 10:00", id="normal"),
    ],
)
def test_the_reply_promises_what_the_level_promises(body: str, promise: str, until: str) -> None:
    (html,) = replies(plan(ticket(body=body)))
    assert promise in html
    assert until in html
    assert "<b>#7</b>" in html
    assert "resol" not in html.lower(), "a resolution date is never promised to the customer"


@pytest.mark.parametrize("body", [URGENT, IMPORTANT, PREFERRED, NORMAL])
def test_one_round_is_enough(body: str) -> None:
    of, record = settled(ticket(body=body))
    assert len(of.messages) == 2
    assert all(written.sure for written in record.written.values())


def test_the_most_severe_rule_decides_and_topics_are_tagged() -> None:
    planned = plan(ticket(body="Está caído, y quiero la factura de un desarrollo a medida; pagaré tarde."))
    assert planned.level is Level.URGENTE
    assert set(planned.decision.flags) == {"fuera_de_alcance", "aviso_de_pago"}
    assert set(fields(planned)["tags"]) == {
        "sla-urgente", "fuera-de-alcance", "aviso-de-pago", LONG_TAG[:32],
    }  # fmt: skip
    (html,) = notes(planned).values()
    assert "fuera del alcance" in html
    assert "48 horas antes del vencimiento" in html


def test_out_of_hours_business_days_begin_at_the_next_opening() -> None:
    saturday = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)
    planned = plan(ticket(body=NORMAL, created_at=saturday), now=saturday)
    assert planned.response.limit == utc("2026-12-07T14:00"), "five business days from Monday 9:00"
    assert "fuera de horario" in planned.response.text


def test_reasons_name_rule_and_words() -> None:
    assert "URGENTE: regla «El servicio no está disponible» por «caído»" in plan(ticket()).reasons
    assert "NORMAL: ninguna regla reconoció el texto" in plan(ticket(body=NORMAL)).reasons
