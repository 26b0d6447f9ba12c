"""What a change of rules would have altered: outcomes of one ticket, and sums over many."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.level import Level
from bot.policy.backtest import DEFAULT_CREATED_AT, Outcome, Pair, PastTicket, pair_of, past_ticket
from bot.policy.due import due_clocks
from bot.policy.loader import load_sections
from bot.policy.sections import Sections
from bot.policy.tally import EXAMPLES, Tally, report
from bot.policy.text import read
from tests.policy.planner.desk import RULES, rules_folder, shipped

CALMER = RULES.replace("nivel: URGENTE", "nivel: IMPORTANTE")
HALVED = shipped("niveles").replace('limite: "24 h"', 'limite: "12 h"')
CREATED = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@contextmanager
def sections(**changed: str) -> Iterator[Sections]:
    with rules_folder(**changed) as folder:
        found, problems = load_sections(folder)
    assert found is not None, problems
    yield found


def pair(**changed: str) -> Pair:
    with sections() as base, sections(**changed) as candidate:
        return pair_of(base, candidate)


def ticket(body: str = "Está caído", **more: Any) -> PastTicket:
    return PastTicket(id=1, subject="Consulta", body=body, **more)


def reported(rules: Pair, *tickets: PastTicket) -> dict[str, Any]:
    tally = Tally()
    for one in tickets:
        tally.add(one, *rules.outcomes(one))
    return report(tally, rules, 0)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("[]", "expected a JSON object"),
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"id": true}', "id must be"),
        ('{"id": {}}', "id must be"),
        ('{"body": 7}', "body must be text"),
        ('{"created_at": "ayer"}', "created_at must be ISO 8601"),
        ('{"created_at": "2026-03-02T10:00"}', "with its offset"),
        ('{"created_at": "9999-12-31T23:59:59-05:00"}', "created_at must be"),
        ('{"company": true}', "company must be"),
        ('{"source": []}', "source must be"),
        ('{"level": "ALTO"}', "level must be one of URGENTE"),
        ('{"level": []}', "level must be one of URGENTE"),
    ],
)
def test_a_line_of_no_use_is_refused_with_a_reason(data: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        past_ticket(data.encode())


def test_a_reason_never_quotes_what_the_line_says() -> None:
    with pytest.raises(ValueError) as refused:
        past_ticket(b'{"body": "Rosa Quispe", "created_at": "Rosa Quispe"}')
    assert "Rosa" not in str(refused.value)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(ValueError, match="not JSON"):
        past_ticket(b'{"body": "\xff\xfe\xfa"}')


def test_a_line_may_say_little_or_much() -> None:
    assert past_ticket(b'{"body": "hola"}') == PastTicket(None, "", "hola")
    full = {
        "id": "a-1",
        "subject": "s",
        "body": "b",
        "portal": "mda",
        "company": 9,
        "type": "Incidente",
        "source": 1,
        "created_at": "2026-11-23T10:00-05:00",
        "level": "URGENTE",
    }
    read = past_ticket(json.dumps(full).encode())
    assert (read.company, read.source, read.created_at, read.label) == ("9", "correo", CREATED, Level.URGENTE)


def test_dues_are_those_of_the_clocks() -> None:
    rules = pair()
    before, _ = rules.outcomes(ticket("Gracias", created_at=CREATED))
    assert before.dues is not None
    assert rules.base.policy is not None
    policy = rules.base.policy
    response, resolution = due_clocks(policy.levels.NORMAL, policy.calendar("mda"), CREATED)
    assert before.dues.response == (response.target, response.limit)
    assert before.dues.resolution == (resolution.target, resolution.limit)


def test_a_ticket_without_a_date_counts_as_issued_at_the_documented_moment() -> None:
    rules = pair()
    undated, _ = rules.outcomes(ticket(answered_at=CREATED))
    dated, _ = rules.outcomes(ticket(created_at=DEFAULT_CREATED_AT))
    assert undated.dues is not None
    assert dated.dues is not None
    assert undated.dues.response == dated.dues.response
    assert undated.dues.response_late is None, "an answer is not measured from an invented moment"


@pytest.mark.parametrize(
    ("answered", "resolved", "late"),
    [
        pytest.param(None, None, (None, None), id="nothing is known"),
        pytest.param(24, None, (False, None), id="answered at the very limit"),
        pytest.param(24.01, None, (True, None), id="answered after it"),
        pytest.param(1, 1 + 168, (False, False), id="resolved seven days after the answer"),
        pytest.param(1, 1.01 + 168, (False, True), id="and a little later"),
        pytest.param(None, 30, (True, False), id="closed unanswered, a day and more after"),
        pytest.param(50, 30, (True, False), id="closed before it was answered"),
    ],
)
def test_breaches(
    answered: float | None, resolved: float | None, late: tuple[bool | None, bool | None]
) -> None:
    moments = [None if hours is None else CREATED + timedelta(hours=hours) for hours in (answered, resolved)]
    one = ticket(created_at=CREATED, answered_at=moments[0], resolved_at=moments[1])
    before, _ = pair().outcomes(one)
    assert before.dues is not None
    assert (before.dues.response_late, before.dues.resolution_late) == late


def test_a_level_that_falls_moves_dates_and_takes_a_breach_away() -> None:
    late = ticket(created_at=CREATED, answered_at=CREATED + timedelta(hours=30))
    data = reported(pair(clasificacion=CALMER), late, ticket("Gracias"), ticket("Pido la factura"))
    assert data["levels"]["matrix"]["URGENTE"] == {
        "URGENTE": 0,
        "IMPORTANTE": 1,
        "PREFERENTE": 0,
        "NORMAL": 0,
    }
    assert (data["levels"]["changed"], data["levels"]["raised"], data["levels"]["lowered"]) == (1, 0, 1)
    assert data["moves"] == [
        {
            "from": "URGENTE",
            "to": "IMPORTANTE",
            "rule_before": "urg-caido",
            "rule_after": "urg-caido",
            "tickets": 1,
            "examples": [1],
        }
    ]
    assert data["due"]["response"] == {"unchanged": 2, "only_target": 0, "earlier": 0, "later": 1}
    assert data["due"]["undated"] == 2
    assert data["breaches"]["response"] == {"known": 1, "before": 1, "after": 0, "arise": 0, "go_away": 1}


def test_a_shorter_promise_moves_dates_although_no_level_changes() -> None:
    late = ticket(created_at=CREATED, answered_at=CREATED + timedelta(hours=13))
    data = reported(pair(niveles=HALVED), late)
    assert data["levels"]["changed"] == 0
    assert data["due"]["response"]["earlier"] == 1
    assert data["breaches"]["response"]["arise"] == 1


def test_an_earlier_warning_alone_is_told_apart() -> None:
    warned = shipped("niveles").replace(
        'objetivo: "75 %", limite: "24 h"', 'objetivo: "50 %", limite: "24 h"'
    )
    assert reported(pair(niveles=warned), ticket())["due"]["response"]["only_target"] == 1


def test_another_calendar_moves_only_what_counts_business_days() -> None:
    friday = '    viernes: ["09:00-18:00"]'
    saturdays = shipped("calendario").replace(friday, f"{friday}\n{friday.replace('viernes', 'sabado')}")
    data = reported(pair(calendario=saturdays), ticket("Gracias"), ticket())
    assert data["due"]["response"] == {"unchanged": 1, "only_target": 0, "earlier": 1, "later": 0}


def test_rules_that_take_over_each_others_tickets_are_named() -> None:
    renamed = RULES.replace("id: imp-factura", "id: imp-facturas")
    data = reported(pair(clasificacion=renamed), ticket("Pido la factura"))
    assert data["levels"]["changed"] == 0
    assert data["rules"] == [
        {"rule": "imp-factura", "before": 1, "after": 0, "gained": 0, "lost": 1},
        {"rule": "imp-facturas", "before": 0, "after": 1, "gained": 1, "lost": 0},
    ]


def test_other_weights_alone_change_levels() -> None:
    card = 'balanza: {titulo: "sus palabras", dueno: mesa, motivo: "De tickets viejos.", voto_de_reglas: 1}'
    weights = f'version: 1\n{card}\npesos: {{NORMAL: {{puntos: {{"3": "gracias, totales"}}}}}}\n'
    with sections(balanza=weights) as base, sections(balanza=weights.replace("NORMAL", "URGENTE")) as later:
        before, after = pair_of(base, later).outcomes(ticket("Gracias totales"))
    assert (before.level, after.level) == (Level.NORMAL, Level.URGENTE)


def test_flags_are_counted_both_ways() -> None:
    swapped = RULES.replace("pagare tarde", "pagare pronto")
    texts = ("Pagaré tarde", "Pagaré pronto", "Pagaré pronto, sí")
    data = reported(pair(clasificacion=swapped), *(ticket(text) for text in texts))
    assert data["flags"]["aviso_de_pago"]["gained"] == 2
    assert data["flags"]["aviso_de_pago"]["lost"] == 1


def test_labels_give_accuracy_on_both_sides() -> None:
    rules = pair(clasificacion=CALMER)
    labelled = [
        ticket(label=Level.URGENTE),
        ticket(label=Level.IMPORTANTE),
        ticket("Gracias", label=Level.NORMAL),
        ticket("Gracias"),
    ]
    accuracy = reported(rules, *labelled)["accuracy"]
    assert (accuracy["labelled"], accuracy["right_before"], accuracy["right_after"]) == (3, 2, 2)
    assert (accuracy["mended"], accuracy["broken"]) == (1, 1)
    assert accuracy["levels"]["URGENTE"] == {"labelled": 1, "right_before": 1, "right_after": 0}
    assert reported(rules, ticket())["accuracy"] is None


def test_a_folder_of_rules_alone_compares_levels_only() -> None:
    with sections() as base:
        alone = Sections({"reglas": base["reglas"][1:]}, {"a.yaml": b""}, {})
        rules = pair_of(base, alone)
    data = reported(rules, ticket())
    assert data["levels"]["lowered"] == 1
    assert data["due"] is None
    assert data["breaches"] is None


def test_tallies_of_parts_add_up_to_the_tally_of_the_whole() -> None:
    rules = pair(clasificacion=CALMER)
    texts = ("Está caído", "Gracias", "Pido la factura", "Pagaré tarde", "Se cayó")
    tickets = [
        PastTicket(n, "", texts[n % 5], label=Level.URGENTE if n % 3 else None, created_at=CREATED)
        for n in range(20)
    ]
    whole, summed = Tally(), Tally()
    for one in tickets:
        whole.add(one, *rules.outcomes(one))
    for start in range(0, 20, 7):
        part = Tally()
        for one in tickets[start : start + 7]:
            part.add(one, *rules.outcomes(one))
        summed.merge(part)
    assert json.dumps(report(summed, rules, 0)) == json.dumps(report(whole, rules, 0))
    assert report(whole, rules, 0)["moves"][0]["examples"] == [0, 5, 10][:EXAMPLES]


@pytest.mark.parametrize("changed", [{}, {"niveles": HALVED}, {"clasificacion": CALMER}])
def test_what_is_worked_out_once_is_what_would_be_worked_out_twice(changed: dict[str, str]) -> None:
    quick = pair(**changed)
    slow = Pair(quick.base, quick.candidate)

    def outcomes(rules: Pair) -> list[tuple[Outcome, Outcome]]:
        return [rules.outcomes(ticket(text)) for text in ("Está caído", "Gracias", "Pido la factura")]

    assert outcomes(quick) == outcomes(slow)


NEW_RULE = """  - {id: pre-vista, titulo: Pide una vista, dueno: mesa, estado: activa, nivel: PREFERENTE,
     cuando: CUANDO, ejemplos: {coincide: [una vista, la vista duplicidad], no_coincide: [gracias, hola]}}
