"""Simulators on free ports, stopped after each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.simulator.automations import Automation
from bot.simulator.seed import FieldSeed, Seed
from bot.simulator.server import SimulatorServer
from bot.simulator.switches import Switches

from .client import Client
from .receiver import Receiver

FIELDS = (
    FieldSeed(name="cf_pedido", label="Pedido"),
    FieldSeed(name="cf_asientos", label="Asientos", kind="number"),
    FieldSeed(name="cf_bloquea", label="Bloquea", kind="checkbox"),
    FieldSeed(name="cf_region", label="Región", kind="dropdown", choices=("Lima", "Cusco")),
    FieldSeed(name="cf_entrega", label="Entrega", kind="date"),
)


@pytest.fixture
def start() -> Iterator[Callable[..., Client]]:
    """Start simulators with the options given, and stop them all at the end."""
    running: list[SimulatorServer] = []

    def begin(**options: Any) -> Client:
        server = SimulatorServer(**{"seed": Seed(ticket_fields=FIELDS)} | options).start()
        running.append(server)
        return Client(server)

    yield begin
    for server in running:
        server.stop()


@pytest.fixture(scope="session")
def shared_server() -> Iterator[SimulatorServer]:
    """Run one server for all the tests of a process."""
    with SimulatorServer(seed=Seed(ticket_fields=FIELDS)) as server:
        yield server


@pytest.fixture
def desk(shared_server: SimulatorServer) -> Client:
    """Return a client of an account, fresh from its seed, with a few custom fields."""
    shared_server.reset()
    return Client(shared_server)


@pytest.fixture
def rigged(start: Callable[..., Client], receiver: Receiver) -> Callable[..., Client]:
    """Start an account with one rule."""

    def begin(**rule: Any) -> Client:
        rules = (Automation.model_validate({"url": receiver.url} | rule),)
        return start(automations=rules, switches=Switches(webhook_retry_scale=0.00002, native_sla=False))

    return begin
