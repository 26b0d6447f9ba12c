"""Two lines of work, workers that stop gently, and a ticket that kills its worker; as real processes."""

from __future__ import annotations

import os
import pickle
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from redis import Redis
from rq import Callback, Queue
from rq.serializers import JSONSerializer
from rq.webhook import Webhook

from bot.domain.ticket import TicketKey
from bot.engine.quarantine import NO_END
from bot.engine.queue import SWEEP, JobQueue
from bot.local.ports import free_port
from bot.store.connection import as_text
from bot.store.failures import Failures
from bot.store.heartbeat import Heartbeats
from tests.e2e.processes import HOME, Processes, environment, simulator_for, wait_for
from tests.e2e.test_service import Service, is_ready
from tests.policy.planner.desk import rules_folder

URGENT, NORMAL = "worker --urgent", "worker"
Start = Callable[..., Service]


@pytest.fixture
def start(valkey_url: str, redis: Redis, tmp_path: Path) -> Iterator[Start]:
    """Start web, clock and the workers named."""
    port = free_port(None)
    with simulator_for(port) as simulator, rules_folder() as rules:
        environ = environment(simulator.url, valkey_url, port) | {"RULES_DIR": str(rules)}
        processes = Processes(environ, tmp_path)

        def begin(*workers: str, **extra: str) -> Service:
            for name in ("web", "clock", *workers):
                processes.start(name, **extra)
            wait_for("ready", lambda: is_ready(port))
            return Service(simulator, processes, port)

        try:
            yield begin
        finally:
            processes.stop_all()


def one_each(service: Service, ticket: int) -> bool:
    return service.counts(ticket) == (1, 1)


def slow(service: Service, milliseconds: int) -> None:
    """Let every answer of Freshdesk take so long."""
    faults = {"latency_ms": [milliseconds, milliseconds]}
    requests.put(f"{service.simulator.url}/_sim/faults", json=faults, timeout=5).raise_for_status()


def test_the_urgent_line_goes_on_while_the_normal_one_stands(start: Start, redis: Redis) -> None:
    service = start(NORMAL, URGENT)
    wait_for("both workers", lambda: Heartbeats(redis).seen("worker-urgent") is not None)
    service.processes.kill(NORMAL)
    ticket = service.open()
    wait_for("note and reply", lambda: one_each(service, ticket))


def test_without_an_urgent_worker_the_normal_one_does_all(start: Start) -> None:
    service = start(NORMAL)
    ticket = service.open()
    wait_for("note and reply", lambda: one_each(service, ticket))


@pytest.mark.parametrize("name", [NORMAL, URGENT])
def test_a_worker_told_to_stop_ends_its_job_first(start: Start, redis: Redis, name: str) -> None:
    service = start(NORMAL, *({URGENT} & {name}))
    if name == URGENT:
        wait_for("it", lambda: Heartbeats(redis).seen("worker-urgent") is not None)
    slow(service, 700)
    ticket = service.open()
    wait_for("it has begun", lambda: bool(service.ticket(ticket)["tags"]))
    assert service.counts(ticket) == (0, 0)
    assert service.processes.stop(name) == 0
    assert one_each(service, ticket), "the job that ran was ended, and nobody else could have"


def test_a_ticket_that_kills_its_worker_stands_aside(start: Start, redis: Redis) -> None:
    service = start(NORMAL, CRASH_AT="before_fields", QUARANTINE_AFTER="2")
    ticket, failures = service.open(), Failures(redis)
    key = TicketKey("acelera", ticket)
    wait_for("quarantine", lambda: failures.read(key) is not None)
    found = failures.read(key)
    assert found is not None
    assert (found.quarantined, found.reason, found.key) == (True, NO_END, key)
    service.processes.kill(NORMAL)
    service.processes.start(NORMAL, QUARANTINE_AFTER="2")
    other = service.open(subject="Otro", text="Gracias por todo.")
    wait_for("another ticket", lambda: one_each(service, other))
    assert service.counts(ticket) == (0, 0)


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    return tmp_path / "trace"


class Bomb:
    """Unpickle to a call of `os.system`."""

    def __init__(self, command: str) -> None:
        self._command = command

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (self._command,)


def named(redis: Redis, trace: Path) -> None:
    """Name another function, as JSON that the worker reads."""
    Queue("semaforo", connection=redis, serializer=JSONSerializer).enqueue("os.system", f"touch {trace}")


def pickled(redis: Redis, trace: Path) -> None:
    """Name another function, as RQ does by itself."""
    Queue("semaforo", connection=redis).enqueue("os.system", f"touch {trace}")


def crafted(redis: Redis, trace: Path) -> None:
    """Put in place of an own job's data what runs as soon as it is unpickled."""
    JobQueue(redis).sweep("acelera")
    (job,) = redis.lrange("rq:queue:semaforo", 0, -1)
    redis.hset(f"rq:job:{as_text(job)}", "data", zlib.compress(pickle.dumps(Bomb(f"touch {trace}"))))


def calling_back(redis: Redis, trace: Path) -> None:
    """Name an own function, and another that is called with its outcome."""
    module = trace.with_name("intruder.py")
    module.write_text(f"import pathlib\npathlib.Path({str(trace)!r}).touch()\n\ndef came(*_): ...\n")
    queue = Queue("semaforo", connection=redis, serializer=JSONSerializer)
    queue.enqueue(
        SWEEP, "acelera", on_success=Callback("intruder.came"), on_failure=Callback("intruder.came")
    )


def reporting(redis: Redis, trace: Path) -> None:
    """Name an own function, and an address that is told of its outcome."""
    queue = Queue("semaforo", connection=redis, serializer=JSONSerializer)
    queue.enqueue(SWEEP, "acelera", webhooks=[Webhook("http://127.0.0.1:9/", job_status="finished")])


PLANTS = {one.__name__: one for one in (named, pickled, crafted, calling_back, reporting)}


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS.keys())
def test_a_planted_job_is_not_run_but_counted_and_the_worker_lives(
    start: Start, redis: Redis, tmp_path: Path, trace: Path, plant: Callable[[Redis, Path], None]
) -> None:
    redis.set("semaforo:turn:sweep:acelera", 1, ex=60)  # no sweep of the clock's own between
    plant(redis, trace)
    service = start(NORMAL, PYTHONPATH=f"{HOME}:{tmp_path}")
    worker = service.processes.running[NORMAL]
    wait_for("it is counted", lambda: "semaforo_jobs_refused_total 1.0" in metrics(service))
    assert one_is_answered(service)
    assert worker.poll() is None
    assert not trace.exists()
    wait_for("no job is left", lambda: list(redis.scan_iter("rq:job:*")) == [])


def metrics(service: Service) -> str:
    return requests.get(f"http://127.0.0.1:{service.port}/metrics", timeout=5).text


def one_is_answered(service: Service) -> bool:
    ticket = service.open()
    wait_for("note and reply", lambda: one_each(service, ticket))
    return True
