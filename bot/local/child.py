"""How is one process of ours started, told apart from the others, and stopped?"""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.local.tether import Tether, kill_group

STOP_SECONDS = 10.0
TAIL_BYTES = 4_000


class StartError(Exception):
    """Say which program could not be started, and what it said last."""


def always() -> bool:
    """Be ready as soon as the process runs."""
    return True


@dataclass(frozen=True, slots=True)
class Program:
    """Say what to run: `environ` is the child's whole environment, `ready` tells when it can be used."""

    name: str
    command: tuple[str, ...]
    log: Path
    environ: Mapping[str, str] = field(repr=False)
    ready: Callable[[], bool] = always
    cwd: Path | None = None
    pass_fds: tuple[int, ...] = ()


class Child:
    """Run one program in a session of its own, so that a terminal's Ctrl-C reaches only the supervisor."""

    def __init__(self, program: Program, tether: Tether) -> None:
        self.program = program
        self._tether = tether
        self._process: subprocess.Popen[bytes] | None = None
        self._held = False

    @property
    def name(self) -> str:
        """Return the program's name."""
        return self.program.name

    @property
    def pid(self) -> int | None:
        """Return the number of the running or last process."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start the program, its output going to its log file; StartError when it cannot be run."""
        try:
            self._process = self._spawn()
        except OSError as error:
            raise StartError(f"{self.name} cannot be started: {error}") from error
        self._tether.hold(self._process.pid)
        self._held = True

    def is_alive(self) -> bool:
        """Tell whether the process runs; when it has ended, end what it left behind."""
        if self._process is None:
            return False
        if self._process.poll() is None:
            return True
        self._let_go(self._process.pid)
        return False

    def is_ready(self) -> bool:
        """Tell whether the program can be used."""
        return self.is_alive() and self.program.ready()

    def stop(self, grace_seconds: float = STOP_SECONDS) -> None:
        """Ask the process to end, and kill its group when it has not within `grace_seconds`."""
        if self._process is None:
            return
        # Only the leader: a signal to RQ's whole group would kill its job half-way.
        self._process.terminate()
        try:
            self._process.wait(grace_seconds)
        except subprocess.TimeoutExpired:
            kill_group(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._let_go(self._process.pid)

    def ending(self) -> str:
        """Say in words how the process ended."""
        code = None if self._process is None else self._process.poll()
        if code is None:
            return "is running"
        if code < 0:
            return f"was ended by signal {-code}"
        return f"ended with code {code}"

    def last_words(self) -> str:
        """Return the end of the program's log."""
        return tail(self.program.log)

    def _spawn(self) -> subprocess.Popen[bytes]:
        self.program.log.parent.mkdir(parents=True, exist_ok=True)
        with self.program.log.open("ab") as log:
            return subprocess.Popen(
                self.program.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self.program.environ),
                cwd=self.program.cwd,
                pass_fds=self.program.pass_fds,
                start_new_session=True,
            )

    def _let_go(self, pid: int) -> None:
        """End the rest of the group, once: afterwards the number may be given to a stranger."""
        if self._held:
            # Workers whose leader was killed would go on holding its port or its job.
            kill_group(pid, signal.SIGKILL)
            self._tether.release(pid)
            self._held = False


def tail(log: Path, lines: int = 12) -> str:
    """Return the last lines of a log file, or nothing when there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - TAIL_BYTES))
            return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-lines:])
    except OSError:
        return ""


def wait_until(condition: Callable[[], bool], seconds: float, pause: float = 0.02) -> bool:
    """Wait for a condition; tell whether it came true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True
