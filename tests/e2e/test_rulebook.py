"""Rules published, refused, rolled back and lost, while web, clock and worker keep running."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner
from redis import Redis

from bot.cli import main
from bot.local.ports import free_port
from bot.policy.model import version_of
from bot.store.rule_versions import RuleVersions
from tests.e2e.processes import Processes, environment, simulator_for, wait_for
from tests.e2e.service import Service, is_ready
from tests.rule_files import WORD, add_rule, files_of, folder_with, spoil

START = Callable[..., Service]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_with(tmp_path / "rules", "uno")


@pytest.fixture
def versions(redis: Redis) -> RuleVersions:
    return RuleVersions(redis)


@pytest.fixture
def start(valkey_url: str, versions: RuleVersions, folder: Path, tmp_path: Path) -> Iterator[START]:
    """Start the service on a folder of its own."""
    port = free_port(None)
    with simulator_for(port) as simulator:
        environ = environment(simulator.url, valkey_url, port) | {"RULES_DIR": str(folder)}
        processes = Processes(environ, tmp_path)

        def begin(**extra: str) -> Service:
            for name in ("web", "worker", "clock"):
                processes.start(name, **extra)
            wait_for("ready", lambda: is_ready(port))
            wait_for("a first version", lambda: versions.active() is not None)
            return Service(simulator, processes, port)

        try:
            yield begin
        finally:
            processes.stop_all()


def command(service: Service, *arguments: object, code: int = 0) -> str:
    """Run `semaforo …` beside the service and return what it printed."""
    done = CliRunner().invoke(main, list(map(str, arguments)), env=service.processes.environ)
    assert done.exit_code == code, done.output
    return done.stdout


def level_of(service: Service, word: str) -> str:
    """Open a ticket with a word in it and return the tag of the level it gets."""
    ticket = service.open(subject="Consulta", text=f"Les escribo por el {word}.")
    wait_for("note and reply", lambda: service.counts(ticket) == (1, 1))
    tags: list[str] = service.ticket(ticket)["tags"]
    return next(tag for tag in tags if tag.startswith("sla-"))


def page(service: Service, path: str) -> requests.Response:
    return requests.get(f"http://127.0.0.1:{service.port}/{path}", timeout=5)


def version(folder: Path) -> str:
    return version_of(files_of(folder))


def logged(service: Service, name: str) -> str:
    return (service.processes.logs / f"{name}.log").read_text(encoding="utf-8")


def test_every_process_follows_a_publication_and_a_rollback(
    start: START, versions: RuleVersions, tmp_path: Path
) -> None:
    service = start(RULES_WATCH="0")
    first = versions.active() or ""
    candidate = folder_with(tmp_path / "candidate", level="PREFERENTE")
    assert level_of(service, WORD) == "sla-normal"
    command(service, "rules", "publish", candidate, "--author", "rosa")
    assert level_of(service, WORD) == "sla-preferente"
    wait_for("the web", lambda: page(service, "readyz").json()["rules_version"] == version(candidate))
    assert f'semaforo_rules_info{{version="{version(candidate)}"}} 1.0' in page(service, "metrics").text
    wait_for("the clock", lambda: version(candidate) in logged(service, "clock"))
    command(service, "rules", "rollback", first[:8])
    assert level_of(service, WORD) == "sla-normal"
    wait_for("the web", lambda: page(service, "readyz").json()["rules_version"] == first)


def test_a_refused_publication_leaves_the_last_good_one_at_work(
    start: START, versions: RuleVersions, tmp_path: Path
) -> None:
    service = start(RULES_WATCH="0")
    candidate = folder_with(tmp_path / "candidate", level="PREFERENTE")
    command(service, "rules", "publish", candidate)
    place = spoil(candidate)
    assert command(service, "rules", "publish", candidate, code=1).startswith(f"{place}: ")
    assert level_of(service, WORD) == "sla-preferente"
    metrics = page(service, "metrics").text
    assert "semaforo_rules_refused_total 1.0" in metrics
    file, line = place.split(":")
    assert f'semaforo_rules_problem{{file="{file}",line="{line}"}} 1.0' in metrics


def test_in_development_a_saved_folder_holds_when_it_is_sound(
    start: START, versions: RuleVersions, folder: Path
) -> None:
    service = start()
    add_rule(folder, level="PREFERENTE")
    wait_for("the folder is published", lambda: versions.active() == version(folder))
    assert level_of(service, WORD) == "sla-preferente"
    good = versions.active()
    place = spoil(folder)
    wait_for("the refusal", lambda: place in logged(service, "clock"))
    assert versions.active() == good
    assert level_of(service, WORD) == "sla-preferente"


def test_an_emptied_redis_gets_the_published_rules_back(
    start: START, versions: RuleVersions, redis: Redis, tmp_path: Path
) -> None:
    service = start(RULES_WATCH="0")
    candidate = folder_with(tmp_path / "candidate", level="PREFERENTE")
    command(service, "rules", "publish", candidate)
    wait_for("the clock", lambda: version(candidate) in logged(service, "clock"))
    redis.flushall()
    wait_for("the version is back", lambda: versions.active() == version(candidate))
    wait_for("ready again", lambda: is_ready(service.port))
    assert level_of(service, WORD) == "sla-preferente"


def test_open_tickets_change_only_when_that_is_asked_for(start: START, tmp_path: Path) -> None:
    service = start(RULES_WATCH="0")
    ticket = service.open(subject="Consulta", text=f"Les escribo por el {WORD}.")
    wait_for("note and reply", lambda: service.counts(ticket) == (1, 1))
    candidate = folder_with(tmp_path / "candidate", level="URGENTE")
    line = f"acelera:{ticket}  NORMAL → URGENTE  prueba-{WORD}\n"
    assert line in command(service, "rules", "impact", candidate)
    command(service, "rules", "publish", candidate)
    command(service, "reconcile", "acelera", ticket)
    replayed = command(service, "explain", "acelera", ticket, "--json", "--rules-version", "active")
    assert json.loads(replayed)["level"] == "URGENTE"
    assert json.loads(command(service, "explain", "acelera", ticket, "--json"))["level"] == "NORMAL"
    assert line in command(service, "rules", "apply", "--yes")
    wait_for("a note on the new level", lambda: service.counts(ticket) == (2, 1))
    assert service.ticket(ticket)["priority"] == 4
