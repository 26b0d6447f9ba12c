"""Does the whole service do what it promises, here and now, with real processes?"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import requests
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn

from bot.local.child import StartError
from bot.local.demo_rules import write_rules
from bot.local.demo_tickets import SAMPLES, SampleTicket
from bot.local.outcome import Outcome, differences
from bot.local.ports import free_port
from bot.local.processes import Machine, foreign, rules_dir
from bot.local.stand_in import PORTAL, SECOND_PORTAL, StandIn, journal_entry
from bot.local.store_server import EmbeddedStore
from bot.local.stories import STORIES
from bot.local.storyteller import Play, StoryRow, begin, go_on, row
from bot.local.supervisor import Supervisor, stop_signals
from bot.local.table import Row, complaints, contract, make_console, results, summary
from bot.local.tether import Tether

START_SECONDS = 30.0
SETTLE_SECONDS = 50.0
POLL_SECONDS = 1.0
# Everything must still be as expected so much later: longer than the effects' settling.
QUIET_SECONDS = 2.5
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Demo:
    """Hold the parts that the demo talks to: a simulated account for each portal, and the pages."""

    accounts: Mapping[str, StandIn]
    web_port: int
    ops_password: str

    def environ(self, outside: Mapping[str, str], store_url: str, rules: Path) -> dict[str, str]:
        """Return the environment of the demo's processes: impatient, writing, and their own."""
        return {
            **foreign(outside),
            **{
                name: value for account in self.accounts.values() for name, value in account.environ().items()
            },
            "REDIS_URL": store_url,
            "RULES_DIR": str(rules),
            "PORT": str(self.web_port),
            "OPS_PASSWORD": self.ops_password,
            "SECRET_KEY": secrets.token_hex(32),
            "EFFECT_SETTLE_SECONDS": "2",
            "SWEEP_SECONDS": "8",
            "COMPANIES_SECONDS": "5",
            "COALESCE_SECONDS": "0.3",
            "DRY_RUN": "0",
            "LOG_FORMAT": "console",
            "PYTHONUNBUFFERED": "1",
        }

    def look(self, portal: str, number: int) -> Outcome:
        """Return how a ticket stands now; without a journal while the bot has not looked at it."""
        entry = journal_entry(self.web_port, self.ops_password, number, portal)
        return Outcome(self.accounts[portal].ticket(number), entry or {})

    def row(self, number: int, sample: SampleTicket) -> Row:
        """Return how a sample ticket stands now."""
        outcome = self.look(PORTAL, number)
        wrong = differences(sample.expected, outcome) if outcome.journal else ["not looked at yet"]
        return Row(number, sample.subject, outcome, wrong)

    def told(self, play: Play) -> StoryRow:
        """Return how a story's ticket stands now."""
        return row(play, self.look(play.story.portal, play.number))

    def is_told(self, play: Play) -> bool:
        """Go on with a story; tell whether it has come to its end, and to the one expected."""
        outcome = self.look(play.story.portal, play.number)
        return go_on(self.accounts[play.story.portal], play, outcome) and not row(play, outcome).wrong

    def calls(self) -> int:
        """Return how many API requests the accounts have received."""
        return sum(account.requests_seen() for account in self.accounts.values())


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
    accounts = {portal: StandIn(free_port(), web_port, portal) for portal in (PORTAL, SECOND_PORTAL)}
    parts = Demo(accounts, web_port, secrets.token_hex(16))
    rules = write_rules(rules_dir(environ), folder / "rules")
    say = partial(console.print, markup=False)
    with stop_signals() as stop, EmbeddedStore(folder / "store") as url, Tether() as tether:
        # In the demo's own folder no .env can name a real account.
        machine = Machine(folder / "logs", web_port, parts.environ(environ, url, rules), cwd=folder)
        simulators = machine.simulators(tuple(accounts.values()), folder, tether)
        say("Starting Valkey, two simulated accounts, web, two workers and clock …")
        with Supervisor([*simulators, *machine.service(tether)], say, stop, START_SECONDS) as supervisor:
            found = Found() if stop.is_set() else _feed_and_wait(parts, supervisor, stop, console)
    if stop.is_set():
        say("Interrupted.")
        return INTERRUPTED
    return _report(found, time.monotonic() - started, console)


@dataclass(frozen=True, slots=True)
class Found:
    """Hold how all tickets ended, and how many API requests that took."""

    samples: Sequence[Row] = ()
    stories: Sequence[StoryRow] = ()
    calls: int = 0


def _feed_and_wait(parts: Demo, supervisor: Supervisor, stop: threading.Event, console: Console) -> Found:
    """Begin every story, open every sample, wait until all are as expected or time is up, look once more."""
    plays = [begin(parts.accounts[story.portal], story) for story in STORIES]
    account = parts.accounts[PORTAL]
    opened = {account.open_ticket(sample, datetime.now(UTC)): sample for sample in SAMPLES}
    waiting: list[Callable[[], bool]] = [partial(parts.is_told, play) for play in plays]
    waiting += [partial(_is_good, parts, number, sample) for number, sample in opened.items()]
    end, total = time.monotonic() + SETTLE_SECONDS, len(waiting)
    with _progress(console) as progress:
        task = progress.add_task("tickets settled", total=total)
        while waiting and time.monotonic() < end and not stop.wait(POLL_SECONDS):
            supervisor.look()
            waiting = [settled for settled in waiting if not settled()]
            progress.update(task, completed=total - len(waiting))
        stop.wait(QUIET_SECONDS)
    samples = [parts.row(number, sample) for number, sample in opened.items()]
    return Found(samples, [parts.told(play) for play in plays], parts.calls())


def _is_good(parts: Demo, number: int, sample: SampleTicket) -> bool:
    return not parts.row(number, sample).wrong


def _progress(console: Console) -> Progress:
    default = Progress.get_default_columns()
    return Progress(SpinnerColumn(), *default[:2], MofNCompleteColumn(), console=console, transient=True)


def _report(found: Found, seconds: float, console: Console) -> int:
    console.print(results(found.samples, console.width))
    console.print(contract(found.stories))
    wrong = complaints(found.samples, found.stories)
    for line in wrong:
        console.print(line, style="red", markup=False)
    last = summary(found.samples, seconds, found.calls, found.stories)
    console.print(last, style="red" if wrong else "green", markup=False)
    return 1 if wrong else 0
