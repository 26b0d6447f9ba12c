"""Corrections, their statistics, the words they point at, and what is masked before anybody sees a text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.level import Level
from bot.domain.record import Decision
from bot.domain.ticket import TicketKey
from bot.policy.corrections import (
    Correction,
    correction_of,
    is_correction,
    proposals,
    rule_records,
    wilson,
    words_of,
)
from bot.policy.decision import PERSON
from bot.policy.masking import masked, masked_ticket
from bot.policy.word_families import Forms, families, prefix_of

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
KEY = TicketKey("acelera", 7)
RULED = Decision(Level.URGENTE, "urg-caido", ("urg-caido",), ("caído",), (), (), "v1")
BY_PERSON = replace(RULED, level=Level.NORMAL, decided_by=PERSON)
FIRST = Correction(KEY, "urg-caido", ("caído",), Level.URGENTE, Level.NORMAL, "v1", NOW)


@pytest.mark.parametrize(
    ("before", "after", "is_one"),
    [
        pytest.param(RULED, BY_PERSON, True, id="a person lowers it"),
        pytest.param(BY_PERSON, replace(BY_PERSON, level=Level.IMPORTANTE), True, id="and changes again"),
        pytest.param(BY_PERSON, BY_PERSON, False, id="nothing changes"),
        pytest.param(RULED, replace(RULED, level=Level.NORMAL), False, id="other rules decide"),
        pytest.param(None, BY_PERSON, False, id="what the rules had said is not known"),
    ],
)
def test_what_is_a_correction(before: Decision | None, after: Decision, is_one: bool) -> None:
    assert is_correction(before, after) is is_one


def test_a_correction_keeps_what_the_rules_had_said() -> None:
    assert correction_of(KEY, RULED, Level.NORMAL, None, NOW) == FIRST


def test_a_second_change_moves_the_correction_on() -> None:
    later = NOW + timedelta(hours=1)
    moved = correction_of(KEY, BY_PERSON, Level.PREFERENTE, FIRST, later)
    assert moved == replace(FIRST, after=Level.PREFERENTE, at=later)


def test_a_change_back_takes_the_correction_away() -> None:
    assert correction_of(KEY, BY_PERSON, Level.URGENTE, FIRST, NOW) is None


def test_a_persons_second_change_alone_blames_no_rule() -> None:
    assert correction_of(KEY, BY_PERSON, Level.PREFERENTE, None, NOW) is None


# Worked out by hand from Wilson's formula with z = 1.96; (10, 10) and (0, 10) are the textbook values.
@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    [(10, 10, 0.7225, 1.0), (0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (80, 100, 0.7112, 0.8666)],
)
def test_wilson(right: int, of: int, low: float, high: float) -> None:
    assert list(wilson(right, of)) == pytest.approx([low, high], abs=1e-4)


def test_nothing_seen_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def keys(first: int, count: int) -> list[TicketKey]:
    return [TicketKey("acelera", number) for number in range(first, first + count)]


def test_a_ticket_counts_once_a_rule_and_the_surely_worst_rule_comes_first() -> None:
    decided: dict[TicketKey, str | None] = dict.fromkeys(keys(1, 98), "good")
    decided |= dict.fromkeys(keys(201, 1), "unsure")
    corrected = [replace(FIRST, key=key, rule="good") for key in keys(97, 4)]
    corrected += [replace(FIRST, key=key, rule="bad", after=Level.IMPORTANTE) for key in keys(301, 8)]
    corrected += [replace(FIRST, key=key, rule="unsure") for key in keys(202, 1)]
    records = rule_records(decided, corrected)
    assert [(one.rule, one.decided, one.corrected) for one in records] == [
        ("bad", 8, 8),
        ("unsure", 2, 1),
        ("good", 100, 4),
    ]
    assert records[0].changes == ((Level.URGENTE, Level.IMPORTANTE, 8),)
    assert records[2].precision == pytest.approx(0.96)


def texts(*lines: str) -> list[frozenset[str]]:
    return [words_of("", line) for line in lines]


def test_words_that_set_corrected_tickets_apart_are_proposed() -> None:
    corrected = [
        (Level.URGENTE, words)
        for words in texts(*(f"el tablero está congelado para el cliente {n}" for n in "abcdefgh"))
    ]
    background = [
        (Level.NORMAL, words)
        for words in texts(*(f"el cliente consulta la lista {n}" for n in "abcdefghijkl"))
    ]
    found = proposals(corrected, background)
    assert {one.word for one in found} == {"tablero", "congelado", "esta", "para"}
    assert found[0].level is Level.URGENTE
    assert (found[0].tickets, found[0].of, found[0].elsewhere) == (8, 8, 0)


def test_a_word_of_one_ticket_is_never_proposed() -> None:
    corrected = [(Level.URGENTE, frozenset({"mamani"}))]
    background = [(Level.NORMAL, frozenset({"consulta"}))] * 50
    assert proposals(corrected, background) == []


def test_words_spread_evenly_are_not_proposed() -> None:
    even = [(level, frozenset({"sistema", "correo"})) for level in (Level.URGENTE, Level.NORMAL)] * 10
    assert proposals(even, []) == []


def test_words_to_show_leave_out_what_is_personal() -> None:
    body = (
        "Hola Rosa, soy Ana Quispe (ana.quispe@cliente.pe), DNI 45678912. El tablero falla.\n\nSaludos,\nAna"
    )
    shown = words_of("Consulta", body, "ana.quispe@cliente.pe")
    assert {"tablero", "falla", "consulta"} <= shown
    assert not {"rosa", "quispe", "cliente", "45678912"} & shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("escribe a ana.q+crm@cliente.com.pe ya", "escribe a [correo] ya"),
        ("ver https://crm.example/c/77?token=abc ahora", "ver [enlace] ahora"),
        ("mi celular 987 654 321, o (01) 445-6677", "mi celular [número], o [número]"),
        ("llámame al +51 987654321", "llámame al [número]"),
        ("RUC 20512345678 y DNI 45678912", "RUC [número] y DNI [número]"),
        ("el 23/11/2026 a las 10:30 por 1500 soles", "el 23/11/2026 a las 10:30 por 1500 soles"),
        ("vence el 2026-11-23 10:00", "vence el 2026-11-23 10:00"),
        ("Hola Rosa, no entra", "Hola [nombre], no entra"),
        ("Estimado Ing. Juan Carlos Pérez: buen día", "Estimado Ing. [nombre]: buen día"),
        ("Buenas tardes María del Pilar Ríos, consulto", "Buenas tardes [nombre], consulto"),
        ("la Srta. Quispe no tiene acceso", "la Srta. [nombre] no tiene acceso"),
        ("Me llamo Ana Huamán y no ingreso", "Me llamo [nombre] y no ingreso"),
        ("Hola, No podemos ingresar", "Hola, No podemos ingresar"),
        ("Buenos días. El CRM está caído", "Buenos días. El CRM está caído"),
        ("Gracias Equipo", "Gracias Equipo"),
    ],
)
def test_masking(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize("text", ["hola " * 20_000, "1 " * 50_000, "Hola Ana " * 10_000, "a@" * 30_000])
def test_masking_is_quick_on_hostile_text(text: str) -> None:
    masked(text)


def test_a_masked_ticket_ends_before_signature_and_history() -> None:
    body = (
        "Buenas tardes, el sistema no carga desde ayer y no podemos ver los pedidos.\n\n"
        "Atentamente,\n\nRosa Quispe\nJefa de Ventas\nCel. 987654321\n\n"
        "El lun, 16 nov 2026 a las 9:12, Mesa (<soporte@mesa.example>) escribió:\n> Hola Rosa"
    )
    subject, shown = masked_ticket("Re: Hola Juan", body)
    assert subject == "Re: Hola [nombre]"
    assert "no carga" in shown
    assert not {"Rosa", "Quispe", "Jefa", "987654321", "soporte"} & set(shown.split())


@pytest.mark.parametrize(
    ("words", "count"),
    [
        pytest.param("factura facturas facturar facturacion facturado", 1, id="one family"),
        pytest.param("caido caida caidos caidas", 1, id="inflection"),
        pytest.param("urgente urgentes urgencia urgentemente", 1, id="alike stems"),
        pytest.param("importar importacion importado importante importantes", 2, id="importar, importante"),
        pytest.param("plan planes planilla plantilla", 3, id="plan, planilla, plantilla"),
        pytest.param("correcto correccion corregir corregido correo correos", 2, id="corr"),
        pytest.param("duplicado duplicada duplicidad duplicar", 1, id="duplicar"),
        pytest.param("licencia licencias licenciamiento", 1, id="licencia"),
        pytest.param("acceso accesos acceder acceden accesorio", 2, id="acceso, accesorio"),
    ],
)
def test_families(words: str, count: int) -> None:
    found = families(words.split())
    assert len(found) == count, found
    assert sorted(word for family in found for word in family) == sorted(words.split())


def test_forms_count_words_and_show_one_place() -> None:
    forms = Forms(prefix_of("Factur*"))
    forms.add("Factura", "Pido la FACTURA de octubre, y facturación a nombre de ana@cliente.pe")
    forms.add("", "otra factura")
    assert [(one.word, one.times, one.texts) for one in forms.words()] == [
        ("factura", 3, 2),
        ("facturacion", 1, 1),
    ]
    assert "ana@" not in forms.words()[1].context
    assert forms.families() == [("factura", "facturacion")]


@pytest.mark.parametrize("prefix", ["", "*", "cae*", "dos palabras*", "a@b*", "*factura"])
def test_a_prefix_that_rules_refuse_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError):
        prefix_of(prefix)
