"""Do supervisors and Prometheus learn the truth?"""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from bot.domain.ticket import TicketKey
from bot.engine.context import Context
from bot.settings import Settings
from bot.store.budget import Priority, Said, Spent
from bot.web import create_app

from .conftest import NOW, SECRET, build_context, build_settings
from .valkey import Valkey


@pytest.mark.parametrize(
    ("alive", "status", "reasons"),
    [
        (("clock", "worker"), 200, None),
        (("clock",), 503, ["no worker has been seen lately"]),
        (("worker",), 503, ["no clock has been seen lately"]),
        ((), 503, ["no clock has been seen lately", "no worker has been seen lately"]),
    ],
)
def test_ready_when_somebody_will_do_the_work(
    client: FlaskClient, context: Context, alive: tuple[str, ...], status: int, reasons: list[str] | None
) -> None:
    for kind in alive:
        context.heartbeats.beat(kind, NOW)
    answer = client.get("/readyz")
    assert answer.status_code == status
    assert (answer.json or {}).get("reasons") == reasons


def test_not_ready_without_rules(settings: Settings, context: Context) -> None:
    rulebook = SimpleNamespace(policy=SimpleNamespace(version=""), unusable=None)
    without = cast(Context, SimpleNamespace(**{**vars(context), "rulebook": rulebook}))
    answer = create_app(settings, without).test_client().get("/readyz")
    assert "no rules are loaded" in (answer.json or {})["reasons"]


def test_alive_but_not_ready_without_redis(own_valkey: Valkey) -> None:
    client = create_app(build_settings(own_valkey.url), build_context(own_valkey.url)).test_client()
    own_valkey.stop()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (
        503,
        {"status": "not ready", "reasons": ["Redis does not answer"]},
    )
    assert samples(client)["semaforo_redis_up"] == 0


def samples(client: FlaskClient) -> dict[str, float]:
    """Return the metrics by name with their labels."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {
        sample.name + "".join(f"[{value}]" for _, value in sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def hold_back(context: Context) -> int:
    """Let the account answer 429 to one request and 401 to another; return the tokens spent."""
    assert context.budget is not None
    assert context.breaker is not None
    spent = context.budget.spend("acelera", Priority.URGENT, "other", 4)
    assert isinstance(spent, Spent)
    context.budget.settle("acelera", spent, Said(100, 96, 4, 30, refused=True))
    context.breaker.refused_key("acelera", "0123abcd")
    return spent.cost


def test_metrics_tell_deliveries_and_what_waits(client: FlaskClient, context: Context) -> None:
    path = "/webhooks/freshdesk/acelera"
    client.post(path, data='{"ticket_id":1}', headers={"X-Webhook-Secret": SECRET})
    client.post(path, data="", headers={"X-Webhook-Secret": SECRET})
    client.post(path)
    client.post("/webhooks/freshdesk/somebody@example.com")
    context.wakeups.ring(TicketKey("acelera", 2), NOW - timedelta(seconds=90))
    context.heartbeats.beat("clock", NOW - timedelta(seconds=7))
    spent = hold_back(context)
    found = samples(client)
    assert found["semaforo_api_tokens_left[acelera]"] == 60 - spent
    assert found["semaforo_api_tokens[acelera]"] == 60
    assert 25 < found["semaforo_api_held_seconds[acelera]"] <= 30
    assert found["semaforo_api_refused_total[acelera]"] == 1
    assert found["semaforo_api_breaker[acelera][key]"] == 1
    assert found["semaforo_api_breaker[acelera][down]"] == 0
    assert found["semaforo_deliveries_total[accepted][acelera]"] == 1
    assert found["semaforo_deliveries_total[unusable][acelera]"] == 1
    assert found["semaforo_deliveries_total[unauthorized][acelera]"] == 1
    assert found["semaforo_deliveries_total[unknown_portal][unknown]"] == 1
    assert found["semaforo_wakeups_overdue"] == 1
    assert found["semaforo_wakeups_oldest_seconds"] == 90
    assert found["semaforo_heartbeat_age_seconds[clock]"] == 7
    assert "semaforo_heartbeat_age_seconds[worker]" not in found
    assert found["semaforo_rules_info[4f2a9c1b7d3e]"] == 1
    assert found["semaforo_rules_refused_total"] == 0
    assert found["semaforo_rules_unusable"] == 0
    assert found["semaforo_redis_up"] == 1


def test_the_brakes_are_told(client: FlaskClient, context: Context) -> None:
    for kind in ("clock", "worker"):
        context.heartbeats.beat(kind, NOW)
    on = {"stopped": False, "fuses_blown": [], "tickets_held": 0}
    assert (client.get("/readyz").json or {})["writes"] == on
    context.brakes.stop(NOW)
    context.brakes.hold(TicketKey("acelera", 1))
    for _ in range(5001):
        context.brakes.count_write("norte", NOW)
    answer = client.get("/readyz")
    assert answer.status_code == 200, "deliveries are taken all the same"
    told = {"stopped": True, "fuses_blown": ["norte"], "tickets_held": 1}
    assert (answer.json or {})["writes"] == told
    found = samples(client)
    assert found["semaforo_writes_stopped"] == found["semaforo_tickets_held"] == 1
    assert (found["semaforo_fuse_blown[norte]"], found["semaforo_fuse_blown[acelera]"]) == (1, 0)
    assert found["semaforo_writes_this_hour[norte]"] == 5001
