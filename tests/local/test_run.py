"""What does `semaforo run` bring along, and what does it leave as named?"""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
import redis

from bot.local.ports import free_port, is_free
from bot.local.processes import foreign, rules_dir, write_private
from bot.local.run import keep_up, make_plan, running_environment, where
from bot.local.store_server import EmbeddedStore
from bot.settings import SettingsError

REAL = {
    "PORTAL_MDA_DOMAIN": "mda.freshdesk.com",
    "PORTAL_MDA_API_KEY": "clave",
    "PORTAL_MDA_WEBHOOK_SECRET": "x" * 32,
}


def test_without_a_portal_the_simulator_comes_along(tmp_path: Path) -> None:
    said: list[str] = []
    port = free_port()
    plan = make_plan({"PORT": str(port)}, tmp_path, EmbeddedStore(tmp_path), "unix:///s?db=0", said.append)
    assert plan.stand_in is not None
    assert plan.stand_in.webhook_url == f"http://127.0.0.1:{port}/webhooks/freshdesk/acelera"
    assert plan.settings.portals["acelera"].url == plan.stand_in.url
    assert plan.environ["REDIS_URL"] == "unix:///s?db=1"
    assert plan.environ["PORT"] == str(port)
    assert "simulator" in where(plan)


def test_named_portals_are_left_as_they_are(tmp_path: Path) -> None:
    plan = make_plan(REAL | {"SWEEP_SECONDS": "77"}, tmp_path, None, "redis://r:6379/3", print)
    assert plan.stand_in is None
    assert list(plan.settings.portals) == ["mda"]
    assert plan.environ["REDIS_URL"] == "redis://r:6379/3"
    assert plan.settings.sweep_seconds == 77
    assert plan.settings.effect_settle_seconds == 60
    assert "portals mda" in where(plan)
    assert "clave" not in repr(plan.settings)


def test_every_problem_is_listed_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        make_plan(REAL | {"PORT": "ocho", "SWEEP_SECONDS": "-1"}, tmp_path, None, "redis://r", print)
    assert len(refused.value.problems) == 2


def test_a_bad_environment_leaves_no_server_behind(tmp_path: Path) -> None:
    write_private(tmp_path / "var" / "run.json", '{"PORTAL_OLD_URL": "left by a run that was killed"}')
    with pytest.raises(SettingsError):
        keep_up(REAL | {"PORT": "ocho"}, tmp_path / "var", print)
    assert not (tmp_path / "var" / "run.json").exists()
    assert running_environment(tmp_path / "var") == {}
    with EmbeddedStore(tmp_path / "var") as url:
        assert redis.Redis.from_url(url).ping()


def test_a_command_reaches_what_runs_here(tmp_path: Path) -> None:
    assert running_environment(tmp_path) == {}
    with EmbeddedStore(tmp_path) as url:
        assert running_environment(tmp_path) == {"REDIS_URL": url}
        (tmp_path / "run.json").write_text(json.dumps({"REDIS_URL": "unix:///x?db=1", "PORTAL_A_URL": "u"}))
        assert running_environment(tmp_path) == {"REDIS_URL": "unix:///x?db=1", "PORTAL_A_URL": "u"}
    assert running_environment(tmp_path) == {}


def test_a_foreign_environment_has_nothing_of_ours() -> None:
    ours = dict.fromkeys(REAL, "1") | {
        "REDIS_URL": "1",
        "OPS_PASSWORD_FILE": "1",
        "SWEEP_SECONDS": "1",
        "DRY_RUN": "1",
        "SENTRY_DSN": "1",
    }
    assert foreign({"PATH": "/bin", "LANG": "es_PE.UTF-8", **ours}) == {"PATH": "/bin", "LANG": "es_PE.UTF-8"}


def test_the_rules_are_those_named_those_here_or_our_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert rules_dir({"RULES_DIR": "mías"}) == tmp_path / "mías"
    assert (rules_dir({}) / "niveles.yaml").is_file()
    (tmp_path / "rules").mkdir()
    assert rules_dir({}) == tmp_path / "rules"


def test_secrets_are_written_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "seed.json"
    before = os.umask(0)
    try:
        write_private(path, "uno")
        write_private(path, "dos")
    finally:
        os.umask(before)
    assert path.read_text() == "dos"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_busy_port_is_replaced(tmp_path: Path) -> None:
    said: list[str] = []
    port = free_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.local.ports.is_free", lambda _: False)
        plan = make_plan(REAL | {"PORT": str(port)}, tmp_path, None, "redis://r", said.append)
    assert plan.web_port != port
    assert is_free(plan.web_port)
    assert plan.environ["PORT"] == str(plan.web_port)
    assert said == [f"Port {port} is in use by another program: using {plan.web_port} instead."]
