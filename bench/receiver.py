"""How fast does the receiver take deliveries, under gunicorn, each stored in Valkey before it is answered?

Every delivery comes on a connection of its own, as Freshdesk's do. The applications run side by side and take
turns, so that what else the machine does hits all of them.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import count

import psutil

from bench.desk import RULES, store
from bench.lines import SHOWN, Figure, Goal, Kind, Line, Size, quantile
from bot.local.ports import LOOPBACK, free_port

ROOT = RULES.parent
SECRET = "bench-secret-of-the-webhook"  # noqa: S105
CLIENTS = 6
THREADS = 8
PACE = 500
APPS = {
    "ours": "app:app",
    "answer": "bench.plain_apps:answer_only()",
    "round trip": "bench.plain_apps:one_round_trip()",
}
LINES = {
    "answer": Line(
        "deliveries accepted, one process", "/s", Goal(Kind.SHARE, 0.6), "Flask that only answers"
    ),
    "round trip": Line(
        "deliveries accepted, one process", "/s", Goal(Kind.SHARE, 0.9), "Flask with one Redis round trip"
    ),
    "processor": Line("processor time of a delivery", "µs", SHOWN, "Flask with one Redis round trip"),
    "p50": Line(f"answer at {PACE}/s, median", "ms", SHOWN),
    "p99": Line(f"answer at {PACE}/s, 99th percentile", "ms", Goal(Kind.AT_MOST, 25)),
}


def run(size: Size) -> Mapping[str, Figure]:
    """Let the applications take turns, then pace deliveries to ours."""
    rounds, each, paced = {
        Size.TINY: (1, 10, 20),
        Size.QUICK: (5, 400, 1500),
        Size.FULL: (15, 800, 5000),
    }[size]
    with store() as url, ExitStack() as stack:
        servers = {name: stack.enter_context(served(app, url)) for name, app in APPS.items()}
        rates: dict[str, list[float]] = {name: [] for name in servers}
        spent = {name: one.seconds() for name, one in servers.items()}
        for _ in range(rounds):
            for name, one in servers.items():
                rates[name].append(rate(one.port, each))
        micros = {n: (one.seconds() - spent[n]) / (rounds * each) * 1e6 for n, one in servers.items()}
        late = paced_seconds(servers["ours"].port, paced)
    best = {name: max(found) for name, found in rates.items()}
    return {
        "answer": Figure(best["ours"], best["answer"]),
        "round trip": Figure(best["ours"], best["round trip"]),
        "processor": Figure(micros["ours"], micros["round trip"]),
        "p50": Figure(quantile(late, 0.5) * 1000),
        "p99": Figure(quantile(late, 0.99) * 1000),
    }


class Server:
    """Hold one running gunicorn and where it listens."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.port = port
        self._process = psutil.Process(process.pid)

    def seconds(self) -> float:
        """Return the processor time of its workers so far."""
        times = [one.cpu_times() for one in self._process.children(recursive=True)]
        return sum(one.user + one.system for one in times)


@contextmanager
def served(app: str, redis_url: str) -> Iterator[Server]:
    """Run one application under gunicorn."""
    port = free_port()
    environ = {
        "PATH": os.environ["PATH"],
        "REDIS_URL": redis_url,
        "RULES_DIR": str(RULES),
        "OPS_PASSWORD": "bench-password",
        "LOG_LEVEL": "INFO",
        "PORTAL_BENCH_DOMAIN": "bench.freshdesk.com",
        "PORTAL_BENCH_API_KEY": "bench-key",
        "PORTAL_BENCH_WEBHOOK_SECRET": SECRET,
    }
    command = [sys.executable, "-m", "gunicorn", app, "--bind", f"{LOOPBACK}:{port}", "--workers", "1"]
    command += ["--worker-class", "gthread", "--threads", str(THREADS), "--no-control-socket"]
    gunicorn = subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await(port, gunicorn)
        yield Server(port, gunicorn)
    finally:
        gunicorn.terminate()
        gunicorn.wait()


def rate(port: int, deliveries: int) -> float:
    """Return deliveries a second that a few clients get answered, each sending without a pause."""
    share = deliveries // CLIENTS + 1
    start = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(lambda client: _deliver_some(port, client * share, share), range(CLIENTS)))
    return share * CLIENTS / (time.perf_counter() - start)


def paced_seconds(port: int, deliveries: int) -> Sequence[float]:
    """Return how long each delivery took, counted from the moment at which it was to be sent."""
    late, numbers, lock = [], count(), threading.Lock()
    start = time.perf_counter() + 0.05

    def client() -> None:
        while True:
            with lock:
                number = next(numbers)
            if number >= deliveries:
                return
            due = start + number / PACE
            time.sleep(max(0.0, due - time.perf_counter()))
            deliver(port, number)
            late.append(time.perf_counter() - due)

    threads = [threading.Thread(target=client) for _ in range(CLIENTS * 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return late


def deliver(port: int, ticket_id: int) -> None:
    """Send one delivery; RuntimeError unless it is accepted."""
    body = b'{"freshdesk_webhook":{"ticket_id":%d,"ticket_subject":"%s"}}' % (ticket_id + 1, b"x" * 500)
    head = (
        f"POST /webhooks/freshdesk/bench HTTP/1.1\r\nHost: {LOOPBACK}\r\nConnection: close\r\n"
        f"X-Webhook-Secret: {SECRET}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((LOOPBACK, port), timeout=10) as connection:
        connection.sendall(head.encode() + body)
        answer = b""
        while more := connection.recv(4096):
            answer += more
    if not answer.startswith(b"HTTP/1.1 202"):
        raise RuntimeError(f"the receiver answered {answer[:40]!r}")


def _deliver_some(port: int, first: int, share: int) -> None:
    for number in range(first, first + share):
        deliver(port, number)


def _await(port: int, gunicorn: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + 60
    while True:
        try:
            return deliver(port, 1)
        except OSError:
            if gunicorn.poll() is not None or time.monotonic() > ends:
                raise RuntimeError(f"gunicorn does not answer; its code: {gunicorn.poll()}") from None
            time.sleep(0.1)
