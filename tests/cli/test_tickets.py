"""`explain`, `reconcile`, `sweep`, `failures`, and what every command says of itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from bot.cli import main
from bot.domain.ticket import TicketKey
from tests.world import PORTAL, World

from .conftest import Run

DOWN = {"subject": "Caído", "text": "El CRM está caído desde las 8."}


def key(ticket: int) -> TicketKey:
    return TicketKey(PORTAL, ticket)


def explain(run: Run, env: dict[str, str], ticket: int) -> dict[str, Any]:
    result = run("explain", PORTAL, str(ticket), "--json", env=env)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_explain_has_the_shape_that_programs_rely_on(run: Run, env: dict[str, str], world: World) -> None:
    found = explain(run, env, world.open(**DOWN))
    assert found.keys() >= {
        "portal", "ticket_id", "level", "decided_by", "flags", "due", "actions", "reasons", "effects",
        "wake_at", "rules_version",
    }  # fmt: skip
    assert (found["portal"], found["level"], found["decided_by"]) == (PORTAL, "URGENTE", "urg-caido")
    for clock in ("response", "resolution"):
        assert found["due"][clock].keys() >= {"target", "limit", "state", "met_at"}
        assert found["due"][clock]["state"] in {"running", "paused", "met", "breached"}
    assert found["due"]["response"]["limit"].endswith("-05:00")
    assert {action["kind"] for action in found["actions"]} >= {"set_fields", "add_note"}
    assert found["effects"] == []


def test_explain_tells_what_was_done(run: Run, env: dict[str, str], world: World) -> None:
    ticket = world.open(**DOWN)
    world.settle(ticket)
    effects = {effect["key"]: effect for effect in explain(run, env, ticket)["effects"]}
    assert {name: (e["kind"], e["state"]) for name, e in effects.items()} == {
        "nivel:0:URGENTE": ("note", "done"), "acuse": ("reply", "done"),
    }  # fmt: skip


@pytest.mark.parametrize("form", [["--json"], []], ids=["json", "text"])
@pytest.mark.parametrize("seen", [False, True], ids=["new", "seen before"])
def test_explain_writes_nothing(
    run: Run, env: dict[str, str], world: World, redis: Redis, form: list[str], seen: bool
) -> None:
    ticket = world.open(**DOWN)
    if seen:
        world.settle(ticket)
    world.control("DELETE", "requests")
    ticket_before = world.ticket(ticket)
    before = {name: redis.dump(name) for name in redis.keys("*")}
    assert run("explain", PORTAL, str(ticket), *form, env=env).exit_code == 0
    assert world.control("GET", "requests")["writes"] == 0
    assert world.ticket(ticket) == ticket_before
    after = {name: redis.dump(name) for name in redis.keys("*")}
    assert {name for name in after.keys() | before.keys() if after.get(name) != before.get(name)} <= {
        b"semaforo:bot:acelera",
        b"semaforo:budget:acelera",
    }, "but for what is known of the portal"


def test_explain_for_people(run: Run, env: dict[str, str], world: World) -> None:
    result = run("explain", PORTAL, str(world.open(**DOWN)), env=env)
    assert "URGENTE" in result.stdout
    assert "regla «El servicio no está disponible»" in result.stdout


def test_explain_of_a_ticket_that_is_gone(run: Run, env: dict[str, str]) -> None:
    result = run("explain", PORTAL, "987654", env=env)
    assert result.exit_code == 1
    assert "NotFound 404" in result.stderr


@pytest.mark.parametrize("command", [["explain", "otro", "1"], ["reconcile", "otro", "1"], ["sweep", "otro"]])
def test_an_unknown_portal_is_told(run: Run, env: dict[str, str], command: list[str]) -> None:
    result = run(*command, env=env)
    assert result.exit_code == 1
    assert "there is no portal otro; there are: acelera" in result.stderr


@pytest.mark.parametrize("number", ["0", "-1", "siete", "1.5"])
def test_a_ticket_number_is_a_whole_number(run: Run, env: dict[str, str], number: str) -> None:
    assert run("reconcile", PORTAL, "--", number, env=env).exit_code == 2


def test_reconcile_rings(run: Run, env: dict[str, str], world: World) -> None:
    result = run("reconcile", PORTAL, "7", env=env)
    assert (result.exit_code, result.stdout) == (0, "acelera:7 will be looked at now\n")
    assert world.ctx.wakeups.at(key(7)) is not None


@pytest.mark.parametrize("command", [["sweep"], ["sweep", PORTAL]], ids=["all", "one"])
def test_sweep_queues_a_sweep(run: Run, env: dict[str, str], redis: Redis, command: list[str]) -> None:
    result = run(*command, env=env)
    assert (result.exit_code, result.stdout) == (0, "acelera will be swept now\n")
    assert int(redis.llen("rq:queue:semaforo")) == 1


def test_failures_are_listed_and_retried(run: Run, env: dict[str, str], world: World) -> None:
    assert run("failures", "list", env=env).stdout == "no ticket is failing\n"
    for number in (9, 8):
        world.ctx.failures.add(key(number), "TemporaryError 500", world.clock.now)
    lines = run("failures", "list", env=env).stdout.splitlines()
    assert lines == [
        f"acelera:{number}  1 attempts since 2026-11-23T15:00:00+00:00  TemporaryError 500"
        for number in (8, 9)
    ]
    assert run("failures", "retry", env=env).stdout == "2 tickets will be looked at now\n"
    assert list(world.ctx.failures.all()) == []
    assert world.ctx.wakeups.at(key(8)) is not None
    assert run("failures", "retry", env=env).stdout == "0 tickets will be looked at now\n"


def test_a_retry_brings_a_postponed_ticket_forward(run: Run, env: dict[str, str], world: World) -> None:
    world.ctx.failures.add(key(8), "ValueError", world.clock.now)
    far = world.clock.now.replace(year=2099)
    world.ctx.wakeups.postpone(key(8), far)
    run("failures", "retry", env=env)
    at = world.ctx.wakeups.at(key(8))
    assert at is not None
    assert at < far


NEEDS_SETTINGS = [
    ["web"], ["worker"], ["clock"], ["explain", PORTAL, "1"], ["reconcile", PORTAL, "1"], ["sweep"],
    ["failures", "list"], ["failures", "retry"],
]  # fmt: skip


@pytest.mark.parametrize("command", NEEDS_SETTINGS, ids=" ".join)
def test_without_settings_every_problem_and_exit_2(run: Run, command: list[str]) -> None:
    result = run(*command, env={"PORT": "x", "DRY_RUN": "7"})
    assert result.exit_code == 2
    for name in ("PORT", "DRY_RUN", "RULES_DIR", "PORTAL_<NAME>_DOMAIN"):
        assert f"  - {name}: " in result.stderr


@pytest.mark.parametrize("command", NEEDS_SETTINGS[3:], ids=" ".join)
def test_without_a_store_it_says_how_to_get_one(run: Run, env: dict[str, str], command: list[str]) -> None:
    result = run(*command, env=env | {"REDIS_URL": ""})
    assert result.exit_code == 2
    assert "semaforo run" in result.stderr


def test_rules_that_cannot_be_used_are_told_with_their_places(
    run: Run, env: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "mal.yaml").write_text("version: 1\nreglas: 7\n")
    result = run("failures", "list", env=env | {"RULES_DIR": str(tmp_path)})
    assert result.exit_code == 2
    assert "mal.yaml:2:" in result.stderr


def commands() -> list[list[str]]:
    found: list[list[str]] = [[]]
    for name, command in main.commands.items():
        found.append([name])
        found.extend([name, inner] for inner in getattr(command, "commands", {}))
    return found


@pytest.mark.parametrize("command", commands(), ids=lambda words: " ".join(words) or "semaforo")
def test_every_command_explains_itself(run: Run, command: list[str]) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.stdout
    assert len(result.stdout.splitlines()) >= 5, "usage, a sentence, the options"


def test_as_a_module_from_anywhere(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "failures", "list"],
        capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path,
        env={"PATH": "", "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert done.returncode == 2
    assert "PORTAL_<NAME>_DOMAIN" in done.stderr
    assert "Traceback" not in done.stderr
