"""What every test may stand on: one Valkey a test process, one simulator, the shipped rules."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from redis import Redis

from bot.local.store_server import EmbeddedStore
from bot.simulator.server import SimulatorServer
from bot.store.rulebook import Rulebook
from tests.simulator.receiver import Receiver
from tests.world import MovableClock, World

RULES = Path(__file__).parent.parent / "rules"


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Undo what a command set up: its stream is gone with the test."""
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """Start one real Valkey for this test process."""
    folder = Path(tempfile.mkdtemp(prefix="sem-"))
    try:
        with EmbeddedStore(folder) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def redis(valkey_url: str) -> Iterator[Redis]:
    """Give an empty database."""
    with Redis.from_url(valkey_url) as client:
        client.flushall()
        yield client


@pytest.fixture(scope="session")
def shared_simulator() -> Iterator[tuple[SimulatorServer, MovableClock]]:
    """Start one simulator for this test process, on a clock that tests move."""
    clock = MovableClock()
    with SimulatorServer(now=clock) as server:
        yield server, clock


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """Load the shipped rules."""
    return Rulebook(RULES)


@pytest.fixture
def world(shared_simulator: tuple[SimulatorServer, MovableClock], redis: Redis, rulebook: Rulebook) -> World:
    """Give a fresh world: simulator at its seed, empty Redis, Monday 10:00 in Lima."""
    server, clock = shared_simulator
    clock.now = MovableClock().now
    server.reset()
    return World(server, redis, rulebook, clock)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Give a web server that keeps what it is sent."""
    server = Receiver()
    yield server
    server.stop()
