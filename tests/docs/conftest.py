"""A desk that the documents' commands may work on: a store, an account, and tickets that were decided."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from subprocess import run

import pytest
from click.testing import CliRunner
from redis import Redis

from bot.cli import main
from bot.domain.ticket import TicketKey
from bot.local.store_server import EmbeddedStore
from bot.simulator.seed import ContactSeed, Seed, TicketSeed
from bot.simulator.server import SimulatorServer
from bot.store.rule_versions import Origin, Publication, RuleVersions
from bot.store.rulebook import Rulebook, load_folder, publish
from tests.docs.commands import HOME
from tests.e2e.processes import environment
from tests.policy.planner.desk import rules_folder
from tests.simulator.receiver import Receiver
from tests.world import PORTAL, MovableClock, World

TICKETS = 130  # so that the number of any ticket in the documents is one
SECONDS = 60
ANA, ANA_ID = "ana@cliente.pe", 103000501  # as in the documents
PLAIN = re.compile(r"(\.venv/bin/)?semaforo [^|><&;$`]*")


@dataclass(frozen=True, slots=True)
class Ended:
    """Hold how a line ended and what it printed."""

    code: int
    output: str


Shell = Callable[[str], Ended]


@pytest.fixture(scope="package")
def rules() -> Iterator[Path]:
    """Give rules that load quickly."""
    with rules_folder() as folder:
        yield folder


@pytest.fixture(scope="package")
def desk(rules: Path) -> Iterator[tuple[World, dict[str, str]]]:
    """Give an account whose tickets were decided, and the environment that leads to it and its store."""
    data = Path(tempfile.mkdtemp(prefix="sem-"))
    tickets = tuple(TicketSeed(subject=f"Pregunta {n}", text="Hola", email=ANA) for n in range(TICKETS))
    seed = Seed(contacts=(ContactSeed(id=ANA_ID, name="Ana", email=ANA),), tickets=tickets)
    chat = Receiver()
    try:
        with EmbeddedStore(data) as url, SimulatorServer(seed=seed) as server, Redis.from_url(url) as redis:
            world = World(server, redis, Rulebook(rules), MovableClock(datetime.now(UTC)))
            world.settle(1, 2, 3)
            loaded = load_folder(rules)
            entry = Publication(loaded.policy.version, world.clock.now, "mesa", Origin.FOLDER)
            publish(RuleVersions(redis), loaded.files, entry)
            more = {"RULES_DIR": "rules", "LC_ALL": "C.UTF-8"}
            more |= {"HOOK_CHAT_URL": chat.url, "HOOK_CHAT_SECRET": "x" * 32}
            yield world, environment(server.url, url, 8000) | more
    finally:
        chat.stop()
        shutil.rmtree(data, ignore_errors=True)


@pytest.fixture
def shell(desk: tuple[World, dict[str, str]], checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Return a function that runs one line in a checkout, as somebody does who read the documents.

    A line that is one plain command of `semaforo` runs in this process, which saves its start.
    """
    world, environ = desk
    world.ctx.failures.add(TicketKey(PORTAL, 1), "ServerError 500", world.clock.now)
    world.ctx.brakes.resume([PORTAL])  # a line before this one may have stopped all writing
    monkeypatch.chdir(checkout)
    # A logger set up here would outlive the streams of the test.
    monkeypatch.setattr("bot.cli.set_up_logging", lambda *_: None)

    def call(line: str) -> Ended:
        if PLAIN.fullmatch(line):
            result = CliRunner(env=environ).invoke(main, shlex.split(line, comments=True)[1:])
            return Ended(result.exit_code, result.output)
        path = {"PATH": f"{HOME / '.venv' / 'bin'}:{os.environ['PATH']}"}
        done = run(
            ["bash", "-euo", "pipefail", "-c", line],
            env=environ | path, capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
        return Ended(done.returncode, done.stdout + done.stderr)

    return call


@pytest.fixture
def checkout(tmp_path: Path, rules: Path) -> Path:
    """Give a folder like a checkout, which a command may change."""
    shutil.copytree(rules, tmp_path / "rules")
    (tmp_path / ".venv").symlink_to(HOME / ".venv")
    for name in (".env.example", "deploy", "bench", "docs"):
        (tmp_path / name).symlink_to(HOME / name)
    return tmp_path
