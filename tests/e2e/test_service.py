"""Web, clock, worker, simulator and Valkey together, as real processes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from bot.local.ports import free_port
from bot.simulator.server import SimulatorServer
from tests.e2e.processes import SECRET, Processes, environment, simulator_for, wait_for
from tests.policy.planner.desk import rules_folder


@dataclass
class Service:
    """Hold the running service and the desk it serves."""

    simulator: SimulatorServer
    processes: Processes
    port: int

    def open(self, **ticket: Any) -> int:
        """Open a ticket as a customer would; the simulator sends the webhook."""
        fields = {"subject": "No podemos entrar", "text": "El CRM está caído.", "email": "ana@cliente.pe"}
        answer = requests.post(f"{self.simulator.url}/_sim/tickets", json=fields | ticket, timeout=10)
        answer.raise_for_status()
        return int(answer.json()["id"])

    def ticket(self, ticket: int) -> dict[str, Any]:
        """Return the whole ticket."""
        found: dict[str, Any] = requests.get(f"{self.simulator.url}/_sim/tickets/{ticket}", timeout=10).json()
        return found

    def counts(self, ticket: int) -> tuple[int, int]:
        """Return how many private notes and public replies a ticket has."""
        messages = self.ticket(ticket)["conversations"]
        return sum(m["private"] for m in messages), sum(not m["private"] for m in messages)

    def requests_for(self, ticket: int) -> dict[str, Any]:
        """Return what was asked of the API about a ticket."""
        found: dict[str, Any] = requests.get(
            f"{self.simulator.url}/_sim/requests", params={"ticket": ticket}, timeout=10
        ).json()
        return found


@pytest.fixture
def service(valkey_url: str, redis: object, tmp_path: Path) -> Iterator[Service]:
    port = free_port(None)
    # Few plain rules: each process of each test loads them anew.
    with simulator_for(port) as simulator, rules_folder() as rules:
        environ = environment(simulator.url, valkey_url, port) | {"RULES_DIR": str(rules)}
        processes = Processes(environ, tmp_path)
        try:
            for name in ("web", "worker", "clock"):
                processes.start(name)
            wait_for("ready", lambda: is_ready(port))
            yield Service(simulator, processes, port)
        finally:
            processes.stop_all()


def is_ready(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/readyz", timeout=2).status_code == 200
    except requests.RequestException:
        return False


def test_a_webhook_becomes_level_dates_tags_note_and_reply(service: Service) -> None:
    ticket = service.open()
    wait_for("note and reply", lambda: service.counts(ticket) == (1, 1))
    seen = service.ticket(ticket)
    assert seen["priority"] == 4
    assert "sla-urgente" in seen["tags"]
    assert sorted(seen["set_by_hand"]) == ["due_by", "fr_due_by"]
    wait_for("its journal entry, written last", lambda: journal(service, ticket).status_code == 200)
    assert journal(service, ticket).json()["level"] == "URGENTE"


def journal(service: Service, ticket: int) -> requests.Response:
    return requests.get(
        f"http://127.0.0.1:{service.port}/ops/api/tickets/acelera/{ticket}",
        headers={"Authorization": "Bearer una contraseña".encode()},
        timeout=5,
    )


@pytest.mark.parametrize("point", ["after_fields", "before_addnote", "after_addnote", "after_reply"])
def test_a_worker_killed_at_any_step_leaves_one_note_and_one_reply(service: Service, point: str) -> None:
    service.processes.stop("worker")
    service.processes.start("worker", CRASH_AT=point)
    ticket = service.open()
    started = {"after_addnote": (1, 0), "after_reply": (1, 1)}.get(point, (0, 0))
    wait_for(
        "the first steps", lambda: bool(service.ticket(ticket)["tags"]) and service.counts(ticket) == started
    )
    service.processes.kill("worker")
    service.processes.start("worker")
    wait_for("note and reply", lambda: service.counts(ticket) == (1, 1))
    settled = service.open(subject="Otro", text="Gracias por todo.")
    wait_for("a later ticket", lambda: service.counts(settled) == (1, 1))
    assert service.counts(ticket) == (1, 1)


def test_lost_webhooks_are_made_up_for_by_the_sweep(service: Service) -> None:
    requests.put(f"{service.simulator.url}/_sim/faults", json={"webhooks": {"lose": 1.0}}, timeout=5)
    ticket = service.open()
    wait_for("note and reply", lambda: service.counts(ticket) == (1, 1))


def test_a_repeated_webhook_costs_one_read(service: Service) -> None:
    ticket = service.open()
    wait_for("note and reply", lambda: service.counts(ticket) == (1, 1))
    wait_for("quiet", lambda: is_quiet(service, ticket))
    requests.delete(f"{service.simulator.url}/_sim/requests", timeout=5)
    answer = requests.post(
        f"http://127.0.0.1:{service.port}/webhooks/freshdesk/acelera",
        json={"ticket_id": ticket},
        headers={"X-Webhook-Secret": SECRET},
        timeout=5,
    )
    assert (answer.status_code, answer.json()) == (202, {"accepted": True, "ticket_id": ticket})
    wait_for("the read", lambda: service.requests_for(ticket)["total"] > 0)
    assert service.requests_for(ticket)["writes"] == 0
    assert service.requests_for(ticket)["reads"] == 1


def is_quiet(service: Service, ticket: int) -> bool:
    """Tell whether a sweep and a half have passed without a request."""
    before = service.requests_for(ticket)["total"]
    time.sleep(3)
    return bool(service.requests_for(ticket)["total"] == before)


@pytest.mark.parametrize("name", ["web", "worker", "clock"])
def test_every_process_stops_when_told(service: Service, name: str) -> None:
    assert service.processes.stop(name) == 0
