"""How is a ticket cut into words, sentences, clauses and questions?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.reading_aids import ABBREVIATIONS, CONNECTIVES
from bot.policy.text import MAX_CHARACTERS, Reading, read
from bot.policy.verdict import TicketField


def _read(body: str, subject: str = "") -> Reading:
    return read(subject, body, ABBREVIATIONS, CONNECTIVES)


def _grouped(reading: Reading, numbers: list[int]) -> list[str]:
    groups: dict[int, list[str]] = {}
    for word, number in zip(reading.words, numbers, strict=True):
        groups.setdefault(number, []).append(word)
    return [" ".join(words) for words in groups.values()]


SENTENCES = {
    "period": ("No abre. Ayuda.", ["no abre", "ayuda"]),
    "no space after it": ("No abre.Ayuda", ["no abre", "ayuda"]),
    "small letter after it": ("no abre. ayuda", ["no abre", "ayuda"]),
    "exclamation": ("No abre! ayuda", ["no abre", "ayuda"]),
    "question": ("¿Abre? ayuda", ["abre", "ayuda"]),
    "title": ("Hable con el Sr. Paz hoy", ["hable con el sr paz hoy"]),
    "usted": ("Espero que ud. pueda", ["espero que ud pueda"]),
    "initial": ("el usuario J. Paredes no entra", ["el usuario j paredes no entra"]),
    "company": ("Textiles Norte S.A.C. no entra", ["textiles norte s a c no entra"]),
    "time of day": ("desde las 8:30 a.m. no entra", ["desde las 8:30 a m no entra"]),
    "amount": ("son S/ 1,200.50 soles", ["son s 1,200.50 soles"]),
    "dots, going on": ("no abre... ayuda", ["no abre ayuda"]),
    "dots, anew": ("no abre... Ayuda", ["no abre", "ayuda"]),
    "line end": ("No abre\nAyuda", ["no abre", "ayuda"]),
    "short line, small letter": ("no abre\nayuda", ["no abre", "ayuda"]),
    "wrapped line": (
        "Desde las ocho de la mañana de hoy martes el sistema ya\nno abre para nadie",
        ["desde las ocho de la manana de hoy martes el sistema ya\nno abre para nadie".replace("\n", " ")],
    ),
    "blank line": (
        "Desde las ocho de la mañana de hoy martes el sistema ya\n\nno abre para nadie",
        ["desde las ocho de la manana de hoy martes el sistema ya", "no abre para nadie"],
    ),
    "list": ("- no abre\n- no carga", ["no abre", "no carga"]),
    "windows line ends": ("No abre\r\nAyuda", ["no abre", "ayuda"]),
}


@pytest.mark.parametrize(("body", "sentences"), SENTENCES.values(), ids=SENTENCES)
def test_sentences(body: str, sentences: list[str]) -> None:
    reading = _read(body)
    assert _grouped(reading, reading.sentences) == sentences


CLAUSES = {
    "comma": ("hoy cayó, ya volvió", ["hoy cayo", "ya volvio"]),
    "amount": ("son 1,200 soles", ["son 1,200 soles"]),
    "connective": ("cayó pero ya volvió", ["cayo", "pero ya volvio"]),
    "brackets": ("cayó (ayer) hoy no", ["cayo", "ayer", "hoy no"]),
    "dash": ("cayó - ayuda", ["cayo", "ayuda"]),
    "hyphen": ("un e-mail", ["un e mail"]),
    "opening question": ("cayó ¿ayuda?", ["cayo", "ayuda"]),
    "emoji": ("cayó 😭 ayuda", ["cayo", "ayuda"]),
    "colon": ("ojo: cayó", ["ojo", "cayo"]),
}


@pytest.mark.parametrize(("body", "clauses"), CLAUSES.values(), ids=CLAUSES)
def test_clauses(body: str, clauses: list[str]) -> None:
    reading = _read(body)
    assert _grouped(reading, reading.clauses) == clauses


QUESTIONS = {
    "whole": ("¿Está caído?", ["Está caído"]),
    "after a comma": ("No abre, ¿está caído?", ["está caído"]),
    "without its opening": ("Hola. Está caído? Gracias", ["Está caído"]),
    "two": ("¿Uno? ¿Dos?", ["Uno", "Dos"]),
    "none": ("Está caído.", []),
    "only the sign": ("???", []),
}


@pytest.mark.parametrize(("body", "questions"), QUESTIONS.values(), ids=QUESTIONS)
def test_questions(body: str, questions: list[str]) -> None:
    reading = _read(body)
    assert [reading.slice(first, end)[2] for first, end in reading.questions] == questions


def test_subject_and_body_are_apart() -> None:
    reading = _read("no abre", "RE: [#123] CRM caído")
    assert reading.words == ["crm", "caido", "no", "abre"]
    assert reading.sentences == [0, 0, 1, 1]
    assert [reading.field_of(n) for n in (1, 2)] == [TicketField.SUBJECT, TicketField.BODY]
    assert reading.slice(0, 2) == (11, 20, "CRM caído")


def test_a_subject_of_prefixes_is_read_whole() -> None:
    assert _read("", "RE: RV:").words == ["re", "rv"]


def test_the_rest_of_a_huge_mail_is_not_read() -> None:
    assert len(_read("ya " * MAX_CHARACTERS).words) == MAX_CHARACTERS // 3 + 1


@given(st.text(), st.text())
def test_words_are_slices_of_the_original(subject: str, body: str) -> None:
    reading = _read(body, subject)
    lists = (reading.starts, reading.ends, reading.breaks, reading.clauses, reading.sentences)
    assert {len(one) for one in lists} == {len(reading.words)}
    for word in range(len(reading.words)):
        start, end, text = reading.slice(word, word + 1)
        assert start < end
        assert text.strip() == text != ""
    assert reading.sentences == sorted(reading.sentences)
    assert reading.clauses == sorted(reading.clauses)
