"""A command line in this process, with an environment of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.store.rulebook import Rulebook
from tests.policy.planner.desk import rules_folder
from tests.world import World

Run = Callable[..., Result]


@pytest.fixture(scope="session")
def rules() -> Iterator[Path]:
    """Give a folder of plain rules."""
    with rules_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def rulebook(rules: Path) -> Rulebook:
    """Load the plain rules."""
    return Rulebook(rules)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs a command in an empty folder, without any setting but those given."""
    monkeypatch.chdir(tmp_path)
    # A logger set up here would outlive the streams of the test.
    monkeypatch.setattr("bot.cli.set_up_logging", lambda *_: None)

    def call(*arguments: str, env: dict[str, str] | None = None, stdin: Any = None) -> Result:
        return CliRunner(env=env or {}).invoke(main, list(arguments), input=stdin)

    return call


@pytest.fixture
def env(world: World, valkey_url: str, rules: Path) -> dict[str, str]:
    """Return settings that lead to the test's simulator and store."""
    return {
        "REDIS_URL": valkey_url,
        "RULES_DIR": str(rules),
        "PORTAL_ACELERA_DOMAIN": "demo.freshdesk.com",
        "PORTAL_ACELERA_URL": world.server.url,
        "PORTAL_ACELERA_API_KEY": "sim-key",
        "PORTAL_ACELERA_WEBHOOK_SECRET": "secreto",
    }
