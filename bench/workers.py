"""How many tickets a second do workers reconcile when Freshdesk sets no limit?

Beside them stands the same worker class on jobs that do nothing: what is lost between the two is ours. The
tickets are at rest, so each costs one request and an empty plan. The simulator runs in this process and takes
a core of its own while it is asked.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta

import structlog
from redis import Redis
from rq import Worker
from rq.queue import EnqueueData, Queue

from bench.desk import API_KEY, PORTAL, RULES, Desk, desk
from bench.lines import Figure, Goal, Kind, Line, Size
from bench.noop_worker import NOOP
from bot.domain.ticket import TicketKey
from bot.engine.queue import JOB_TIMEOUT, RECONCILE, queue_of
from bot.local.child import wait_until
from bot.store.wakeups import Lane

OURS, NOOPS = ("-m", "bot.cli", "worker"), ("-m", "bench.noop_worker")
LEASE = timedelta(minutes=10)
CORES = os.cpu_count() or 1
LINES = {
    "one": Line("tickets at rest, one worker", "/s", Goal(Kind.SHARE, 0.5), "no-op jobs, same class"),
    "two": Line("two workers", "/s", Goal(Kind.SHARE, 0.8 * min(2, CORES)), "one worker"),
    "four": Line("four workers", "/s", Goal(Kind.SHARE, 0.8 * min(4, CORES)), "one worker"),
    "two no-op": Line("two workers", "/s", Goal(Kind.SHARE, 0.5), "no-op jobs, two workers"),
}


def run(size: Size) -> Mapping[str, Figure]:
    """Drain queues with one, two and four workers."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    count = {Size.TINY: 5, Size.QUICK: 150, Size.FULL: 500}[size]
    with desk() as one:
        tickets = [one.open(number) for number in range(count)]
        for _ in range(2):
            for key in tickets:
                one.look_at(key)
        noop = {number: _noop_rate(one, number, count * 2) for number in (1, 2)}
        ours = {number: _rate(one, number, tickets) for number in (1, 2, 4)}
    return {
        "one": Figure(ours[1], noop[1]),
        "two": Figure(ours[2], ours[1]),
        "four": Figure(ours[4], ours[1]),
        "two no-op": Figure(ours[2], noop[2]),
    }


def _rate(one: Desk, workers: int, tickets: Sequence[TicketKey]) -> float:
    now = one.context.now()
    one.context.wakeups.ring_all(tickets, now)
    due = one.context.wakeups.take_due(now, LEASE, len(tickets))
    assert len(due) == len(tickets)
    jobs = [_job(RECONCILE, (PORTAL, taken.key.ticket_id, taken.token)) for taken in due]
    one.requests_made()
    with _running(one, OURS, workers):
        found = _drained(one.redis, jobs)
    assert one.requests_made()["total"] == len(tickets), "one read each"
    return found


def _noop_rate(one: Desk, workers: int, count: int) -> float:
    with _running(one, NOOPS, workers):
        return _drained(one.redis, [_job(NOOP, ()) for _ in range(count)])


def _drained(redis: Redis, jobs: list[EnqueueData]) -> float:
    """Queue all jobs at one stroke and return how many were done a second."""
    queue = queue_of(redis, Lane.NORMAL)
    start = time.perf_counter()
    queue.enqueue_many(jobs)
    if not wait_until(lambda: not queue.count and not queue.started_job_registry.count, 300, pause=0.005):
        raise RuntimeError(f"{queue.count} jobs left")
    return len(jobs) / (time.perf_counter() - start)


def _job(function: str, arguments: tuple[object, ...]) -> EnqueueData:
    return Queue.prepare_data(
        function, args=arguments, timeout=JOB_TIMEOUT, result_ttl=0, failure_ttl=60, description="bench"
    )


@contextmanager
def _running(one: Desk, what: Sequence[str], workers: int) -> Iterator[None]:
    """Run so many worker processes until the block ends."""
    environ = {
        "PATH": os.environ["PATH"],
        "REDIS_URL": one.store,
        "RULES_DIR": str(RULES),
        "OPS_PASSWORD": "bench-password",
        "LOG_LEVEL": "WARNING",
        "PORTAL_BENCH_DOMAIN": "bench.freshdesk.com",
        "PORTAL_BENCH_URL": one.url,
        "PORTAL_BENCH_API_KEY": API_KEY,
        "PORTAL_BENCH_WEBHOOK_SECRET": "x" * 24,
        "DRY_RUN": "0",
    }
    started = [
        subprocess.Popen(
            [sys.executable, *what],
            cwd=RULES.parent,
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(workers)
    ]
    try:
        if not wait_until(lambda: Worker.count(connection=one.redis) == workers, 60):
            raise RuntimeError(f"workers do not start: {[process.poll() for process in started]}")
        time.sleep(0.3)  # registered a moment before it asks for work
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()
