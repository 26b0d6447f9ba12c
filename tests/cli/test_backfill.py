"""The command that adopts open tickets: what it asks, and what a kill in the middle leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from redis import Redis

from bot.simulator.seed import Seed, TicketSeed
from bot.simulator.server import SimulatorServer
from tests.cli.conftest import Run
from tests.policy.planner.desk import rules_folder, shipped
from tests.world import PORTAL

COUNT = 12


@pytest.fixture
def adopting() -> Iterator[Path]:
    """Give rules that adopt what was open a minute ago, with notes."""
    upto = (datetime.now(UTC) - timedelta(minutes=1)).isoformat(timespec="seconds")
    own = f"\n  {PORTAL}:\n    adopcion: {{hasta: {upto}, notas: true}}\n"
    with rules_folder(portales=shipped("portales") + own) as folder:
        yield folder


@pytest.fixture
def account() -> Iterator[SimulatorServer]:
    """Give an account on real time with tickets of the last days."""
    now = datetime.now(UTC)
    tickets = tuple(
        TicketSeed(
            subject=f"Caso {number}",
            text="El CRM está caído",
            email=f"c{number}@empresa.example",
            created_at=now - timedelta(hours=2 + 9 * number),
        )
        for number in range(COUNT)
    )
    with SimulatorServer(seed=Seed(tickets=tickets)) as server:
        yield server


@pytest.fixture
def live(
    account: SimulatorServer, redis: Redis, valkey_url: str, adopting: Path, tmp_path: Path
) -> dict[str, str]:
    """Return the settings of a service that may write, with an empty store."""
    return {
        "REDIS_URL": valkey_url,
        "RULES_DIR": str(adopting),
        "EFFECT_SETTLE_SECONDS": "0",
        "STOP_FILE": str(tmp_path / "STOP"),
        "PORTAL_ACELERA_DOMAIN": "demo.freshdesk.com",
        "PORTAL_ACELERA_URL": account.url,
        "PORTAL_ACELERA_API_KEY": "sim-key",
        "PORTAL_ACELERA_WEBHOOK_SECRET": "secreto",
    }


def begin(live: dict[str, str], folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], **live, **more}
    command = [sys.executable, "-m", "bot.cli", "backfill", PORTAL, "--yes", "--per-minute", "600"]
    return subprocess.run(command, env=environ, cwd=folder, capture_output=True, text=True, timeout=100)


def shown(account: SimulatorServer, ticket: int) -> dict[str, Any]:
    answer = requests.get(f"{account.url}/_sim/tickets/{ticket}", timeout=5)
    found: dict[str, Any] = answer.json()
    return found


def told(account: SimulatorServer, ticket: int) -> list[bool]:
    return [bool(message["private"]) for message in shown(account, ticket)["conversations"]]


@pytest.mark.parametrize("point", ["before_fields", "after_fields", "before_addnote", "after_addnote"])
def test_killed_and_begun_again_nothing_is_said_twice(
    account: SimulatorServer, live: dict[str, str], tmp_path: Path, point: str
) -> None:
    assert begin(live, tmp_path, CRASH_AT=point).returncode == 137
    with Redis.from_url(live["REDIS_URL"]) as store:
        store.delete(*store.keys("semaforo:lease:*"))  # it would run out by itself
    again = begin(live, tmp_path)
    assert again.returncode == 0, again.stdout + again.stderr
    for ticket in range(1, COUNT + 1):
        assert "sla-urgente" in shown(account, ticket)["tags"]
        assert told(account, ticket) == [True], ticket


def test_it_asks_before_it_writes(run: Run, account: SimulatorServer, live: dict[str, str]) -> None:
    result = run("backfill", PORTAL, env=live, stdin="n\n")
    assert result.exit_code == 1
    assert f"{COUNT} open tickets in {PORTAL}" in result.stdout
    assert requests.get(f"{account.url}/_sim/requests", timeout=5).json()["writes"] == 0


def test_a_dry_run_says_what_it_would_do(run: Run, account: SimulatorServer, live: dict[str, str]) -> None:
    result = run("backfill", PORTAL, "--per-minute", "600", env=live | {"DRY_RUN": "1"})
    assert result.exit_code == 0, result.output
    assert f"{COUNT} URGENTE" in result.stdout
    assert "nothing was written" in result.stdout
    assert requests.get(f"{account.url}/_sim/requests", timeout=5).json()["writes"] == 0


def test_without_a_moment_of_adoption_it_refuses(run: Run, env: dict[str, str]) -> None:
    result = run("backfill", PORTAL, "--yes", env=env)
    assert result.exit_code == 1
    assert "adopcion: {hasta: " in result.stderr


def test_a_stop_holds_it(run: Run, live: dict[str, str]) -> None:
    run("stop", env=live)
    assert "semaforo resume" in run("backfill", PORTAL, "--yes", env=live).stderr
    run("resume", env=live)


def test_an_unknown_portal_is_named(run: Run, live: dict[str, str]) -> None:
    assert "there is no portal mda" in run("backfill", "mda", "--yes", env=live).stderr
