"""Do examples that fail refuse a folder, and say why?"""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.policy.examples import Report, report_on
from tests.policy.rules.rulebook import RULE

SECOND = """
  - id: r-dos
    titulo: Regla dos
    dueno: mesa
    estado: activa
    nivel: IMPORTANTE
    cuando: lento
    ejemplos:
      coincide: ["anda lento", "{example}"]
      no_coincide: ["hola", "gracias"]
"""
FILTER = """
filtros:
  - id: f-uno
    dueno: mesa
    motivo: porque ya se resolvió
    permanente: true
    suprime: {{niveles: [URGENTE]}}
    alcance: frase
    cuando: ya volvio
    ejemplos:
      coincide: ["{example}"]
      no_coincide: ["{other}"]
"""
FILTER_OF_TODO = FILTER.format(example="ya volvió", other="no").replace("ya volvio\n", "(todo|ya volvio)\n")


def _report(tmp_path: Path, text: str) -> Report:
    (tmp_path / "a.yaml").write_text(text)
    return report_on(tmp_path)


def test_examples_that_hold(tmp_path: Path) -> None:
    assert _report(tmp_path, RULE) == Report(())


FAILING = {
    "missed": (
        ("todo caído", "todo lento"),
        "a.yaml:10: r-uno: no coincide con su ejemplo «todo lento»",
    ),
    "false alarm": (
        ('"gracias"', '"algo caído aquí"'),
        "a.yaml:11: r-uno: coincide con «algo caído aquí», y no debe: por «caído», que busca como «caido»",
    ),
    "struck by its own exception": (
        ("cuando: caido", "cuando: caido\n    salvo: [{frase: todo, motivo: es por probar}]"),
        "a.yaml:11: r-uno: no coincide con su ejemplo «todo caído» (la desmiente su salvo «es por probar»)",
    ),
    "struck by a filter": (
        ("reglas:", FILTER_OF_TODO + "reglas:"),
        "a.yaml:22: r-uno: no coincide con su ejemplo «todo caído» (la desmiente el filtro «f-uno»)",
    ),
}


@pytest.mark.parametrize(("change", "message"), FAILING.values(), ids=FAILING)
def test_a_failing_example_is_a_problem(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    text = RULE.replace("no_coincide", "NO").replace(*change, 1).replace("NO", "no_coincide")
    assert [str(problem) for problem in _report(tmp_path, text).problems] == [message]


def test_a_scene_tries_subject_and_circumstances(tmp_path: Path) -> None:
    scenes = "[{asunto: caído, portal: mda}, {asunto: caído, cuerpo: hola, portal: mda}]"
    text = RULE.replace('["está caído", "todo caído"]', scenes)
    text = text.replace("    cuando", "    ambito: {portal: mda}\n    cuando").replace('"hola"', "caído")
    assert _report(tmp_path, text).problems == ()


@pytest.mark.parametrize("state", ["borrador", "retirada"])
def test_examples_of_rules_out_of_use_are_not_tried(tmp_path: Path, state: str) -> None:
    assert _report(tmp_path, RULE.replace("activa", state).replace("todo caído", "nada")).problems == ()


def test_examples_of_shadow_and_paused_rules_are_tried(tmp_path: Path) -> None:
    wrong = RULE.replace("todo caído", "nada")
    paused = wrong.replace("    cuando", "    pausada: {motivo: campaña, hasta: 2030-01-01}\n    cuando")
    assert len(_report(tmp_path, wrong.replace("activa", "sombra")).problems) == 1
    assert len(_report(tmp_path, paused).problems) == 1


def test_filter_examples_are_tried(tmp_path: Path) -> None:
    report = _report(tmp_path, RULE + FILTER.format(example="nada", other="ya volvió"))
    assert [str(problem) for problem in report.problems] == [
        "a.yaml:22: f-uno: el filtro no coincide con su ejemplo «nada»",
        "a.yaml:23: f-uno: el filtro coincide, y no debe, con su ejemplo «ya volvió»",
    ]


def test_an_example_upset_by_another_rule_is_a_warning(tmp_path: Path) -> None:
    report = _report(tmp_path, RULE.rstrip() + SECOND.format(example="lento y caído"))
    assert report.problems == ()
    assert [str(warning) for warning in report.warnings] == [
        "a.yaml:19: r-dos: su ejemplo «lento y caído» termina en URGENTE por la regla r-uno"
    ]


def test_a_known_miss_that_no_longer_misses_is_a_warning(tmp_path: Path) -> None:
    text = RULE.rstrip() + '\n      pendiente_coincide: ["se murió", "ya está caído"]\n'
    report = _report(tmp_path, text)
    assert [str(warning) for warning in report.warnings] == [
        "a.yaml:12: r-uno: ya coincide con «ya está caído»: pásalo a «coincide»"
    ]


def test_a_folder_that_does_not_load_is_not_tried(tmp_path: Path) -> None:
    report = _report(tmp_path, RULE.replace("URGENTE", "X").replace("todo caído", "nada"))
    assert len(report.problems) == 1
    assert "«nivel»" in report.problems[0].message
