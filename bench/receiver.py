"""How fast does the receiver answer, under gunicorn on loopback, with eight clients at once?"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from bot.local.ports import LOOPBACK, free_port
from bot.local.store_server import EmbeddedStore

ROOT = Path(__file__).parents[1]
SECRET = "bench-secret-of-the-webhook"  # noqa: S105
CLIENTS = 8
DELIVERIES = 250
THREADS = 8


def run() -> dict[str, float]:
    """Return median, 95th and 99th percentile in milliseconds, and deliveries a second.

    Every delivery comes on a connection of its own, as Freshdesk's do, and each is stored in a Valkey with an
    append-only file before it is answered.
    """
    with (
        tempfile.TemporaryDirectory(prefix="bench") as folder,
        EmbeddedStore(Path(folder) / "var") as url,
        _receiver(url) as port,
    ):
        _deliver(port, range(1, 50))
        start = time.perf_counter()
        seconds = _all_clients(port)
        elapsed = time.perf_counter() - start
    cuts = quantiles(seconds, n=100)
    return {
        "median_ms": round(median(seconds) * 1000, 2),
        "p95_ms": round(cuts[94] * 1000, 2),
        "p99_ms": round(cuts[98] * 1000, 2),
        "deliveries": len(seconds),
        "per_second": round(len(seconds) / elapsed, 1),
    }


@contextmanager
def _receiver(redis_url: str) -> Iterator[int]:
    port = free_port()
    environ = {
        "PATH": os.environ["PATH"],
        "REDIS_URL": redis_url,
        "RULES_DIR": str(ROOT / "rules"),
        "OPS_PASSWORD": "bench-password",
        "LOG_LEVEL": "INFO",
        "PORTAL_BENCH_DOMAIN": "bench.freshdesk.com",
        "PORTAL_BENCH_API_KEY": "bench-key",
        "PORTAL_BENCH_WEBHOOK_SECRET": SECRET,
    }
    command = [sys.executable, "-m", "gunicorn", "app:app", "--bind", f"{LOOPBACK}:{port}"]
    command += ["--worker-class", "gthread", "--threads", str(THREADS), "--no-control-socket"]
    gunicorn = subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await(port, gunicorn)
        yield port
    finally:
        gunicorn.terminate()
        gunicorn.wait()


def _await(port: int, gunicorn: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            _deliver(port, [1])
        except OSError:
            if gunicorn.poll() is not None:
                raise RuntimeError(f"gunicorn ended with code {gunicorn.returncode}") from None
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("gunicorn does not answer")


def _all_clients(port: int) -> list[float]:
    shares = [range(client * DELIVERIES + 1, (client + 1) * DELIVERIES + 1) for client in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as clients:
        return [one for share in clients.map(lambda ids: _deliver(port, ids), shares) for one in share]


def _deliver(port: int, ticket_ids: range | list[int]) -> list[float]:
    seconds = []
    for ticket_id in ticket_ids:
        body = f'{{"freshdesk_webhook":{{"ticket_id":{ticket_id},"ticket_subject":"{"x" * 500}"}}}}'
        headers = {"X-Webhook-Secret": SECRET, "Content-Type": "application/json"}
        start = time.perf_counter()
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
        try:
            connection.request("POST", "/webhooks/freshdesk/bench", body, headers)
            status = connection.getresponse().status
        finally:
            connection.close()
        if status != 202:
            raise RuntimeError(f"the receiver answered {status}")
        seconds.append(time.perf_counter() - start)
    return seconds


if __name__ == "__main__":
    print(run())
