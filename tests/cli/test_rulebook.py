"""What does `semaforo rules …` say and do?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from redis import Redis

from bot.cli import main
from bot.policy.model import version_of
from bot.store.rule_versions import RuleVersions
from tests.rule_files import ADDED, BASE, files_of, folder_with, spoil

Command = Callable[..., Result]


@pytest.fixture
def command(valkey_url: str, redis: Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run `semaforo rules …` in an environment with one portal that is not there."""
    monkeypatch.chdir(tmp_path)
    environ = {
        "REDIS_URL": valkey_url,
        "RULES_DIR": str(BASE),
        "PORTAL_ACELERA_DOMAIN": "acelera.freshdesk.com",
        "PORTAL_ACELERA_API_KEY": "sim-key",
        "PORTAL_ACELERA_WEBHOOK_SECRET": "clave-del-webhook",
        "PORTAL_ACELERA_URL": "http://127.0.0.1:9",
        "USER": "rosa",
    }

    def run(*arguments: object, **more: str) -> Result:
        return CliRunner().invoke(main, ["rules", *map(str, arguments)], env=environ | more)

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_with(tmp_path / "rules", "uno")


def version(folder: Path) -> str:
    return version_of(files_of(folder))


def test_publish_says_which_version_holds(command: Command, redis: Redis, folder: Path) -> None:
    done = command("publish", folder, "--note", "feria")
    assert done.exit_code == 0
    assert f"published {version(folder)[:12]}" in done.output
    assert RuleVersions(redis).active() == version(folder)
    assert "is in force already" in command("publish", folder).output


def test_publish_refuses_with_file_and_line(command: Command, redis: Redis, folder: Path) -> None:
    command("publish", BASE)
    place = spoil(folder)
    refused = command("publish", folder)
    assert refused.exit_code == 1
    assert refused.stdout.startswith(f"{place}: ")
    assert f"{version(BASE)[:12]} stays in force" in refused.stderr
    assert RuleVersions(redis).active() == version(BASE)
    assert place in command("list").output


def test_list_has_author_origin_and_note(command: Command, folder: Path) -> None:
    assert "nothing is published yet" in command("list").output
    command("publish", BASE, "--author", "luis")
    command("publish", folder, "--note", "palabras de la feria")
    listed = command("list").output.splitlines()
    assert listed[1].startswith(f"▶  {version(folder)[:12]}"), listed
    assert ["rosa" in listed[1], "palabras de la feria" in listed[1], "luis" in listed[2]] == [True] * 3
    found = json.loads(command("list", "--json").output)
    assert found["active"] == version(folder)
    assert [entry["author"] for entry in found["history"]] == ["rosa", "luis"]


def test_show_gives_files_back_byte_for_byte(command: Command, folder: Path) -> None:
    command("publish", folder)
    shown = command("show")
    assert version(folder) in shown.output
    assert all(name in shown.output for name in files_of(folder))
    content = command("show", version(folder)[:6], "--file", ADDED)
    assert content.stdout_bytes == (folder / ADDED).read_bytes()
    missing = command("show", "active", "--file", "nada.yaml")
    assert (missing.exit_code, ADDED in missing.output) == (1, True)


def test_diff_names_what_changed(command: Command, folder: Path) -> None:
    command("publish", BASE)
    command("publish", folder)
    old, new = version(BASE)[:8], version(folder)[:8]
    lines = command("diff", old, new).output.splitlines()
    assert lines[:2] == [f"--- {old}/{ADDED}", f"+++ {new}/{ADDED}"]
    assert {"-  - id: prueba-base", "+  - id: prueba-uno"} <= set(lines)
    (folder / ADDED).rename(folder / "otro.yaml")
    against_folder = command("diff", "active", folder).output.splitlines()
    assert {"+++ /dev/null", "--- /dev/null", f"+++ {folder}/otro.yaml"} <= set(against_folder)
    assert "the same" in command("diff", new, "active").stderr


def test_rollback_is_one_command(command: Command, redis: Redis, folder: Path) -> None:
    command("publish", BASE)
    command("publish", folder)
    done = command("rollback", version(BASE)[:8])
    assert done.exit_code == 0, done.output
    assert RuleVersions(redis).active() == version(BASE)
    assert "rollback" in command("list").output


@pytest.mark.parametrize("arguments", [("show", "zz"), ("rollback", "zz"), ("diff", "zz", "active")])
def test_an_unknown_version_is_named(command: Command, folder: Path, arguments: tuple[str, ...]) -> None:
    command("publish", folder)
    failed = command(*arguments)
    assert failed.exit_code == 1
    assert "no version begins with zz; see: semaforo rules list" in failed.output


def test_a_prefix_of_two_versions_asks_for_more(command: Command, folder: Path) -> None:
    command("publish", BASE)
    command("publish", folder)
    failed = command("show", "")
    assert failed.exit_code == 1
    assert version(BASE)[:12] in failed.output
    assert version(folder)[:12] in failed.output


def test_rules_can_be_mended_when_none_can_be_loaded(
    command: Command, redis: Redis, folder: Path, tmp_path: Path
) -> None:
    broken = folder_with(tmp_path / "broken")
    spoil(broken)
    (broken / "niveles.yaml").unlink()
    assert command("impact", RULES_DIR=str(broken)).exit_code == 2
    assert command("publish", folder, RULES_DIR=str(broken)).exit_code == 0
    assert command("impact", RULES_DIR=str(broken)).exit_code == 0


def test_schema_is_that_of_a_rule_file(command: Command, tmp_path: Path) -> None:
    printed = json.loads(command("schema").output)
    assert "reglas" in printed["properties"]
    assert command("schema", "--out", tmp_path / "schema.json").exit_code == 0
    assert json.loads((tmp_path / "schema.json").read_text(encoding="utf-8")) == printed


def test_impact_without_tickets_costs_nothing(command: Command, folder: Path) -> None:
    command("publish", folder)
    assert "0 of 0 open tickets" in command("impact").output
    assert "0 of 0 open tickets" in command("apply", "--yes").output
