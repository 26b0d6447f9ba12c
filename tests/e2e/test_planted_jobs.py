"""Whoever can write to Redis can plant jobs: does a real worker run any of them?"""

from __future__ import annotations

import os
import pickle
import zlib
from collections.abc import Callable
from pathlib import Path

import requests
from redis import Redis
from rq import Callback, Queue
from rq.serializers import JSONSerializer
from rq.webhook import Webhook

from bot.engine.queue import SWEEP, JobQueue
from bot.store.connection import as_text
from tests.e2e.processes import HOME, wait_for
from tests.e2e.service import Service

QUEUE = "rq:queue:semaforo"


class Bomb:
    """Unpickle to a call of `os.system`."""

    def __init__(self, command: str) -> None:
        self._command = command

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (self._command,)


def named(redis: Redis, trace: Path) -> None:
    """Name another function, as JSON that the worker reads."""
    Queue("semaforo", connection=redis, serializer=JSONSerializer).enqueue("os.system", f"touch {trace}")


def pickled(redis: Redis, trace: Path) -> None:
    """Name another function, as RQ does by itself."""
    Queue("semaforo", connection=redis).enqueue("os.system", f"touch {trace}")


def crafted(redis: Redis, trace: Path) -> None:
    """Put in place of an own job's data what runs as soon as it is unpickled."""
    JobQueue(redis).sweep("acelera")
    redis.hset(f"rq:job:{newest(redis)}", "data", zlib.compress(pickle.dumps(Bomb(f"touch {trace}"))))


def calling_back(redis: Redis, trace: Path) -> None:
    """Name an own function, and another that is called with its outcome."""
    module = trace.with_name("intruder.py")
    module.write_text(f"import pathlib\npathlib.Path({str(trace)!r}).touch()\n\ndef came(*_): ...\n")
    queue = Queue("semaforo", connection=redis, serializer=JSONSerializer)
    queue.enqueue(
        SWEEP, "acelera", on_success=Callback("intruder.came"), on_failure=Callback("intruder.came")
    )


def reporting(redis: Redis, trace: Path) -> None:
    """Name an own function, and an address that is told of its outcome."""
    queue = Queue("semaforo", connection=redis, serializer=JSONSerializer)
    queue.enqueue(SWEEP, "acelera", webhooks=[Webhook("http://127.0.0.1:9/", job_status="finished")])


PLANTS: tuple[Callable[[Redis, Path], None], ...] = (named, pickled, crafted, calling_back, reporting)


def newest(redis: Redis) -> str:
    (job,) = redis.lrange(QUEUE, -1, -1)
    return as_text(job)


def test_a_planted_job_is_not_run_but_counted_and_the_worker_lives(
    alone: Service, redis: Redis, tmp_path: Path
) -> None:
    redis.set("semaforo:turn:sweep:acelera", 1, ex=60)  # no sweep of the clock's own between
    traces = tmp_path / "traces"
    traces.mkdir()
    planted = {}
    for plant in PLANTS:
        plant(redis, traces / plant.__name__)
        planted[newest(redis)] = plant.__name__
    alone.has("web", "clock", "worker", PYTHONPATH=f"{HOME}:{traces}")
    worker = alone.processes.running["worker"]
    everyone = {plant.__name__ for plant in PLANTS}
    wait_for("each is refused", lambda: refused(alone, planted) == everyone)
    alone.wait_until_ready()  # the web may start later than the worker
    assert f"semaforo_jobs_refused_total {len(PLANTS)}.0" in metrics(alone)
    ticket = alone.open()
    wait_for("note and reply", lambda: alone.counts(ticket) == (1, 1))
    assert worker.poll() is None
    assert {trace.name for trace in traces.iterdir()} <= {"intruder.py"}
    wait_for("no job is left", lambda: list(redis.scan_iter("rq:job:*")) == [])


def refused(service: Service, planted: dict[str, str]) -> set[str]:
    """Return the names of the plants that the worker's log says were refused."""
    log = (service.processes.logs / "worker.log").read_text(encoding="utf-8")
    lines = [line for line in log.splitlines() if "job refused" in line]
    return {name for job, name in planted.items() if any(job in line for line in lines)}


def metrics(service: Service) -> str:
    return requests.get(f"http://127.0.0.1:{service.port}/metrics", timeout=5).text
