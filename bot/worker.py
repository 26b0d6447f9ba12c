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
from rq.exceptions import DeserializationError
from rq.job import Job
from rq.queue import Queue
from rq.serializers import JSONSerializer

from bot.engine.queue import ALLOWED, queue_of
from bot.store.refused_jobs import RefusedJobs
from bot.store.wakeups import Lane
from bot.telemetry import log

# RQ finds abandoned jobs only in maintenance, and an idle worker looks only when its wait ends: short both.
WORKER_TTL = 60
MAINTENANCE_INTERVAL = 30
DRAIN_SECONDS = 8


class OwnJob(Job):
    """Drop what a job may name besides its function: RQ would import callbacks and call addresses, too."""

    names_more = False

    def restore(self, raw_data: Any) -> None:
        """Read a job from Redis."""
        super().restore(raw_data)
        callbacks = (self._success_callback_name, self._failure_callback_name, self._stopped_callback_name)
        self.names_more = any(callbacks) or bool(self.webhooks)
        self._success_callback_name = self._failure_callback_name = self._stopped_callback_name = None
        self.webhooks = []


class SemaforoWorker(Worker):
    """Run one queue; several queues would make RQ lose jobs killed between pop and registration."""

    def __init__(
        self,
        redis: Redis,
        beat: Callable[[], None],
        before_job: Callable[[], None] = lambda: None,
        lane: Lane = Lane.NORMAL,
    ) -> None:
        self._beat, self._before_job, self._refused = beat, before_job, RefusedJobs(redis)
        super().__init__(
            [queue_of(redis, lane, OwnJob)],
            connection=redis,
            job_class=OwnJob,
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
        if not _is_ours(job):
            log.error("job refused", job=job.id[:80])
            self._refused.add()
            job.delete()
            return False
        return super().perform_job(job, queue)

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Finish the running job, but not for longer than a while; an attempt cut off is safe to repeat."""
        force = threading.Timer(DRAIN_SECONDS, os.kill, (os.getpid(), signal.SIGTERM))
        force.daemon = True  # RQ uses SIGALRM for itself while it waits for a job, so an alarm would be lost
        force.start()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


def _is_ours(job: Job) -> bool:
    try:
        return job.func_name in ALLOWED and not (isinstance(job, OwnJob) and job.names_more)
    except DeserializationError:  # pickled, or no JSON at all
        return False
