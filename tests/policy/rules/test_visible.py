"""Which lines of a mail are read?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.visible import subject_start, visible_spans
from tests.policy.rules.mail_endings import CLOSINGS, SMALL_PRINT
from tests.policy.rules.mails import HISTORY, Mail

MAILS = HISTORY | CLOSINGS | SMALL_PRINT


@pytest.mark.parametrize("mail", MAILS.values(), ids=MAILS)
def test_lines_read(mail: Mail) -> None:
    spans = visible_spans(mail.body, mail.subject)
    lines = [line.strip() for start, end in spans for line in mail.body[start:end].splitlines()]
    assert [line for line in lines if line] == mail.read


SUBJECTS = {
    "plain": ("CRM caído", "CRM caído"),
    "reply": ("RE: CRM caído", "CRM caído"),
    "many": ("Re: RV: FW: Fwd: CRM caído", "CRM caído"),
    "ticket number": ("RE: [#1234] CRM caído", "CRM caído"),
    "outside mark": ("[EXTERNO] CRM caído", "CRM caído"),
    "brackets of the customer": ("[Urgente] CRM caído", "[Urgente] CRM caído"),
    "only prefixes": ("RE: FW:", "RE: FW:"),
    "a word that begins so": ("Reporte: no cuadra", "Reporte: no cuadra"),
}


@pytest.mark.parametrize(("subject", "read"), SUBJECTS.values(), ids=SUBJECTS)
def test_subject_read(subject: str, read: str) -> None:
    assert subject[subject_start(subject) :].strip() == read


@given(st.text(), st.text())
def test_spans_are_ordered_parts_of_the_body(body: str, subject: str) -> None:
    end = 0
    for start, stop in visible_spans(body, subject):
        assert end <= start <= stop <= len(body)
        end = stop


@given(
    st.lists(
        st.sampled_from(
            ["Hola", "no abre", "> x", "Saludos,", "Ana Paz", "--", "", "De: a", "El 1 escribió:"]
        )
    )
)
def test_something_is_read_of_every_mail_with_words(lines: list[str]) -> None:
    body = "\n".join(lines)
    read = "".join(body[start:end] for start, end in visible_spans(body))
    assert any(c.isalnum() for c in read) == any(c.isalnum() for c in body)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("unit", ["--\n", "- - -\n\n", "gracias\n", "De: x\nPara: y\n>\n", "saludos\n--\n"])
def test_the_time_follows_the_number_of_lines(unit: str) -> None:
    # Looking at all lines before each rule of dashes would take minutes.
    visible_spans(unit * (100_000 // len(unit)))
