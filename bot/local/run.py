"""How does the whole service stay up on one machine?

What the environment and `.env` name is used; what they do not name is brought along: an embedded Valkey for a
missing Redis, the simulator for a missing Freshdesk account.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import redis
from dotenv import dotenv_values

from bot.local.child import StartError
from bot.local.ports import LOOPBACK, free_port
from bot.local.processes import Machine, rules_dir, write_private
from bot.local.stand_in import PORTAL, StandIn
from bot.local.store_server import DEFAULT_DATA_DIR, EmbeddedStore, connect_existing
from bot.local.supervisor import Part, Supervisor, stop_signals
from bot.local.table import make_console
from bot.local.tether import Tether
from bot.local.trickle import LinkEcho, Trickle
from bot.settings import PORTAL_VARIABLE, Settings, SettingsError, read_settings, redis_url_of

SIMULATOR_PORT = 9000
SIMULATED_PACE = {"SWEEP_SECONDS": "30", "EFFECT_SETTLE_SECONDS": "5"}
NOTE = "run.json"
ACCOUNT = "simulator.json"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """Hold what this run brings along itself, and the environment of its processes."""

    data_dir: Path
    settings: Settings
    environ: Mapping[str, str]
    web_port: int
    store: EmbeddedStore | None
    stand_in: StandIn | None


def run(data_dir: Path = DEFAULT_DATA_DIR) -> int:
    """Keep the service up until told to stop; return the exit code: 2 when the settings are not usable."""
    console = make_console()
    say: Say = partial(console.print, markup=False)
    from_file = {name: value for name, value in dotenv_values(Path(".env")).items() if value is not None}
    try:
        keep_up(from_file | dict(os.environ), data_dir.absolute(), say)
    except SettingsError as error:
        say("The environment is not usable:\n" + "\n".join(f"  - {problem}" for problem in error.problems))
        return 2
    except StartError as error:
        say(str(error))
        return 1
    return 0


def keep_up(environ: Mapping[str, str], data_dir: Path, say: Say) -> None:
    """Start everything, say where it is, and keep it up until SIGINT, SIGTERM or SIGHUP.

    SettingsError when the environment is not usable, StartError when a process cannot be started.
    """
    with stop_signals() as stop, contextlib.ExitStack() as stack:
        named = redis_url_of(environ)
        store = None if named else EmbeddedStore(data_dir)
        url = stack.enter_context(store) if store is not None else named or ""
        (data_dir / NOTE).unlink(missing_ok=True)  # of a run that was killed
        plan = make_plan(environ, data_dir, store, url, say)
        tether = stack.enter_context(Tether())
        if plan.stand_in is not None:
            stack.enter_context(_simulated(plan, say))
        _keep_one_generation(data_dir / "logs")
        _watch(plan, tether, stop, say)
    say("Stopped.")


def make_plan(
    environ: Mapping[str, str], data_dir: Path, store: EmbeddedStore | None, url: str, say: Say
) -> Plan:
    """Decide what this run brings along; SettingsError with every problem of the environment."""
    environ = {**environ, "RULES_DIR": str(rules_dir(environ)), "REDIS_URL": url, "REDIS_URL_FILE": ""}
    stand_in = None
    if not any(PORTAL_VARIABLE.fullmatch(name) for name in environ):
        stand_in = StandIn(free_port(SIMULATOR_PORT, say), web_port=0)
        environ = SIMULATED_PACE | environ | stand_in.environ()
        if store is not None:
            # Apart from a real account's memory, which an earlier run with .env may have left in 0.
            environ["REDIS_URL"] = url.replace("?db=0", "?db=1")
    settings = read_settings(environ)
    web_port = free_port(settings.port, say)
    environ["PORT"] = str(web_port)
    if stand_in is not None:
        stand_in = replace(stand_in, web_port=web_port)
    return Plan(data_dir, settings, environ, web_port, store, stand_in)


def running_environment(data_dir: Path) -> dict[str, str]:
    """Return the variables with which a command reaches the service that `semaforo run` keeps up here.

    Empty when none runs on the embedded store of this folder.
    """
    url = connect_existing(data_dir)
    if url is None:
        return {}
    with contextlib.suppress(OSError, ValueError):
        noted = json.loads((data_dir / NOTE).read_text(encoding="utf-8"))
        return {str(name): str(value) for name, value in noted.items()}
    return {"REDIS_URL": url}


@contextlib.contextmanager
def _simulated(plan: Plan, say: Say) -> Iterator[None]:
    """Let other commands find the simulated account, and forget what an earlier one left behind."""
    assert plan.stand_in is not None
    if plan.store is None:
        say("The simulator's tickets start from 1 at each run: REDIS_URL should name an empty database.")
    else:
        # The simulator keeps nothing, so its tickets' numbers come again and must not be taken for known.
        with redis.Redis.from_url(plan.environ["REDIS_URL"]) as client:
            client.flushdb()
    note = plan.data_dir / NOTE
    write_private(note, json.dumps({**plan.stand_in.environ(), "REDIS_URL": plan.environ["REDIS_URL"]}))
    try:
        yield
    finally:
        note.unlink(missing_ok=True)
        (plan.data_dir / ACCOUNT).unlink(missing_ok=True)


def _watch(plan: Plan, tether: Tether, stop: threading.Event, say: Say) -> None:
    machine = Machine(plan.data_dir / "logs", plan.web_port, plan.environ)
    parts: list[Part] = [plan.store] if plan.store is not None else []
    if plan.stand_in is not None:
        parts.append(machine.simulator(plan.stand_in, plan.data_dir / ACCOUNT, tether))
    say("Starting …")
    with Supervisor([*parts, *machine.service(tether)], say, stop) as supervisor:
        if stop.is_set():
            return
        say(where(plan))
        echo = LinkEcho(plan.data_dir / "logs" / "web.log", say)
        trickle = None if plan.stand_in is None else Trickle(plan.stand_in, say)

        def also() -> None:
            echo.look()
            if trickle is not None:
                trickle.look()

        supervisor.watch(also)


def where(plan: Plan) -> str:
    """Say where everything is and how to stop it."""
    simulated = f"the simulator on {plan.stand_in.url}, portal {PORTAL}" if plan.stand_in else ""
    facts = {
        "pages": f"http://{LOOPBACK}:{plan.web_port}/ops/",
        "Freshdesk": simulated or f"portals {', '.join(plan.settings.portals)}",
        "data": f"{plan.data_dir} (embedded Valkey)" if plan.store else "the Redis that REDIS_URL names",
        "logs": str(plan.data_dir / "logs"),
        "stop": f"Ctrl-C, or: kill {os.getpid()}",
    }
    return "\n".join(["Semáforo is running.", *(f"  {name:<10} {fact}" for name, fact in facts.items())])


def _keep_one_generation(logs: Path) -> None:
    """Put the logs of the run before aside, so that they do not grow for ever."""
    for log in logs.glob("*.log"):
        log.replace(log.with_suffix(".log.1"))
