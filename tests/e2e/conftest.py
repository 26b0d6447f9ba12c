"""What tests of the whole service share: web and clock, started once a module."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis

from bot.local.ports import free_port
from tests.e2e.processes import Processes, environment, simulator_for
from tests.e2e.service import Service
from tests.policy.planner.desk import rules_folder


@contextmanager
def _a_desk(valkey_url: str, logs: Path) -> Iterator[Service]:
    port = free_port(None)
    with Redis.from_url(valkey_url) as store:
        store.flushall()
    # Few plain rules: each process loads them anew.
    with simulator_for(port) as simulator, rules_folder() as rules:
        environ = environment(simulator.url, valkey_url, port) | {"RULES_DIR": str(rules)}
        processes = Processes(environ, logs)
        try:
            yield Service(simulator, processes, port)
        finally:
            processes.stop_all()


@pytest.fixture(scope="module")
def shared(valkey_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Give an empty store and a desk for all tests of a module; their processes end with the module.

    A module that asks for it keeps its tests in one test process by an `xdist_group`, and does not ask for
    `redis`, which would empty the store below the running processes.
    """
    with _a_desk(valkey_url, tmp_path_factory.mktemp("service")) as service:
        yield service


@pytest.fixture
def alone(valkey_url: str, tmp_path: Path) -> Iterator[Service]:
    """Give an empty store and a desk to one test; it starts the processes itself."""
    with _a_desk(valkey_url, tmp_path) as service:
        yield service
