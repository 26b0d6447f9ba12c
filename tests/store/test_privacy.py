"""Whatever a customer writes, nothing of it but the words that rules look for reaches the store."""

from __future__ import annotations

import json
from typing import Any

import pytest
from redis import Redis

from bot.store.journal import OPEN
from bot.store.rulebook import Rulebook
from tests.policy.planner.desk import rules_folder, shipped
from tests.store.everything import canaries_stored, everything
from tests.world import PORTAL, World

CANARIES = {
    "name": "Zoraida Quispehuamán",
    "mail": "zoraida.quispe@canario.example",
    "phone": "987654321",
    "document": "45678912",
    "secret": "clave-Xyzzy-77",
    "subject": "asuntocanario",
    "body": "cuerpocanario",
    "reply": "respuestacanario",
    "private": "notacanario",
    "company": "Empresa Canaria SAC",
}


@pytest.fixture(scope="module")
def rulebook() -> Any:
    with rules_folder(morosidad=shipped("morosidad")) as folder:
        yield Rulebook(folder)


def live_through(world: World) -> None:
    """Let a ticket full of personal data go through everything that is stored about one."""
    world.control(
        "POST", "companies", {"name": CANARIES["company"], "custom_fields": {"factura_vencida": True}}
    )
    text = " ".join((CANARIES["body"], CANARIES["name"], CANARIES["phone"], CANARIES["document"]))
    ticket = world.open(
        f"{CANARIES['subject']} caído",
        f"{text}. El CRM está caído. {CANARIES['secret']} {CANARIES['mail']}",
        email=CANARIES["mail"],
        name=CANARIES["name"],
        company=CANARIES["company"],
    )
    world.settle(ticket)
    world.control("POST", f"tickets/{ticket}/reply", {"as": "customer", "text": CANARIES["reply"]})
    world.control(
        "POST", f"tickets/{ticket}/reply", {"as": "agent", "text": CANARIES["private"], "private": True}
    )
    world.clock.move(hours=25)
    world.settle(ticket)
    world.control("PUT", "faults", {"error_500": 1.0})
    world.as_agent(ticket, priority=1)
    world.settle(ticket)
    world.control("PUT", "faults", {})
    world.sweep()


def test_no_canary_reaches_the_store(world: World, redis: Redis) -> None:
    live_through(world)
    stored = everything(redis)
    assert {key.split(":")[1] for key in stored} >= {"ledger", "journal", "wakeups", "replies", "company"}
    assert canaries_stored(redis, CANARIES.values()) == {}


def test_what_is_stored_is_json_of_a_ticket_key(world: World, redis: Redis) -> None:
    live_through(world)
    for key, values in everything(redis).items():
        if key.startswith(("semaforo:ledger:", "semaforo:journal:")) and key != OPEN:
            assert PORTAL in key
            for value in values[1::2] if "ledger" in key else values:
                json.loads(value)


@pytest.mark.parametrize("fault", ["error_500", "unauthorized", "html_502", "truncated_body"])
def test_reasons_of_failures_name_no_content(world: World, redis: Redis, fault: str) -> None:
    ticket = world.open(CANARIES["subject"], CANARIES["body"], email=CANARIES["mail"])
    world.control("PUT", "faults", {fault: 1.0})
    world.settle(ticket)
    (failure,) = world.ctx.failures.all()
    assert len(failure.reason) < 80
    for canary in CANARIES.values():
        assert canary not in failure.reason
