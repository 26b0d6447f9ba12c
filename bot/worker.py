"""What runs the queued jobs? RQ's forking worker, with an allow-list of functions and one queue."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from redis import Redis
from rq import Worker
from rq.job import Job
from rq.queue import Queue
from rq.serializers import JSONSerializer

from bot.engine.queue import ALLOWED, queue_of
from bot.store.wakeups import Lane
from bot.telemetry import log

# RQ finds abandoned jobs only in maintenance, and an idle worker looks only when its wait ends: short both.
WORKER_TTL = 60
MAINTENANCE_INTERVAL = 30
DRAIN_SECONDS = 8


class JobRefused(Exception):
    """A job named a function that is not on the allow-list; it was not run."""


class SemaforoWorker(Worker):
    """Run one queue; several queues would make RQ lose jobs killed between pop and registration."""

    def __init__(
        self,
        redis: Redis,
        beat: Callable[[], None],
        before_job: Callable[[], None] = lambda: None,
        lane: Lane = Lane.NORMAL,
    ) -> None:
        self._beat, self._before_job = beat, before_job
        super().__init__(
            [queue_of(redis, lane)],
            connection=redis,
            serializer=JSONSerializer,
            worker_ttl=WORKER_TTL,
            maintenance_interval=MAINTENANCE_INTERVAL,
            log_job_description=False,
        )

    def heartbeat(self, *args: Any, **kwargs: Any) -> None:
        """Tell RQ and the readiness page that this worker is alive."""
        super().heartbeat(*args, **kwargs)
        self._beat()

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Bring this process up to date, then fork: what a child works out alone is lost with it."""
        self._before_job()
        super().execute_job(job, queue)

    def perform_job(self, job: Job, queue: Queue) -> bool:
        """Run a job of an allowed function; whoever can write to Redis could name any other."""
        if job.func_name not in ALLOWED:
            log.error("job refused", function=str(job.func_name)[:80])
            job.delete()
            return False
        return super().perform_job(job, queue)

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Finish the running job, but not for longer than a while; an attempt cut off is safe to repeat."""
        force = threading.Timer(DRAIN_SECONDS, os.kill, (os.getpid(), signal.SIGTERM))
        force.daemon = True  # RQ uses SIGALRM for itself while it waits for a job, so an alarm would be lost
        force.start()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]
