"""From an empty folder to writing turned on, and what stays when there is something already."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import Result
from dotenv import dotenv_values
from redis import Redis

from bot.cli.env_file import with_values
from bot.cli.portal_file import with_keys
from bot.policy.model import load_policy
from bot.policy.status_labels import guessed_cause
from bot.policy.statuses import PauseCause
from bot.settings import read_settings
from bot.simulator.seed import Seed, TicketSeed
from bot.simulator.server import SimulatorServer
from tests.cli.conftest import Run
from tests.world import PORTAL

TEXTS = ("El CRM está caído, nadie puede entrar", "Gracias por todo, saludos")
OPEN = 6


@pytest.fixture
def account() -> Iterator[SimulatorServer]:
    """Give an account on real time with tickets of the last days."""
    now = datetime.now(UTC)
    tickets = tuple(
        TicketSeed(
            subject=f"Caso {number} [red]",
            text=TEXTS[number % 2],
            email=f"c{number}@empresa.example",
            created_at=now - timedelta(hours=1 + 7 * number),
        )
        for number in range(OPEN)
    )
    with SimulatorServer(seed=Seed(tickets=tickets)) as server:
        yield server


def connect(account: SimulatorServer, *more: str) -> list[str]:
    return [
        *("init", "--portal", PORTAL, "--domain", "demo.freshdesk.com", "--url", account.url),
        *("--public-url", "https://semaforo.example", *more),
    ]


Shell = Callable[..., Result]


@pytest.fixture
def shell(
    run: Run, redis: Redis, valkey_url: str, rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Shell:
    """Run commands one after another in an empty folder, each with a fresh environment.

    The rules that come along are the plain ones, which load fast.
    """
    home = tmp_path.parent / f"{tmp_path.name}-home"
    shutil.copytree(rules, home / "rules")
    monkeypatch.setattr("bot.cli.portal_file.HOME", home)

    def call(*command: str) -> Result:
        before = dict(os.environ)
        try:
            return run(*command, env={"FRESHDESK_API_KEY": "sim-key", "REDIS_URL": valkey_url})
        finally:  # what a command read from .env is not the next one's
            os.environ.clear()
            os.environ.update(before)

    return call


def ticket(account: SimulatorServer, number: int) -> Any:
    return requests.get(f"{account.url}/_sim/tickets/{number}", timeout=5).json()


def writes(account: SimulatorServer) -> int:
    found: int = requests.get(f"{account.url}/_sim/requests", timeout=5).json()["writes"]
    return found


def test_from_an_empty_folder_to_writing(account: SimulatorServer, shell: Shell, tmp_path: Path) -> None:
    done = shell(*connect(account))
    assert done.exit_code == 0, done.stderr
    secrets = dotenv_values(tmp_path / ".env")
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    assert secrets["PORTAL_ACELERA_API_KEY"] == "sim-key"
    secret = secrets["PORTAL_ACELERA_WEBHOOK_SECRET"]
    assert secret is not None
    assert len(secret) == 64
    assert not {"sim-key", secret} & set(done.stdout.split()), "no secret is printed"
    for line in ("https://semaforo.example/webhooks/freshdesk/acelera", '{"ticket_id": "{{ticket.id}}"'):
        assert done.stdout.count(line) == 2
    assert "🔴 URGENTE" in done.stdout
    page = tmp_path / "var" / "primera-mirada.html"
    assert "Caso 0 (red)" in page.read_text(encoding="utf-8")
    assert page.stat().st_mode & 0o777 == 0o600
    assert writes(account) == 0

    policy, problems = load_policy(tmp_path / "rules")
    assert policy is not None, problems
    section = policy.portals.of(PORTAL)
    assert section.pausan.by_cause()[PauseCause.CUSTOMER] == {3, 6, 8}
    assert section.pausan.by_cause()[PauseCause.THIRD_PARTY] == {7}
    assert (section.cerrados, section.reloj_corre) == (frozenset({4, 5}), frozenset({2}))
    assert set(section.grupos) == {"soporte", "facturación"}

    before = (tmp_path / ".env").read_text(), (tmp_path / "rules" / "portales.yaml").read_text()
    assert shell(*connect(account)).exit_code == 0
    assert before == ((tmp_path / ".env").read_text(), (tmp_path / "rules" / "portales.yaml").read_text())

    settings = read_settings({**dotenv_values(tmp_path / ".env"), "RULES_DIR": str(tmp_path / "rules")})  # type: ignore[dict-item]
    assert not settings.writes_allowed(PORTAL)
    assert shell("live", PORTAL).exit_code == 1, "nobody said yes"
    assert before[0] == (tmp_path / ".env").read_text()
    done = shell("live", PORTAL, "--yes")
    assert done.exit_code == 0, done.stderr
    settings = read_settings({**dotenv_values(tmp_path / ".env"), "RULES_DIR": str(tmp_path / "rules")})  # type: ignore[dict-item]
    assert settings.writes_allowed(PORTAL)
    assert "already" in shell("live", PORTAL, "--yes").stdout
    assert writes(account) == 0

    done = shell("backfill", PORTAL, "--yes", "--per-minute", "600")
    assert done.exit_code == 0, done.stdout + done.stderr
    for number in range(1, OPEN + 1):
        seen = ticket(account, number)
        assert seen["conversations"] == []
        assert {tag for tag in seen["tags"] if tag in ("sla-urgente", "sla-normal")}


def test_writing_is_turned_on_in_the_rules_in_force(
    account: SimulatorServer, shell: Shell, tmp_path: Path
) -> None:
    shell(*connect(account, "--tickets", "0"))
    assert shell("rules", "publish", "rules").exit_code == 0
    changed = tmp_path / "rules" / "niveles.yaml"
    text = changed.read_text(encoding="utf-8")
    changed.write_text(text + "# otra cosa\n", encoding="utf-8")
    refused = shell("live", PORTAL, "--yes")
    assert (refused.exit_code, "rules diff active" in refused.stderr) == (1, True)
    changed.write_text(text, encoding="utf-8")
    done = shell("live", PORTAL, "--yes")
    assert "rules published" in done.stdout, done.stderr
    assert "adopcion" in shell("rules", "show", "--file", "portales.yaml").stdout


def test_what_is_in_the_file_stays_and_a_copy_is_kept(
    run: Run, account: SimulatorServer, tmp_path: Path
) -> None:
    old = "# mine\nREDIS_URL=redis://127.0.0.1:1\nPORTAL_ACELERA_API_KEY=old\nOPS_PASSWORD=x\n"
    (tmp_path / ".env").write_text(old, encoding="utf-8")
    command = connect(account, "--tickets", "0")
    refused = run(*command, env={"FRESHDESK_API_KEY": "sim-key"}, stdin="n\n")
    assert (refused.exit_code, (tmp_path / ".env").read_text()) == (1, old)
    assert not (tmp_path / "rules").exists()
    done = run(*command, "--yes", env={"FRESHDESK_API_KEY": "sim-key"})
    assert done.exit_code == 0, done.output
    lines = (tmp_path / ".env").read_text(encoding="utf-8").splitlines()
    assert lines[:4] == [
        "# mine",
        "REDIS_URL=redis://127.0.0.1:1",
        "PORTAL_ACELERA_API_KEY=sim-key",
        "OPS_PASSWORD=x",
    ]
    [copy] = tmp_path.glob(".env.*.bak")
    assert (copy.read_text(), copy.stat().st_mode & 0o777) == (old, 0o600)


def test_a_key_may_come_from_a_file_or_be_typed_unseen(
    run: Run, account: SimulatorServer, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("sim-key\n", encoding="utf-8")
    command = connect(account, "--tickets", "0", "--yes")
    assert run(*command, "--api-key-file", "key").exit_code == 0
    (tmp_path / ".env").unlink()
    typed = run(*command, stdin="sim-key\n")
    assert typed.exit_code == 0
    assert "sim-key" not in typed.output


BAD: dict[str, tuple[list[str], str, str]] = {
    "key": ([], "wrong-key", "refuses the key"),
    "key with a blank": ([], "sim key", "that is no API key"),
    "domain": (["--domain", "https://demo.freshdesk.com"], "sim-key", "not usable here"),
    "other domain": (["--domain", "demo.freshdesk.com.evil.test"], "sim-key", "not usable here"),
    "portal": (["--portal", "Acelera 2"], "sim-key", "not usable here"),
    "public url": (["--public-url", "http://semaforo.example"], "sim-key", "not usable here"),
    "public path": (["--public-url", "https://semaforo.example/x"], "sim-key", "not usable here"),
    "stand-in elsewhere": (["--url", "http://203.0.113.7"], "sim-key", "on this machine"),
}


@pytest.mark.parametrize(("more", "key", "words"), BAD.values(), ids=BAD.keys())
def test_what_is_not_usable_writes_nothing(
    run: Run, account: SimulatorServer, tmp_path: Path, more: list[str], key: str, words: str
) -> None:
    done = run(*connect(account, *more, "--yes"), env={"FRESHDESK_API_KEY": key})
    assert done.exit_code != 0
    assert words in done.stderr
    assert key not in done.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", "A=1\nB=2\n", id="empty"),
        pytest.param("B=9\nC=3\n", "B=2\nC=3\nA=1\n", id="in its place"),
        pytest.param("export A = 9\n", "A=1\nB=2\n", id="exported"),
        pytest.param("A_FILE=/run/a\nB=2\n", "A=1\nB=2\n", id="from a file"),
        pytest.param("A=8\nA=9\nB=2", "A=1\n# A: see above\nB=2\n", id="twice"),
        pytest.param("#A=9\n", "#A=9\nA=1\nB=2\n", id="commented out"),
    ],
)
def test_values_of_an_env_file(before: str, after: str) -> None:
    assert with_values(before, {"A": "1", "B": "2"}) == after
    assert with_values(after, {"A": "1", "B": "2"}) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("portales:\n  mda:\n    a: 1\n", "portales:\n  mda:\n    x: 1\n    a: 1\n", id="there"),
        pytest.param("portales:\n  mda: # ya\n", "portales:\n  mda: # ya\n    x: 1\n", id="with a comment"),
        pytest.param(
            "portales:\n  otro:\n    a: 1\n", "portales:\n  otro:\n    a: 1\n  mda:\n    x: 1\n", id="new"
        ),
        pytest.param("portales:\n  mda: {a: 1}\n", None, id="on one line"),
    ],
)
def test_keys_of_a_section(before: str, after: str | None) -> None:
    assert with_keys(before, "mda", ["x: 1"]) == after


@pytest.mark.parametrize(
    ("label", "cause"),
    [
        ("Waiting on Customer", PauseCause.CUSTOMER),
        ("Esperando aprobación", PauseCause.CUSTOMER),
        ("Waiting on Third Party", PauseCause.THIRD_PARTY),
        ("En manos del fabricante", PauseCause.THIRD_PARTY),
        ("Suspendido por facturación", PauseCause.BILLING),
        ("Pasado a desarrollo", PauseCause.INTERNAL),
        ("Job Application", None),
    ],
)
def test_what_a_label_says(label: str, cause: PauseCause | None) -> None:
    assert guessed_cause(label) is cause
