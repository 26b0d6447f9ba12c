"""Does every command in the documents exist, and do what its reader expects: work?"""

from __future__ import annotations

import re

import pytest

from tests.docs.commands import DOCS, Example, examples_of, wrong_in
from tests.docs.conftest import Shell

EXAMPLES = [example for doc in DOCS for example in examples_of(doc)]

# The first words of what is not run here, and why.
NOT_RUN = {
    "make install": "made the environment of this very test",
    "make demo": "a minute of real processes; tests/local, and its own exit code",
    "make run": "stays up; tests/local/test_run.py",
    "make test": "is what runs this",
    "make bench": "takes minutes",
    "make chaos": "takes minutes; tests/chaos runs a small storm",
    "make mutation": "takes hours",
    "make audit": "needs the network; tests/test_audit.py",
    ".venv/bin/python -m bench": "takes minutes; the module is looked for",
    "python -m bench": "takes minutes; the module is looked for",
    "make interop": "needs the network; docs/interop.md tells its last run",
    "make lock": "changes what is locked",
    ".venv/bin/pytest": "is what runs this",
    ".venv/bin/python -m pip": "needs the network",
    "git pull": "needs a remote",
    "systemctl": "changes the machine; tests/test_deploy.py",
    "redis-cli": "needs Redis' own tools; tests/engine/contract/test_restored.py",
    "make assets": "needs npm and the network",
    "semaforo init": "asks; tests/cli/test_init.py",
    "semaforo live": "asks, and changes the account; tests/cli/test_init.py",
    "semaforo backfill": "wants an account turned live; tests/cli/test_backfill.py",
    "semaforo ops-user": "asks for a password; tests/web/test_named_login.py",
    ".venv/bin/semaforo doctor": "ends with 1: no webhook rules here; tests/cli/test_doctor.py",
    "semaforo doctor": "likewise",
    "semaforo web": "stays up; tests/e2e",
    "semaforo clock": "stays up; tests/e2e",
    "semaforo worker": "stays up; tests/e2e",
    "semaforo simulator": "stays up; tests/simulator/test_server.py",
}
# What stands for something of the reader's own.
MEANT = {
    "PORTAL": "acelera", "ID": "1", "NÚMERO": "1", "NUMBER": "1", "CORREO": "ana@cliente.pe",
    "EMAIL": "ana@cliente.pe", "VERSIÓN": "active", "VERSION": "active",
    "V": "active", "W": "active", "DIR": "rules",
}  # fmt: skip
WANTS_MORE = re.compile(r"Missing (argument|option)|requires an argument")
_MEANT = re.compile(rf"\b({'|'.join(MEANT)})\b")


def reason_not_to_run(line: str) -> str | None:
    """Return why a line is not run; None when it is."""
    return next((why for start, why in NOT_RUN.items() if re.match(rf"{re.escape(start)}\b", line)), None)


def is_a_name(line: str) -> bool:
    """Tell a sentence that names a command from one that uses it."""
    return re.fullmatch(r"semaforo( -*[a-z]+)+", line) is not None


def runnable() -> list[Example]:
    """Return each example once, without the lines that are not run, as its reader would fill it in."""
    found: dict[tuple[str, ...], Example] = {}
    for example in EXAMPLES:
        if example.place.startswith("CHANGELOG"):
            continue
        kept = [line for line in example.lines if reason_not_to_run(line) is None and "…" not in line]
        lines = tuple(_MEANT.sub(lambda name: MEANT[name[0]], line) for line in kept)
        if lines:
            found.setdefault(lines, Example(example.place, lines))
    return list(found.values())


def test_the_documents_are_read() -> None:
    named = {example.place.partition(":")[0] for example in EXAMPLES}
    assert {"README.md", "docs/operaciones.md", "docs/privacidad.md"} <= named
    assert len(runnable()) > 20


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_every_command_and_option_exists(example: Example) -> None:
    assert [problem for line in example.lines if (problem := wrong_in(line))] == []


@pytest.mark.xdist_group("docs")
@pytest.mark.parametrize("example", runnable(), ids=str)
def test_every_command_works(example: Example, shell: Shell) -> None:
    for line in example.lines:
        done = shell(line)
        assert "Traceback" not in done.output
        if not (is_a_name(line) and WANTS_MORE.search(done.output)):
            assert done.code == 0, f"{line}\n{done.output}"


@pytest.mark.parametrize("start", NOT_RUN)
def test_what_is_not_run_is_still_in_a_document(start: str) -> None:
    lines = [line for example in EXAMPLES for line in example.lines]
    assert any(line.startswith(start) for line in lines), "take it off the list"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("semaforo explain acelera 7 --json", None),
        ("echo '{}' | .venv/bin/semaforo classify --rules rules", None),
        ("semaforo rules publish rules && semaforo rules list", None),
        ("DRY_RUN=1 make test", None),
        ("python -m bench.weigh x.jsonl", None),
        ("semaforo explian acelera 7", "there is no command explian"),
        ("semaforo rules republish rules", "there is no command republish"),
        ("semaforo explain acelera 7 --yaml", "explain has no option --yaml"),
        ("echo x | semaforo sort", "there is no command sort"),
        ("make everything", "the Makefile has no target everything"),
        ("python -m bench.nothing", "there is no module bench.nothing"),
    ],
)
def test_a_mistake_is_found(line: str, problem: str | None) -> None:
    assert wrong_in(line) == problem
