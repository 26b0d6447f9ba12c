"""`due`: the dates of a level with their arithmetic."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import Run


def due(run: Run, rules: Path, *arguments: str) -> dict[str, Any]:
    result = run("due", "--rules", str(rules), "--json", *arguments)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_the_shape(run: Run, rules: Path) -> None:
    found = due(run, rules, "--level", "NORMAL", "--from", "2026-12-04T10:00-05:00")
    assert found.keys() == {"level", "portal", "from", "response", "resolution", "skipped", "text"}
    assert (found["level"], found["from"]) == ("NORMAL", "2026-12-04T10:00:00-05:00")
    assert found["response"] == {"target": "2026-12-11T16:45:00-05:00", "limit": "2026-12-15T10:00:00-05:00"}
    assert found["resolution"]["kind"] == "working"
    assert {"limit", "kind"} <= found["resolution"].keys()
    assert found["skipped"] == [
        {"date": "2026-12-05", "why": "fin de semana"},
        {"date": "2026-12-06", "why": "fin de semana"},
        {"date": "2026-12-08", "why": "Inmaculada Concepción"},
        {"date": "2026-12-09", "why": "Batalla de Ayacucho"},
        {"date": "2026-12-12", "why": "fin de semana"},
        {"date": "2026-12-13", "why": "fin de semana"},
    ]
    assert "Inmaculada Concepción" in found["text"]


LEVELS: list[Any] = [
    pytest.param(
        "URGENTE", "2026-11-24T04:00:00-05:00", "2026-11-24T10:00:00-05:00", "contract", id="urgente"
    ),
    pytest.param(
        "IMPORTANTE", "2026-11-24T10:00:00-05:00", "2026-11-25T10:00:00-05:00", "working", id="importante"
    ),
    pytest.param(
        "PREFERENTE", "2026-11-25T10:00:00-05:00", "2026-11-26T10:00:00-05:00", "working", id="preferente"
    ),
    pytest.param("NORMAL", "2026-11-26T16:45:00-05:00", "2026-11-30T10:00:00-05:00", "working", id="normal"),
]


@pytest.mark.parametrize(("level", "target", "limit", "kind"), LEVELS)
def test_levels(run: Run, rules: Path, level: str, target: str, limit: str, kind: str) -> None:
    found = due(run, rules, "--level", level, "--from", "2026-11-23T10:00-05:00")
    assert found["response"]["limit"] == limit
    assert found["resolution"]["kind"] == kind
    if level != "NORMAL":
        assert found["response"]["target"] == target


@pytest.mark.parametrize(
    "start",
    [
        "2026-11-23T10:00",
        "2026-11-23T10:00-05:00",
        "2026-11-23T15:00Z",
        "2026-11-23T16:00+01:00",
        "20261123T100000",
    ],
)
def test_the_same_moment_in_any_spelling(run: Run, rules: Path, start: str) -> None:
    found = due(run, rules, "--level", "urgente", "--from", start)
    assert found["from"] == "2026-11-23T10:00:00-05:00"


def test_the_text_for_people(run: Run, rules: Path) -> None:
    result = run("due", "--rules", str(rules), "--level", "URGENTE", "--from", "2026-11-23T10:00")
    assert result.exit_code == 0
    assert "🔴 URGENTE" in result.stdout
    assert "límite por contrato" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--level", "ALTA", "--from", "2026-11-23"], id="no such level"),
        pytest.param(["--level", "NORMAL", "--from", "ayer"], id="no moment"),
        pytest.param(["--level", "NORMAL", "--from", "2026-13-01"], id="no such day"),
        pytest.param(["--level", "NORMAL", "--from", "9999-12-31T23:59"], id="the end of time"),
        pytest.param(["--level", "NORMAL"], id="no start"),
        pytest.param(["--from", "2026-11-23"], id="no level"),
    ],
)
def test_bad_arguments_are_told_without_a_traceback(run: Run, rules: Path, arguments: list[str]) -> None:
    result = run("due", "--rules", str(rules), *arguments)
    assert result.exit_code in {1, 2}
    assert isinstance(result.exception, SystemExit)
    assert "Error" in result.stderr
