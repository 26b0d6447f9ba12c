"""`check` and `classify`: what ops and other programs rely on."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.policy.planner.desk import RULES, rules_folder

from .conftest import Run


def test_check_of_a_good_folder(run: Run, rules: Path) -> None:
    result = run("check", str(rules))
    assert (result.exit_code, result.stdout) == (0, f"{rules}: todo en orden\n")


def test_check_of_the_folder_at_hand(run: Run, rules: Path, tmp_path: Path) -> None:
    (tmp_path / "rules").symlink_to(rules)
    assert run("check").exit_code == 0


def edited(old: str, new: str) -> str:
    assert old in RULES
    return RULES.replace(old, new, 1)


BAD: list[Any] = [
    pytest.param({"clasificacion": edited("nivel: URGENTE", "nivel: URJENTE")}, "URGENTE", id="typo"),
    pytest.param({"clasificacion": edited("dueno: mesa", "duenno: mesa")}, "dueno", id="unknown key"),
    pytest.param({"clasificacion": "version: 1\nreglas: [\n"}, "", id="broken yaml"),
    pytest.param({"clasificacion": edited("[está caído, ", "[gracias por todo, ")}, "gracias", id="example"),
    pytest.param({"niveles": "version: 1\nniveles: {}\n"}, "URGENTE", id="levels missing"),
    pytest.param({"otra": "version: 1\ncolores: {}\n"}, "colores", id="unknown section"),
    pytest.param(
        {"casos": "version: 1\ncasos:\n  - nombre: mal\n    ahora: '2026-11-23T10:00-05:00'\n"
                  "    ticket: {cuerpo: Está caído}\n    esperado: {nivel: NORMAL}\n"},
        "se esperaba nivel NORMAL y salió URGENTE", id="clock case",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("files", "said"), BAD)
def test_check_prints_every_problem_with_its_place(run: Run, files: dict[str, str], said: str) -> None:
    with rules_folder(**files) as folder:
        result = run("check", str(folder))
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines
    for line in lines:
        assert re.match(rf"{next(iter(files))}\.yaml:[1-9]\d*: \S", line), line
    assert said in result.stdout


def test_check_lists_the_problems_of_all_files_at_once(run: Run) -> None:
    wrong = {name: f"version: 1\n{name}x: 1\n" for name in ("uno", "dos", "tres")}
    with rules_folder(**wrong) as folder:
        result = run("check", str(folder))
    assert {line.split(":")[0] for line in result.stdout.splitlines()} == {
        "uno.yaml",
        "dos.yaml",
        "tres.yaml",
    }


def test_check_of_no_folder(run: Run) -> None:
    assert run("check", "no-existe").exit_code == 2


def classify(run: Run, rules: Path, *lines: bytes | str) -> tuple[int, list[dict[str, Any]]]:
    stdin = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    result = run("classify", "--rules", str(rules), stdin=stdin)
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def row(number: object, body: str, subject: str = "Consulta") -> str:
    return json.dumps({"id": number, "subject": subject, "body": body}, ensure_ascii=False)


def test_one_line_out_for_one_in_in_order(run: Run, rules: Path) -> None:
    bodies = ["Está caído", "La factura", "Duplicados", "Gracias"] * 25
    code, found = classify(run, rules, *(row(number, body) for number, body in enumerate(bodies)))
    assert code == 0
    assert [line["id"] for line in found] == list(range(100))
    assert [line["level"] for line in found] == ["URGENTE", "IMPORTANTE", "PREFERENTE", "NORMAL"] * 25


def test_the_shape_of_a_line(run: Run, rules: Path) -> None:
    _, (matched, not_matched) = classify(
        run, rules, row("a-1", "El CRM está caído, es un desarrollo a medida"), row(2, "Gracias")
    )
    assert {name: matched[name] for name in ("id", "level", "decided_by", "flags")} == {
        "id": "a-1", "level": "URGENTE", "decided_by": "urg-caido", "flags": ["fuera_de_alcance"],
    }  # fmt: skip
    assert matched["rules"] == ["urg-caido", "tema-desarrollo"]
    assert matched["evidence"][0] == {
        "rule": "urg-caido", "field": "body", "text": "caído", "start": 12, "end": 17,
    }  # fmt: skip
    assert not_matched.items() >= {"id": 2, "level": "NORMAL", "decided_by": None}.items()
    assert [not_matched[name] for name in ("rules", "evidence", "flags")] == [[], [], []]


FINE: list[Any] = [
    pytest.param(b'{"id":1}', id="no texts"),
    pytest.param(b'{"id":1,"subject":null,"body":null}', id="null texts"),
    pytest.param(b'{"subject":"hola"}', id="no id"),
    pytest.param(b'\xef\xbb\xbf{"id":1,"body":"hola"}', id="byte order mark"),
    pytest.param(b'{"id":1,"body":"hola"}\r', id="windows line end"),
    pytest.param(b'{"id":1,"body":"\\ud83d\\udd34 \\u0000 \\u202e"}', id="odd characters"),
    pytest.param(b'{"id":1,"body":"ca\\ud800\xc3\xaddo esta caido"}', id="half a surrogate in the body"),
    pytest.param(b'{"id":"\\ud800","body":"hola"}', id="half a surrogate in the id"),
    pytest.param(json.dumps({"id": 1, "body": "caído " * 200_000}).encode(), id="a megabyte"),
    pytest.param(json.dumps({"id": 1, "body": "<div>" * 100_000}).encode(), id="deep markup"),
    pytest.param(b'{"id":1,"body":"hola","body":"caido","otro":{"a":[1,2]}}', id="more keys"),
]


@pytest.mark.parametrize("line", FINE)
def test_odd_lines_that_are_classified(run: Run, rules: Path, line: bytes) -> None:
    code, found = classify(run, rules, line, row(2, "Está caído"))
    assert code == 0
    assert "level" in found[0]
    assert found[1]["level"] == "URGENTE"


WRONG: list[Any] = [
    pytest.param(b"hola", id="no json"),
    pytest.param(b'{"id":1,"body":"cortado', id="cut off"),
    pytest.param(b"[1,2]", id="a list"),
    pytest.param(b"null", id="null"),
    pytest.param(b"7", id="a number"),
    pytest.param(b'"caido"', id="a text"),
    pytest.param(b'{"id":1,"body":7}', id="a number as body"),
    pytest.param(b'{"id":1,"subject":["a"]}', id="a list as subject"),
    pytest.param(b'{"id":1,"body":"\xff\xfe"}', id="not utf-8"),
    pytest.param(b"[" * 200_000, id="very deep"),
    pytest.param(b'{"id":' + b"9" * 10_000 + b"}", id="a huge number"),
    pytest.param(b'{"id":NaN}', id="not a number"),
    pytest.param(b'{"id":1e999}', id="infinite"),
]


@pytest.mark.parametrize("line", WRONG)
def test_a_bad_line_is_told_and_stops_nothing(run: Run, rules: Path, line: bytes) -> None:
    code, found = classify(run, rules, row(1, "Está caído"), line, row(3, "Gracias"))
    assert code == 1
    assert [one["id"] for one in found] == [1, None, 3]
    assert found[1].keys() == {"id", "line", "error"}
    assert found[1]["line"] == 2
    assert found[1]["error"]


def test_blank_lines_count_but_say_nothing(run: Run, rules: Path) -> None:
    code, found = classify(run, rules, "", row(1, "Gracias"), "   ", "mal", "")
    assert code == 1
    assert [(one["id"], one.get("line")) for one in found] == [(1, None), (None, 4)]


def test_nothing_in_nothing_out(run: Run, rules: Path) -> None:
    assert classify(run, rules, "") == (0, [])


def test_bad_rules_are_told_on_stderr(run: Run) -> None:
    with rules_folder(clasificacion="version: 1\nreglas: 7\n") as folder:
        result = run("classify", "--rules", str(folder), stdin=row(1, "Gracias"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "clasificacion.yaml:2:" in result.stderr


def test_as_a_program_in_a_pipe(rules: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "classify", "--rules", str(rules), "--progress"],
        input="\n".join(row(n, "¡Está caído! 🔴") for n in range(1001)).encode(),
        capture_output=True, timeout=60, check=True, env={"PATH": "", "LC_ALL": "C"},
    )  # fmt: skip
    found = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]
    assert [one["id"] for one in found] == list(range(1001))
    assert "1000 tickets" in done.stderr.decode()
