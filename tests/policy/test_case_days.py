"""Do the clock cases stay true when the desk takes a day off, unless a case asks for its own days?"""

from __future__ import annotations

from datetime import date

import pytest

from bot.policy.calendar_edit import OwnDayText, with_day
from bot.policy.checking import failing_cases
from bot.policy.loader import sections_of
from bot.policy.model import policy_of
from bot.policy.problems import Problem
from tests.rule_files import folder_with

CASE = """version: 1
casos:
  - nombre: cinco días útiles desde un lunes
    ahora: "2026-11-23T10:00-05:00"
    {flag}
    ticket: {{cuerpo: Una consulta.}}
    esperado: {{responder_hasta: "2026-11-30T10:00-05:00"}}
"""
FRIDAY = OwnDayText(date(2026, 11, 27), "Inventario")


def problems(tmp_path_factory: pytest.TempPathFactory, flag: str) -> list[Problem]:
    folder = folder_with(tmp_path_factory.mktemp("reglas") / "rules", "uno")
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.yaml")}
    files["calendario.yaml"] = with_day("calendario.yaml", files["calendario.yaml"], "predeterminado", FRIDAY)
    files = {name: raw for name, raw in files.items() if b"\ncasos:" not in raw}
    files["caso.yaml"] = CASE.format(flag=flag).encode()
    sections, found = sections_of(files)
    assert sections is not None, found
    return list(failing_cases(sections, policy_of(sections)))


def test_a_day_off_makes_no_case_wrong(tmp_path_factory: pytest.TempPathFactory) -> None:
    assert problems(tmp_path_factory, "") == []


def test_a_case_may_ask_for_the_days_of_the_desk(tmp_path_factory: pytest.TempPathFactory) -> None:
    (problem,) = problems(tmp_path_factory, "dias_propios: true")
    assert "se esperaba 2026-11-30T10:00-05:00 y salió 2026-12-01T10:00-05:00" in problem.message
