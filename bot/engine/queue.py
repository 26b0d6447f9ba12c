"""How do short jobs reach the workers? RQ, with ids as arguments and JSON as its only serializer."""

from __future__ import annotations

from redis import Redis
from rq import Queue as RqQueue
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
        self._queue = RqQueue(QUEUE, connection=redis, serializer=JSONSerializer)

    def waiting(self) -> int:
        """Return how many jobs no worker has begun."""
        return len(self._queue)

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
