"""How do short jobs reach the workers? RQ, with ids as arguments and JSON as its only serializer."""

from __future__ import annotations

from collections.abc import Iterable

from redis import Redis
from rq import Queue as RqQueue
from rq.job import Job
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer

from bot.domain.ticket import TicketKey
from bot.store.wakeups import Lane, Taken

# A worker serves one queue alone: with two, RQ loses a job whose worker is killed before it has begun.
QUEUES = {Lane.URGENT: "semaforo-urgent", Lane.NORMAL: "semaforo"}
RECONCILE = "bot.jobs.reconcile_ticket"
SWEEP = "bot.jobs.sweep_portal"
ALLOWED = frozenset({RECONCILE, SWEEP})
JOB_TIMEOUT = 90
SWEEP_TIMEOUT = 900
_FAILURE_TTL = 7 * 86400  # RQ keeps a failed job for a year by itself


def queue_of(redis: Redis, lane: Lane, job_class: type[Job] = Job) -> RqQueue:
    """Return the RQ queue of a lane."""
    return RqQueue(QUEUES[lane], connection=redis, serializer=JSONSerializer, job_class=job_class)


class JobQueue:
    """Enqueue attempts; nothing of RQ's own retries, schedules or uniqueness is used."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._queues = {lane: queue_of(redis, lane) for lane in Lane}

    def reconcile_all(self, taken: Iterable[Taken], lane: Lane = Lane.NORMAL) -> None:
        """Queue one attempt at each ticket, all in one round trip."""
        jobs = [
            RqQueue.prepare_data(
                RECONCILE,
                args=(one.key.portal, one.key.ticket_id, one.token),
                timeout=JOB_TIMEOUT,
                result_ttl=0,
                failure_ttl=_FAILURE_TTL,
                description=str(one.key),
            )
            for one in taken
        ]
        self._queues[lane].enqueue_many(jobs)

    def length(self, lane: Lane) -> int:
        """Return how many jobs no worker of this lane has begun."""
        return int(self._queues[lane].count)

    def about(self, keys: Iterable[TicketKey]) -> list[str]:
        """Return the jobs that wait or have failed and name one of these tickets."""
        names = {str(key) for key in keys}
        ids = [one for queue in self._queues.values() for one in _waiting_or_failed(queue)]
        jobs = Job.fetch_many(ids, connection=self._redis, serializer=JSONSerializer)
        return [job.id for job in jobs if job is not None and job.description in names]

    def drop(self, jobs: Iterable[str]) -> None:
        """Delete jobs; a dropped attempt is made up for by the ticket's alarm."""
        for job in Job.fetch_many(list(jobs), connection=self._redis, serializer=JSONSerializer):
            if job is not None:
                job.delete()

    def sweep(self, portal: str) -> None:
        """Queue one sweep of a portal."""
        self._queues[Lane.NORMAL].enqueue(
            SWEEP,
            args=(portal,),
            job_timeout=SWEEP_TIMEOUT,
            result_ttl=0,
            failure_ttl=_FAILURE_TTL,
            description=f"sweep {portal}",
        )


def _waiting_or_failed(queue: RqQueue) -> list[str]:
    return [*queue.get_job_ids(), *FailedJobRegistry(queue=queue).get_job_ids(cleanup=False)]
