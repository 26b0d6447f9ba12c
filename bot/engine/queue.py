"""How do short jobs reach the workers? RQ, with ids as arguments and JSON as its only serializer."""

from __future__ import annotations

from collections.abc import Iterable

from redis import Redis
from rq import Queue as RqQueue
from rq.job import Job
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer

from bot.domain.ticket import TicketKey

QUEUE = "semaforo"
RECONCILE = "bot.jobs.reconcile_ticket"
SWEEP = "bot.jobs.sweep_portal"
ALLOWED = frozenset({RECONCILE, SWEEP})
JOB_TIMEOUT = 90
SWEEP_TIMEOUT = 900


class JobQueue:
    """Enqueue attempts; nothing of RQ's own retries, schedules or uniqueness is used."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._queue = RqQueue(QUEUE, connection=redis, serializer=JSONSerializer)

    def reconcile(self, key: TicketKey, token: int) -> None:
        """Queue one attempt at a ticket."""
        self._queue.enqueue(
            RECONCILE,
            args=(key.portal, key.ticket_id, token),
            job_timeout=JOB_TIMEOUT,
            result_ttl=0,
            failure_ttl=7 * 86400,
            description=str(key),
        )

    def about(self, keys: Iterable[TicketKey]) -> list[str]:
        """Return the jobs that wait or have failed and name one of these tickets."""
        names = {str(key) for key in keys}
        failed = FailedJobRegistry(queue=self._queue).get_job_ids(cleanup=False)
        ids = [*self._queue.get_job_ids(), *failed]
        jobs = Job.fetch_many(ids, connection=self._redis, serializer=JSONSerializer)
        return [job.id for job in jobs if job is not None and job.description in names]

    def drop(self, jobs: Iterable[str]) -> None:
        """Delete jobs; a dropped attempt is made up for by the ticket's alarm."""
        for job in Job.fetch_many(list(jobs), connection=self._redis, serializer=JSONSerializer):
            if job is not None:
                job.delete()

    def sweep(self, portal: str) -> None:
        """Queue one sweep of a portal."""
        self._queue.enqueue(
            SWEEP,
            args=(portal,),
            job_timeout=SWEEP_TIMEOUT,
            result_ttl=0,
            failure_ttl=7 * 86400,
            description=f"sweep {portal}",
        )
