"""What every command that a person waits for says when Redis does not answer."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from bot.local.store_server import EmbeddedStore
from bot.store.connection import connect_briefly
from tests.world import PORTAL

from .conftest import Run

ASK = [
    ["explain", PORTAL, "1"], ["reconcile", PORTAL, "1"], ["sweep"], ["failures", "list"],
    ["failures", "retry"], ["doctor"], ["rules", "list"], ["corrections"],
]  # fmt: skip


@pytest.fixture
def closed_port() -> Iterator[int]:
    """Give a port that is taken and answers nobody."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield int(holder.getsockname()[1])


@pytest.mark.parametrize("command", ASK, ids=" ".join)
def test_redis_is_down(run: Run, env: dict[str, str], closed_port: int, command: list[str]) -> None:
    url = f"redis://bot:geheim@127.0.0.1:{closed_port}/0"
    result = run(*command, env=env | {"REDIS_URL": url})
    assert result.exit_code == 1
    assert f"Redis does not answer at 127.0.0.1:{closed_port} (ConnectionError)" in result.stderr
    assert "REDIS_URL" in result.stderr
    assert "geheim" not in result.output + result.stderr
    assert "Traceback" not in result.stderr


@pytest.fixture
def frozen(tmp_path: Path) -> Iterator[str]:
    """Give the address of a store that takes connections and never answers."""
    store = EmbeddedStore(tmp_path / "store")
    with store as url:
        pid = connect_briefly(url).info("server")["process_id"]
        os.kill(pid, signal.SIGSTOP)
        try:
            yield url
        finally:
            psutil.Process(pid).resume()


def test_redis_is_frozen(run: Run, env: dict[str, str], frozen: str) -> None:
    result = run("failures", "list", env=env | {"REDIS_URL": frozen})
    assert result.exit_code == 1
    assert "(TimeoutError)" in result.stderr


def test_a_brief_connection_gives_up_within_three_seconds() -> None:
    pool = connect_briefly("redis://127.0.0.1:1").connection_pool.connection_kwargs
    tries = pool["retry"].get_retries() + 1
    assert tries * pool["socket_timeout"] + 0.1 * (tries - 1) < 3
    assert tries * pool["socket_connect_timeout"] + 0.1 * (tries - 1) < 3