"""
CHANGED_RULES = {
    "a level": CALMER,
    "no rule but one": RULES[: RULES.index("  - {id: imp-factura")],
    "a rule that was retired": RULES.replace(
        "factura, dueno: mesa, estado: activa", "factura, dueno: mesa, estado: retirada"
    ),
    "one word more": RULES.replace('cuando: "factura"', "cuando: {palabras: [factura, boleta]}"),
    "a word that was a slip for another": RULES + NEW_RULE.replace("CUANDO", '"duplicidad"'),
    "a rule woken by any question": RULES + NEW_RULE.replace("CUANDO", "{pregunta: true}"),
}
BODIES = (
    "Está caído",
    "Pido la factura",
    "Pido la boleta, por favor",
    "Hay registros duplicdos",
    "Hay una duplicidad",
    "Una duplicada y una duplicidad",
    "¿Me ayudan?",
    "Muchas gracias",
    "Un desarrollo a medida y la factura",
    "",
)


@pytest.mark.parametrize("changed", CHANGED_RULES.values(), ids=CHANGED_RULES)
@pytest.mark.parametrize("body", BODIES)
def test_either_side_says_what_it_says_alone(changed: str, body: str) -> None:
    rules = pair(clasificacion=changed)
    for side, outcome in zip((rules.base, rules.candidate), rules.outcomes(ticket(body)), strict=True):
        alone = side.classifier.classify("Consulta", body, on=DEFAULT_CREATED_AT.date())
        assert (outcome.level, outcome.decided_by, outcome.flags) == (
            alone.level,
            alone.decided_by,
            alone.flags,
        )


def test_what_no_changed_rule_looks_for_is_classified_once() -> None:
    difference = pair(clasificacion=CALMER).difference
    assert difference is not None
    touched = {body for body in BODIES if difference.touches(read("Consulta", body))}
    assert touched == {"Está caído"}


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"listas": "version: 1\nvocabulario: {caidas: [caido, tumbado]}"}, id="a list"),
        pytest.param({"lectura": "version: 1\nlectura: {abreviaturas: [atte]}"}, id="an aid to reading"),
    ],
)
def test_beyond_the_rules_every_ticket_is_classified_twice(changed: dict[str, str]) -> None:
    assert pair(**changed).difference is None
