"""`backtest`, `formas` and `tickets export`, as people and programs call them."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from redis import Redis

from bot.cli import backtest as command
from bot.cli.export_file import ExportError, ExportFile, Origin
from bot.engine.fetch import PAUSE_AFTER_429, Pace, updated_since
from bot.freshdesk.api import FreshdeskApi, TicketRow
from bot.freshdesk.errors import RateLimited
from bot.store.budget import Budget, Priority, Spent
from tests.cli.conftest import Run
from tests.policy.planner.desk import RULES, rules_folder
from tests.world import MONDAY, MovableClock, World

CALMER = RULES.replace("nivel: URGENTE", "nivel: IMPORTANTE")
TEXTS = ("Está caído", "Gracias", "Pido la factura", "Hay duplicados")


@pytest.fixture(scope="module")
def calmer() -> Iterator[Path]:
    with rules_folder(clasificacion=CALMER) as folder:
        yield folder


@pytest.fixture
def tickets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "tickets.jsonl"
    rows = [{"id": n, "subject": "Consulta", "body": TEXTS[n % 4], "level": "NORMAL"} for n in range(43)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    monkeypatch.setattr(command, "CHUNK", 10)
    return path


@pytest.fixture
def arguments(tickets: Path, rules: Path, calmer: Path) -> tuple[str, ...]:
    return ("backtest", "--tickets", str(tickets), "--base", str(rules), "--candidate", str(calmer))


def test_backtest_says_what_would_change(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert (data["tickets"], data["unusable_lines"]) == (43, 0)
    assert data["levels"]["changed"] == data["levels"]["lowered"] == 11
    assert data["moves"][0]["examples"] == [0, 4, 8]
    assert data["accuracy"]["right_before"] == 11


def test_the_same_input_gives_the_same_bytes_without_paths(run: Run, arguments: tuple[str, ...]) -> None:
    for extra in ((), ("--json",)):
        first, again = run(*arguments, *extra), run(*arguments, *extra)
        assert first.stdout == again.stdout
        assert "/" not in first.stdout
    assert "URGENTE" in run(*arguments).stdout


def test_more_processes_give_the_same_bytes(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments, "--json").stdout == run(*arguments, "--json", "--jobs", "2").stdout


def test_bad_lines_are_named_counted_and_end_in_1(run: Run, tickets: Path, rules: Path, calmer: Path) -> None:
    tickets.write_bytes(b'{"body": "Gracias"}\n\n{"body": 7}\nno\n{"body": "Gracias"}\n')
    result = run(
        "backtest", "--tickets", str(tickets), "--base", str(rules), "--candidate", str(calmer), "--json"
    )
    assert result.exit_code == 1
    assert json.loads(result.stdout)["tickets"] == 2
    assert json.loads(result.stdout)["unusable_lines"] == 2
    assert "tickets.jsonl:3: body must be text" in result.stderr
    assert "tickets.jsonl:4: not JSON" in result.stderr


def test_a_line_beyond_all_measure_is_one_bad_line(
    run: Run, arguments: tuple[str, ...], tickets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "LONGEST_LINE", 100)
    body = json.dumps({"body": "a" * 1000})
    tickets.write_text(f'{body}\n{{"body": "Gracias"}}\n', encoding="utf-8")
    result = run(*arguments, "--json")
    assert json.loads(result.stdout)["tickets"] == 1
    assert "tickets.jsonl:1:" in result.stderr


def test_rules_that_cannot_be_used_are_named(run: Run, tickets: Path, rules: Path) -> None:
    with rules_folder(clasificacion="version: 1\nregla: []\n") as broken:
        result = run("backtest", "--tickets", str(tickets), "--base", str(rules), "--candidate", str(broken))
    assert result.exit_code == 1
    assert "clasificacion.yaml:2:" in result.stderr


def test_formas_shows_words_and_warns_of_families(run: Run, tickets: Path) -> None:
    rows = ["importar contactos", "es importante", "importación lista", "Importar de ana@cliente.pe"]
    tickets.write_text("".join(json.dumps({"body": row}) + "\n" for row in rows), encoding="utf-8")
    result = run("formas", "import*", "--tickets", str(tickets))
    assert result.exit_code == 0, result.output
    lines = [line.split()[:3] for line in result.stdout.splitlines()]
    assert lines[1] == ["importar", "2", "2"]
    assert "import* catches 2 families" in result.stdout
    assert "ana@" not in result.stdout


def test_formas_reads_the_rules_own_examples(run: Run, rules: Path) -> None:
    result = run("formas", "duplicad*", "--rules", str(rules))
    assert {"duplicados", "duplicadas"} <= set(result.stdout.split())
    assert "warning" not in result.stdout


@pytest.mark.parametrize("prefix", ["ca*", "dos palabras*"])
def test_formas_refuses_what_rules_refuse(run: Run, prefix: str) -> None:
    assert run("formas", prefix).exit_code == 2


# tickets export


def test_a_pace_lets_requests_through_one_by_one() -> None:
    clock = MovableClock()
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        clock.move(seconds=seconds)

    pace = Pace(20, clock, wait)
    for _ in range(3):
        pace.take()
    clock.move(minutes=10)
    pace.take()
    pace.take()
    assert waited == [3.0, 3.0, 3.0], "a long rest saves nothing up"


class Refusing:
    """Answer 429 once in the middle of a list and once before a ticket, as a busy account does."""

    portal = "acelera"

    def __init__(self) -> None:
        self.asked: list[datetime] = []

    def list_tickets(self, since: datetime) -> Iterator[TicketRow]:
        self.asked.append(since)
        for minutes in range(4):
            at = MONDAY + timedelta(minutes=minutes)
            if at < since:
                continue
            if minutes == 2 and len(self.asked) == 1:
                raise RateLimited("429", status=429, retry_after=30.0)
            yield TicketRow(minutes, 2, at, None, None)


def test_a_list_that_is_cut_by_429_goes_on_where_it_was() -> None:
    api = Refusing()
    waited: list[float] = []
    pace = Pace(600, MovableClock(), waited.append)
    rows = [row.ticket_id for row in updated_since(cast(FreshdeskApi, api), MONDAY, pace)]
    assert sorted(set(rows)) == [0, 1, 2, 3]
    assert api.asked == [MONDAY, MONDAY + timedelta(minutes=1)]
    assert 30.0 in waited


def test_a_request_that_is_refused_by_429_is_made_again() -> None:
    answers: list[Exception | int] = [RateLimited("429", status=429), 7]
    waited: list[float] = []

    def ask() -> int:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert Pace(600, MovableClock(), waited.append).ask(ask) == 7
    assert waited[0] == PAUSE_AFTER_429


def exported(run: Run, env: dict[str, str], *more: str) -> Any:
    return run("tickets", "export", "acelera", "--since", "2026-01-01", "--per-minute", "600", *more, env=env)


def test_export_writes_lines_that_backtest_reads(
    run: Run, env: dict[str, str], world: World, tmp_path: Path, rules: Path, calmer: Path
) -> None:
    opened = [world.open("Hola Juan", f"Está caído. Soy Ana Quispe, 98765432{n}.") for n in range(3)]
    world.control("POST", f"tickets/{opened[0]}/reply", {"as": "agent", "text": "Lo vemos."})
    result = exported(run, env, "--out", "past.jsonl")
    assert result.exit_code == 0, result.output
    assert "personal data" in result.stderr
    out = tmp_path / "past.jsonl"
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["past.jsonl"]
    rows = {row["id"]: row for row in map(json.loads, out.read_text(encoding="utf-8").splitlines())}
    assert set(opened) <= set(rows)
    assert "Ana Quispe" in rows[opened[0]]["body"]
    assert rows[opened[0]]["answered_at"] is not None
    assert rows[opened[1]]["answered_at"] is None
    options = ("--base", str(rules), "--candidate", str(calmer), "--json")
    data = json.loads(run("backtest", "--tickets", str(out), *options).stdout)
    assert data["unusable_lines"] == 0
    assert data["levels"]["lowered"] >= 3


def test_a_masked_export_holds_no_name_and_no_number(
    run: Run, env: dict[str, str], world: World, tmp_path: Path
) -> None:
    ticket = world.open("Hola Juan", "Está caído. Soy Ana Quispe, mi celular es 987654321.")
    assert exported(run, env, "--out", "past.jsonl", "--masked").exit_code == 0
    text = (tmp_path / "past.jsonl").read_text(encoding="utf-8")
    row = next(row for row in map(json.loads, text.splitlines()) if row["id"] == ticket)
    assert (row["subject"], row["body"]) == (
        "Hola [nombre]",
        "Está caído. Soy [nombre], mi celular es [número].",
    )


def test_an_export_that_was_killed_goes_on_without_doubles(
    run: Run, env: dict[str, str], world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        world.open(f"Consulta {number}", "Está caído", email=f"u{number}@cliente.example")
        world.clock.move(minutes=1)
    write = ExportFile.write

    def cut(self: ExportFile, line: dict[str, Any]) -> None:
        if self.count == 3:
            self._file.write(b'{"id": 99')
            self._file.flush()
            raise KeyboardInterrupt
        write(self, line)

    monkeypatch.setattr(ExportFile, "write", cut)
    assert exported(run, env, "--out", "past.jsonl").exit_code != 0
    monkeypatch.setattr(ExportFile, "write", write)
    assert exported(run, env, "--out", "past.jsonl", "--masked").exit_code == 1, "begun with other options"
    assert exported(run, env, "--out", "past.jsonl").exit_code == 0
    ids = [json.loads(line)["id"] for line in (tmp_path / "past.jsonl").read_bytes().splitlines()]
    assert sorted(ids) == world.control("GET", "tickets")["ids"]
    again = exported(run, env, "--out", "past.jsonl")
    assert "complete" in again.stderr


def test_two_exports_never_write_one_file(tmp_path: Path) -> None:
    origin = Origin("acelera", MONDAY, masked=False)
    with (
        ExportFile(tmp_path / "a.jsonl", origin),
        pytest.raises(ExportError, match="another command"),
        ExportFile(tmp_path / "a.jsonl", origin),
    ):
        pass


def test_an_export_waits_where_one_can_see_it(
    run: Run, env: dict[str, str], world: World, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if seconds > 4:  # as if a minute had passed
            redis.delete("semaforo:budget:acelera")

    world.open("Hola", "¿Cómo cambio mi foto?")
    budget = Budget(redis)
    while isinstance(budget.spend("acelera", Priority.NORMAL, "other", 1), Spent):
        pass
    monkeypatch.setattr("bot.cli.export.time.sleep", sleep)
    result = exported(run, env, "--out", "past.jsonl")
    assert result.exit_code == 0, result.output
    assert "more pressing work" in result.stderr
    assert max(slept) > 4


def test_an_export_ends_on_a_dead_key(run: Run, env: dict[str, str], world: World) -> None:
    world.control("PUT", "faults", {"unauthorized": 1.0})
    result = exported(run, env, "--out", "past.jsonl")
    assert result.exit_code == 1
    assert "refuses the API key" in result.stderr


def test_an_unknown_portal_is_named(run: Run, env: dict[str, str]) -> None:
    result = run("tickets", "export", "otro", "--since", "2026-01-01", "--out", "a.jsonl", env=env)
    assert "there is no portal otro" in result.stderr
