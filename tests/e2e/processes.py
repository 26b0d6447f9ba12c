"""Semáforo's own processes, started for a test and ended with it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from bot.simulator.automations import Automation
from bot.simulator.seed import Seed
from bot.simulator.server import SimulatorServer

HOME = Path(__file__).parent.parent.parent
SECRET = "clave-del-webhook"


class Processes:
    """Start and end processes by name, each with its own environment."""

    def __init__(self, environ: dict[str, str], logs: Path) -> None:
        self.environ, self.logs = environ, logs
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, label: str | None = None, **extra: str) -> subprocess.Popen[bytes]:
        """Start one of `semaforo`'s processes, with its options; a label tells several of one kind apart."""
        label = label or name
        with (self.logs / f"{label}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "bot.cli", *name.split()],
                cwd=self.logs,
                env=self.environ | extra,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running[label] = process
        return process

    def kill(self, name: str) -> None:
        """End a process and its children at once, as a power cut would."""
        process = self.running.pop(name)
        _kill(process)

    def stop(self, name: str) -> int:
        """End a process as a supervisor would and return its exit code."""
        process = self.running.pop(name)
        process.terminate()
        return process.wait(15)

    def stop_all(self) -> None:
        """Leave nothing behind."""
        for process in self.running.values():
            if process.poll() is None:
                _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    # RQ puts each job in a process group of its own; a job left over would write into the next test's Redis.
    leader = psutil.Process(process.pid)
    leader.suspend()
    children = leader.children(recursive=True)
    for member in (leader, *children):
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()
    process.wait()
    psutil.wait_procs(children, timeout=10)


def environment(simulator_url: str, redis_url: str, port: int) -> dict[str, str]:
    """Return an impatient environment: bursts, settling and leases take seconds."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "PYTHONPATH": str(HOME),
        "RULES_DIR": str(HOME / "rules"),
        "REDIS_URL": redis_url,
        "PORT": str(port),
        "PORTAL_ACELERA_DOMAIN": "acelera.freshdesk.com",
        "PORTAL_ACELERA_API_KEY": "sim-key",
        "PORTAL_ACELERA_WEBHOOK_SECRET": SECRET,
        "PORTAL_ACELERA_URL": simulator_url,
        "EFFECT_SETTLE_SECONDS": "1",
        "SWEEP_SECONDS": "2",
        "COALESCE_SECONDS": "0.2",
        "LEASE_SECONDS": "2",
        "OPS_PASSWORD": "una contraseña",
    }


def simulator_for(port: int) -> SimulatorServer:
    """Make a simulator whose automations report to a web process on this port."""
    hook = {
        "url": f"http://127.0.0.1:{port}/webhooks/freshdesk/acelera",
        "headers": {"X-Webhook-Secret": SECRET},
    }
    rules = tuple(Automation.model_validate(hook | {"on": on}) for on in ("creation", "update"))
    return SimulatorServer(seed=Seed(), automations=rules)


def wait_for(what: str, holds: Callable[[], bool], seconds: float = 40) -> None:
    """Wait until something holds; fail with its name when it never does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError(f"never happened: {what}")
