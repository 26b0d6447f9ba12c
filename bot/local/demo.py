"""Does the whole service do what it promises, here and now, with real processes?"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import requests
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn

from bot.local.child import StartError
from bot.local.demo_tickets import SAMPLES, SampleTicket
from bot.local.outcome import Outcome, differences
from bot.local.ports import free_port
from bot.local.processes import Machine, foreign, rules_dir
from bot.local.stand_in import StandIn, journal_entry
from bot.local.store_server import EmbeddedStore
from bot.local.supervisor import Supervisor, stop_signals
from bot.local.table import Row, complaints, make_console, results, summary
from bot.local.tether import Tether

START_SECONDS = 30.0
SETTLE_SECONDS = 40.0
POLL_SECONDS = 1.0
# Everything must still be as expected so much later: longer than the effects' settling.
QUIET_SECONDS = 2.5
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Demo:
    """Hold the parts that the demo talks to."""

    stand_in: StandIn
    web_port: int
    ops_password: str

    def environ(self, outside: Mapping[str, str], store_url: str) -> dict[str, str]:
        """Return the environment of the demo's processes: impatient, writing, and their own."""
        return {
            **foreign(outside),
            **self.stand_in.environ(),
            "REDIS_URL": store_url,
            "RULES_DIR": str(rules_dir(outside)),
            "PORT": str(self.web_port),
            "OPS_PASSWORD": self.ops_password,
            "SECRET_KEY": secrets.token_hex(32),
            "EFFECT_SETTLE_SECONDS": "2",
            "SWEEP_SECONDS": "8",
            "COALESCE_SECONDS": "0.3",
            "DRY_RUN": "0",
            "LOG_FORMAT": "console",
            "PYTHONUNBUFFERED": "1",
        }

    def row(self, number: int, sample: SampleTicket) -> Row:
        """Return how a ticket stands now."""
        entry = journal_entry(self.web_port, self.ops_password, number)
        outcome = Outcome(self.stand_in.ticket(number), entry or {})
        wrong = ["not looked at yet"] if entry is None else differences(sample.expected, outcome)
        return Row(number, sample.subject, outcome, wrong)


def demo() -> int:
    """Play the demo and return its exit code: 0 when every ticket ended as expected.

    Everything runs on loopback and in a temporary folder, which is kept when something went wrong.
    """
    console = make_console()
    folder = Path(tempfile.mkdtemp(prefix="semaforo-demo-"))
    try:
        code = _play(folder, os.environ, console)
    except (StartError, requests.RequestException) as error:
        console.print(f"The demo could not go on. {error}", style="red", markup=False)
        code = 1
    if code == 1:
        console.print(f"Logs: {folder / 'logs'}", markup=False)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return code


def _play(folder: Path, environ: Mapping[str, str], console: Console) -> int:
    started = time.monotonic()
    web_port = free_port()
    parts = Demo(StandIn(free_port(), web_port), web_port, secrets.token_hex(16))
    say: Callable[[str], None] = lambda line: console.print(line, markup=False)  # noqa: E731
    with stop_signals() as stop, EmbeddedStore(folder / "store") as url, Tether() as tether:
        # In the demo's own folder no .env can name a real account.
        machine = Machine(folder / "logs", web_port, parts.environ(environ, url), cwd=folder)
        simulator = machine.simulator(parts.stand_in, folder / "seed.json", tether)
        say("Starting Valkey, the simulator, web, two workers and clock …")
        with Supervisor([simulator, *machine.service(tether)], say, stop, START_SECONDS) as supervisor:
            rows = [] if stop.is_set() else _feed_and_wait(parts, supervisor, stop, console)
            calls = 0 if stop.is_set() else parts.stand_in.requests_seen()
    if stop.is_set():
        say("Interrupted.")
        return INTERRUPTED
    return _report(rows, time.monotonic() - started, calls, console)


def _feed_and_wait(parts: Demo, supervisor: Supervisor, stop: threading.Event, console: Console) -> list[Row]:
    """Open every sample, wait until all are as expected or the time is over, and look at all once more."""
    opened = {parts.stand_in.open_ticket(sample, datetime.now(UTC)): sample for sample in SAMPLES}
    waiting = dict(opened)
    end = time.monotonic() + SETTLE_SECONDS
    with _progress(console) as progress:
        task = progress.add_task("tickets settled", total=len(opened))
        while waiting and time.monotonic() < end and not stop.wait(POLL_SECONDS):
            supervisor.look()
            waiting = {
                number: sample for number, sample in waiting.items() if parts.row(number, sample).wrong
            }
            progress.update(task, completed=len(opened) - len(waiting))
        stop.wait(QUIET_SECONDS)
    return [parts.row(number, sample) for number, sample in opened.items()]


def _progress(console: Console) -> Progress:
    default = Progress.get_default_columns()
    return Progress(SpinnerColumn(), *default[:2], MofNCompleteColumn(), console=console, transient=True)


def _report(rows: list[Row], seconds: float, calls: int, console: Console) -> int:
    console.print(results(rows, console.width))
    wrong = complaints(rows)
    for line in wrong:
        console.print(line, style="red", markup=False)
    console.print(summary(rows, seconds, calls), style="red" if wrong else "green", markup=False)
    return 1 if wrong else 0
