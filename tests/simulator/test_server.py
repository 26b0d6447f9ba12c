"""Does the simulator start, stop and share itself between threads cleanly?"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import requests

from bot.simulator.server import SimulatorServer
from bot.simulator.switches import UNLIMITED, Switches

from .client import Client


def test_taken_port_is_named() -> None:
    with SimulatorServer() as first:
        port = int(first.url.rpartition(":")[2])
        with pytest.raises(OSError, match=f"cannot listen on 127.0.0.1:{port}"):
            SimulatorServer(port)


def test_stop_leaves_nothing_behind() -> None:
    before = set(threading.enumerate())
    with SimulatorServer() as server:
        url, desk = server.url, Client(server)
        desk.sim("PUT", "automations", [{"url": "http://127.0.0.1:9/x", "on": "creation"}])
        desk.create()
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
    assert set(threading.enumerate()) <= before


def test_a_port_can_be_used_again_at_once() -> None:
    with SimulatorServer() as first:
        port = int(first.url.rpartition(":")[2])
        Client(first).create()
    with SimulatorServer(port) as second:
        assert Client(second).sim("GET", "tickets") == {"ids": []}


def test_injected_clock_and_domain() -> None:
    moment = datetime(2026, 7, 28, 12, tzinfo=UTC)
    with SimulatorServer(domain="andina.freshdesk.com", now=lambda: moment) as server:
        assert Client(server).create()["created_at"] == "2026-07-28T12:00:00Z"
        assert server.state.seed.domain == "andina.freshdesk.com"


def test_many_threads_lose_no_write() -> None:
    with SimulatorServer(switches=Switches(limits=UNLIMITED)) as server:
        desk = Client(server)
        desk.create()
        with ThreadPoolExecutor(8) as pool:
            statuses = list(
                pool.map(lambda n: desk.post("tickets/1/notes", {"body": str(n)}).status_code, range(80))
            )
        assert statuses == [201] * 80
        assert sorted(int(c["body"]) for c in desk.whole(1)["conversations"]) == list(range(80))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_stops_on_a_signal(number: signal.Signals) -> None:
    code = "from bot.simulator.server import serve; serve(0, None, lambda url: print(url, flush=True))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        url = process.stdout.readline().decode().strip()
        assert requests.get(f"{url}/_sim/clock", timeout=5).status_code == 200
        process.send_signal(number)
        assert process.wait(10) == 0
        assert process.stderr.read() == b""
