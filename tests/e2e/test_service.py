"""Web, clock, worker, simulator and Valkey together, as real processes."""

from __future__ import annotations

import time

import pytest
import requests

from tests.e2e.processes import SECRET, wait_for
from tests.e2e.service import Service

pytestmark = pytest.mark.xdist_group("service")


@pytest.fixture
def service(shared: Service) -> Service:
    """Give the running service, whole again after what the test before did to it."""
    shared.set_faults()
    shared.has("web", "worker", "clock")
    shared.wait_until_ready()
    return shared


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
    service.processes.kill("worker")
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
    service.set_faults(webhooks={"lose": 1.0})
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


def test_every_process_stops_when_told(service: Service) -> None:
    assert {name: service.processes.stop(name) for name in ("web", "worker", "clock")} == {
        "web": 0, "worker": 0, "clock": 0,
    }  # fmt: skip
