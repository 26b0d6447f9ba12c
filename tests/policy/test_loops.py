"""What is left of a subject when robots answer each other, and which header lines say that a robot wrote."""

from __future__ import annotations

from typing import Any

import pytest

from bot.policy.automatic_mail import Silence, is_automatic, reads_automatic
from bot.policy.loops import LoopGuards, answered_subject
from tests.policy.planner.desk import ticket

SAME = {
    "answered": "Re: Sistema caído",
    "answered twice": "RE: Re:  Sistema   caído",
    "in Spanish": "RV: RE: Sistema caido",
    "counted": "Re[3]: Sistema caído",
    "with our number": "Re: [#4711] Sistema caído",
    "with the word": "Sistema caído (Ticket #4711)",
    "number first": "[Caso #12] RE: Sistema caído",
}


@pytest.mark.parametrize("subject", SAME.values(), ids=SAME.keys())
def test_an_answer_is_known_by_its_subject(subject: str) -> None:
    assert answered_subject(subject) == "sistema caido"


@pytest.mark.parametrize(
    "subject", ["Sistema caído", "Sistema caído 2", "Reporte: caído", "Rebotó: hola", "", "¿Re?"]
)
def test_a_subject_of_its_own_answers_none(subject: str) -> None:
    assert answered_subject(subject) is None


@pytest.mark.parametrize(
    ("address", "domain"),
    [("Ana@Cliente.example", "cliente.example"), ("ana@gmail.com", None), ("", None), (None, None)],
)
def test_free_mail_is_no_company(address: str | None, domain: str | None) -> None:
    assert LoopGuards().company_domain(address) == domain


HEADERS: list[Any] = [
    ("Auto-Submitted: auto-replied", True),
    ("auto-submitted:auto-generated", True),
    ("Auto-Submitted: no", False),
    ("Auto-Submitted: No", False),
    ("Precedence: bulk", True),
    ("Precedence: first-class", False),
    ("X-Auto-Response-Suppress: All", True),
    ("X-Autoreply: yes", True),
    ("X-Autoreply: no", False),
    ("Return-Path: <>", True),
    ("Return-Path: <ana@cliente.example>", False),
    ("List-Unsubscribe: <https://lista.example>", True),
    ("¿Qué hace el encabezado Auto-Submitted: auto-replied?", False),
]


@pytest.mark.parametrize(("line", "automatic"), HEADERS, ids=[line for line, _ in HEADERS])
def test_header_lines_in_the_text(line: str, automatic: bool) -> None:
    text = f"El sistema está caído.\n{line}\nSaludos"
    assert is_automatic(ticket(body=text), Silence()) is automatic
    assert reads_automatic(text, Silence()) is automatic
