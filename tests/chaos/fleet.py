"""The whole service as real processes, each of which can be killed and is started again."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import requests
from redis import Redis
from redis.exceptions import RedisError

from bot.engine.queue import QUEUES
from bot.local.child import wait_until
from bot.local.ports import free_port
from bot.local.store_server import EmbeddedStore
from bot.simulator.faults import Dice, Fate, Faults
from bot.simulator.server import SimulatorServer
from bot.simulator.switches import UNLIMITED, Switches
from tests.chaos.schedule import Storm
from tests.e2e.processes import Processes, environment, simulator_for
from tests.policy.planner.desk import rules_folder, shipped

IN_DOUBT = {"late_effect", "error_500_after_write", "drop_after_write", "truncated_body"}
ONCE_ONLY = {"notes", "replies"}
# A thousand replies an hour is a cap that a storm of thousands of tickets would reach.
REPLIES = shipped("respuestas").replace("tope_por_hora: 1000 ", "tope_por_hora: 100000 ")


# With two of them each line has its own, as `semaforo run` has it.
WORKERS = ("worker", "worker --urgent")


class WatchedDice(Dice):
    """Draw fates, and remember how often the answer to a note or reply was lost after its effect."""

    def __init__(self, faults: Faults, doubts: list[int]) -> None:
        super().__init__(faults)
        self._doubts = doubts

    def fate(self, endpoint: Any) -> Fate:
        """Draw the fate of the next request of an endpoint."""
        fate = super().fate(endpoint)
        if fate.kind in IN_DOUBT and endpoint.name in ONCE_ONLY:
            self._doubts.append(endpoint.ticket_id)
        return fate


class Fleet:
    """Hold simulator, store, web, clock and workers; `keep_up` starts again what has died."""

    def __init__(self, folder: Path, simulator: SimulatorServer, port: int, environ: dict[str, str]) -> None:
        self.folder, self.simulator, self.port = folder, simulator, port
        self.store = EmbeddedStore(folder / "var")
        self.environ = environ
        self.doubts: list[int] = []
        self._names: dict[str, str] = {}
        self._orphans: list[psutil.Process] = []
        self._store_wanted = True
        self.processes = Processes(environ | {"REDIS_URL": self.store.start()}, folder)

    def start(self, name: str, label: str | None = None, **extra: str) -> None:
        """Start one process and keep it up from now on."""
        label = label or name
        self._names[label] = name
        self.processes.start(name, label, **extra)

    def keep_up(self) -> None:
        """Start again what has ended, as a supervisor would."""
        if self._store_wanted and not self.store.is_alive():
            self.store.start()
        for label, name in self._names.items():
            process = self.processes.running.get(label)
            if process is None or process.poll() is not None:
                self.processes.start(name, label)

    def kill(self, label: str, how: str = "tree") -> None:
        """Kill a process with its job (`tree`), without it (`leader`), or the job alone (`job`)."""
        process = self.processes.running[label]
        with contextlib.suppress(psutil.NoSuchProcess):
            jobs = psutil.Process(process.pid).children(recursive=True)
            if how == "tree":
                self.processes.kill(label)
            elif how == "leader":
                process.kill()
                process.wait()
                self._orphans.extend(jobs)
            for job in jobs if how == "job" else ():
                job.kill()

    def stop_store(self, how: str) -> None:
        """End Valkey, gently or by kill -9, and leave it down."""
        self._store_wanted = False
        pid = self.store.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL if how == "kill -9" else signal.SIGTERM)
        assert wait_until(lambda: not self.store.is_alive(), 20)

    def start_store(self) -> None:
        """Bring Valkey back with what its append-only file holds."""
        self._store_wanted = True
        self.store.start()

    def redis(self) -> Redis:
        """Return a client of the store as it now runs."""
        return Redis.from_url(self.store.url)

    def set_faults(self, seed: int = 0, webhooks: dict[str, float] | None = None, **faults: Any) -> None:
        """Put faults in force in place of all earlier ones."""
        wanted = Faults.model_validate({"seed": seed, "webhooks": webhooks or {}} | faults)
        with self.simulator.state.lock:
            self.simulator.state.dice = WatchedDice(wanted, self.doubts)

    def open(self, **ticket: Any) -> int:
        """Open a ticket as a customer would; the simulator sends the webhook."""
        answer = requests.post(f"{self.simulator.url}/_sim/tickets", json=ticket, timeout=20)
        answer.raise_for_status()
        return int(answer.json()["id"])

    def ticket(self, ticket: int) -> dict[str, Any]:
        """Return the whole ticket."""
        answer = requests.get(f"{self.simulator.url}/_sim/tickets/{ticket}", timeout=20)
        found: dict[str, Any] = answer.json()
        return found

    def found(self) -> dict[int, dict[str, Any]]:
        """Return every whole ticket by its id."""
        with self.simulator.state.lock:
            numbers = list(self.simulator.state.tickets)
        return {number: self.ticket(number) for number in numbers}

    def is_ready(self) -> bool:
        """Tell whether the service says that it is ready."""
        return self.is_alive("readyz")

    def is_alive(self, page: str = "healthz") -> bool:
        """Tell whether the web process answers well."""
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/{page}", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def is_quiet(self) -> bool:
        """Tell whether no job waits and no alarm is overdue."""
        try:
            with self.redis() as redis:
                waiting = [redis.llen(f"rq:queue:{queue}") for queue in QUEUES.values()]
                return not any(waiting) and not redis.zcount("semaforo:wakeups", "-inf", time.time() * 1e6)
        except RedisError:
            return False

    def end(self) -> None:
        """Leave no process behind."""
        self.processes.stop_all()
        for orphan in self._orphans:
            with contextlib.suppress(psutil.NoSuchProcess):
                orphan.kill()
        self.store.stop()


@contextlib.contextmanager
def fleet(storm: Storm, **settings: str) -> Iterator[Fleet]:
    """Start everything with a storm's periods; end and erase it afterwards."""
    folder, port = Path(tempfile.mkdtemp(prefix="storm-")), free_port(None)
    pace = {
        "SWEEP_SECONDS": f"{storm.sweep:g}",
        "LEASE_SECONDS": f"{storm.lease:g}",
        "EFFECT_SETTLE_SECONDS": f"{storm.settle:g}",
        "RULES_WATCH": "0",
        # What waits for a person has no place in a storm: nobody would come.
        "QUARANTINE_AFTER": "1000",
        "WRITES_PER_HOUR": "1000000",
    }
    with simulator_for(port) as simulator, rules_folder(respuestas=REPLIES) as rules:
        # Freshdesk's own second try of a webhook comes after 5 minutes: here after 3 s.
        simulator.state.switches = Switches(limits=UNLIMITED, webhook_retry_scale=0.01)
        environ = environment(simulator.url, "", port) | pace | {"RULES_DIR": str(rules)} | settings
        here = Fleet(folder, simulator, port, environ)
        try:
            for name in ("web", "clock"):
                here.start(name)
            for number in range(storm.workers):
                here.start(WORKERS[number % 2], f"worker-{number}")
            ready = here.is_ready if storm.workers else here.is_alive
            assert wait_until(ready, 60, 0.1), "the service never became ready"
            yield here
        finally:
            here.end()
            shutil.rmtree(folder, ignore_errors=True)
