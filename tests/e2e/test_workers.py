"""Two lines of work, workers that stop gently, and a ticket that kills its worker; as real processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from redis import Redis

from bot.domain.ticket import TicketKey
from bot.engine.clock import WORKERS
from bot.engine.quarantine import NO_END
from bot.store.failures import Failures
from bot.store.heartbeat import Heartbeats
from tests.e2e.processes import wait_for
from tests.e2e.service import Service

pytestmark = pytest.mark.xdist_group("workers")

URGENT, NORMAL = "worker --urgent", "worker"
Start = Callable[..., Service]


@pytest.fixture(scope="module")
def store(valkey_url: str) -> Iterator[Redis]:
    """Look into the store of the running service."""
    with Redis.from_url(valkey_url) as client:
        yield client


@pytest.fixture
def start(shared: Service, store: Redis) -> Iterator[Start]:
    """Start the workers named beside web and clock, and end them with the test."""

    def begin(*workers: str, **extra: str) -> Service:
        shared.set_faults()
        shared.has("web", "clock")
        for name in workers:
            shared.processes.start(name, **extra)
        shared.wait_until_ready()
        return shared

    yield begin
    for name in {NORMAL, URGENT} & shared.processes.running.keys():
        shared.processes.kill(name)
    store.delete(*(f"semaforo:alive:{kind}" for kind in WORKERS.values()))  # they would run out by themselves


def one_each(service: Service, ticket: int) -> bool:
    return service.counts(ticket) == (1, 1)


def test_the_urgent_line_goes_on_while_the_normal_one_stands(start: Start, store: Redis) -> None:
    service = start(NORMAL, URGENT)
    wait_for("both workers", lambda: Heartbeats(store).seen("worker-urgent") is not None)
    service.processes.kill(NORMAL)
    ticket = service.open()
    wait_for("note and reply", lambda: one_each(service, ticket))


def test_without_an_urgent_worker_the_normal_one_does_all(start: Start) -> None:
    service = start(NORMAL)
    ticket = service.open()
    wait_for("note and reply", lambda: one_each(service, ticket))


@pytest.mark.parametrize("name", [NORMAL, URGENT])
def test_a_worker_told_to_stop_ends_its_job_first(start: Start, store: Redis, name: str) -> None:
    service = start(NORMAL, *({URGENT} & {name}))
    if name == URGENT:
        wait_for("it", lambda: Heartbeats(store).seen("worker-urgent") is not None)
    service.set_faults(latency_ms=[700, 700])
    ticket = service.open()
    wait_for("it has begun", lambda: bool(service.ticket(ticket)["tags"]))
    assert service.counts(ticket) == (0, 0)
    assert service.processes.stop(name) == 0
    assert one_each(service, ticket), "the job that ran was ended, and nobody else could have"


def test_a_ticket_that_kills_its_worker_stands_aside(start: Start, store: Redis) -> None:
    service = start(NORMAL, CRASH_AT="before_fields", QUARANTINE_AFTER="2")
    ticket, failures = service.open(), Failures(store)
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
