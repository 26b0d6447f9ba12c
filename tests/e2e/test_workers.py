"""Two lines of work, workers that stop gently, and a ticket that kills its worker; as real processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from redis import Redis
from rq import Queue
from rq.serializers import DefaultSerializer, JSONSerializer

from bot.domain.ticket import TicketKey
from bot.engine.quarantine import NO_END
from bot.local.ports import free_port
from bot.store.failures import Failures
from bot.store.heartbeat import Heartbeats
from tests.e2e.processes import Processes, environment, simulator_for, wait_for
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


@pytest.mark.parametrize("serializer", [JSONSerializer, DefaultSerializer], ids=["json", "pickle"])
def test_a_job_that_names_another_function_is_not_run(
    start: Start, redis: Redis, tmp_path: Path, serializer: type[JSONSerializer] | type[DefaultSerializer]
) -> None:
    service, trace = start(NORMAL), tmp_path / "trace"
    Queue("semaforo", connection=redis, serializer=serializer).enqueue("os.system", f"touch {trace}")
    ticket = service.open()
    wait_for("note and reply", lambda: one_each(service, ticket))
    wait_for("the queue is empty", lambda: int(redis.llen("rq:queue:semaforo")) == 0)
    assert not trace.exists()
