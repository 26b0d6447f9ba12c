"""Which processes make up the service on one machine, and in what environment do they run?"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import bot
from bot.local.child import Child, Program, always
from bot.local.ports import LOOPBACK
from bot.local.stand_in import StandIn, answers
from bot.local.tether import Tether

HOME = Path(bot.__file__).absolute().parent.parent
OWN_VARIABLES = re.compile(
    r"PORTAL_\w+|ALLOW_ANY_FRESHDESK_URL|REDIS_URL(_FILE)?|RULES_(DIR|WATCH)|PORT|WEB_(THREADS|WORKERS)"
    r"|(OPS_PASSWORD|SECRET_KEY)(_FILE)?|\w+_SECONDS|DRY_RUN|SENTRY_DSN|QUARANTINE_AFTER|LOG_(LEVEL|FORMAT)"
    r"|\w*RETENTION_DAYS|PUBLIC_URL|API_SHARE|WRITES_PER_HOUR|STOP_FILE|HOOK_\w+|(CRASH|FREEZE)_AT"
)


@dataclass(frozen=True, slots=True)
class Machine:
    """Hold what all processes of one local set-up share."""

    logs: Path
    web_port: int
    environ: Mapping[str, str] = field(repr=False)
    cwd: Path | None = None

    def program(
        self, command: str, *options: str, name: str = "", ready: Callable[[], bool] = always
    ) -> Program:
        """Return one of our own commands as a program, named after the command if not otherwise."""
        name = name or command
        return Program(
            name=name,
            command=(sys.executable, "-m", "bot.cli", command, *options),
            log=self.logs / f"{name}.log",
            # gunicorn looks for app.py where it is started, which may be any folder.
            environ={**self.environ, "PYTHONPATH": str(HOME)},
            ready=ready,
            cwd=self.cwd,
        )

    def service(self, tether: Tether) -> list[Child]:
        """Return the processes of the service; they start side by side, and the last waits for all."""
        page = f"http://{LOOPBACK}:{self.web_port}/readyz"
        clock = self.program("clock", ready=lambda: answers(page))
        urgent = self.program("worker", "--urgent", name="worker-urgent")
        programs = (self.program("web"), self.program("worker"), urgent, clock)
        return [Child(program, tether) for program in programs]

    def simulators(self, accounts: Sequence[StandIn], folder: Path, tether: Tether) -> list[Child]:
        """Return one simulator an account; they start side by side, and the last waits for all."""
        waits = [*(() for _ in accounts[1:]), accounts]
        return [
            self.simulator(account, folder / f"simulator-{account.portal}.json", tether, waits_for)
            for account, waits_for in zip(accounts, waits, strict=True)
        ]

    def simulator(
        self, stand_in: StandIn, seed: Path, tether: Tether, waits_for: Sequence[StandIn] | None = None
    ) -> Child:
        """Return the simulator's process, its account written to `seed`; by default it waits for itself."""
        awaited = (stand_in,) if waits_for is None else waits_for
        write_private(seed, stand_in.seed())
        program = self.program(
            "simulator",
            *("--port", str(stand_in.port), "--seed", str(seed)),
            name=f"simulator-{stand_in.portal}",
            ready=lambda: all(answers(f"{one.url}/_sim/requests") for one in awaited),
        )
        return Child(program, tether)


def foreign(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without any variable of ours, so that nothing of another set-up leaks in."""
    return {name: value for name, value in environ.items() if not OWN_VARIABLES.fullmatch(name)}


def rules_dir(environ: Mapping[str, str]) -> Path:
    """Return the rules folder: the one named, the one here, or the one beside the program."""
    named = environ.get("RULES_DIR", "").strip()
    here = Path(named or "rules")
    beside = HOME / "rules"
    return here.absolute() if named or here.is_dir() else beside


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
