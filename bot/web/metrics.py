"""What can Prometheus learn about the receiver and the work that waits?

Two kinds. What this machine counts itself (deliveries) lives in prometheus-client: with several gunicorn
workers set PROMETHEUS_MULTIPROC_DIR, else a scrape would see one worker's share. What is the same wherever
one asks (wake-ups, heartbeats, rules) is read at the scrape, so it needs no process to report it.
No label holds more than a portal's id, a status code, a version or a place in a rule file.
"""

from __future__ import annotations

import os
from collections import Counter as Counted
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from bot.engine.brakes import brake_state
from bot.engine.context import Context
from bot.web.drift_metrics import overwritten_dates
from bot.web.limit_metrics import limits

OUTCOMES = {
    202: "accepted",
    400: "unusable",
    401: "unauthorized",
    404: "unknown_portal",
    413: "too_large",
    503: "unavailable",
}
PROCESSES = ("clock", "worker")
ALL_PROCESSES = (*PROCESSES, "worker-urgent")  # without an urgent worker the others do its work


class Deliveries:
    """Count deliveries by portal and outcome."""

    def __init__(self, registry: CollectorRegistry) -> None:
        shared = "PROMETHEUS_MULTIPROC_DIR" in os.environ
        self._counter = Counter(
            "semaforo_deliveries",
            "Webhook deliveries by portal and outcome.",
            ["portal", "outcome"],
            registry=None if shared else registry,
        )
        if shared:
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]

    def count(self, portal: str, status: int) -> None:
        """Count one answered delivery."""
        self._counter.labels(portal, OUTCOMES.get(status, "other")).inc()


class Waiting(Collector):
    """Read from Redis, at each scrape, what waits and who is alive."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges; `semaforo_redis_up` alone when Redis does not answer."""
        try:
            found = [*self._wakeups(), self._heartbeats(), *self._brakes(), *self._refusals()]
            found += [*self._failures(), *self._refused_jobs(), *limits(self._context)]
            found += overwritten_dates(self._context)
        except RedisError:
            found = []
        yield GaugeMetricFamily("semaforo_redis_up", "1 when Redis answered this scrape.", value=bool(found))
        yield from found
        rules = InfoMetricFamily("semaforo_rules", "Version of the rules this process holds.")
        rules.add_metric([], {"version": rules_version(self._context)})
        yield rules
        unusable = self._context.rulebook.unusable is not None
        yield GaugeMetricFamily(
            "semaforo_rules_unusable", "1 while this process cannot use the published rules.", value=unusable
        )

    def _wakeups(self) -> Iterator[Metric]:
        count, age = self._context.wakeups.overdue(self._context.now())
        yield GaugeMetricFamily("semaforo_wakeups_overdue", "Tickets whose wake-up is past due.", value=count)
        yield GaugeMetricFamily(
            "semaforo_wakeups_oldest_seconds", "How long the oldest of them has been due.", value=age
        )

    def _heartbeats(self) -> Metric:
        ages = GaugeMetricFamily(
            "semaforo_heartbeat_age_seconds",
            "Since a process of this kind was seen; absent when none was.",
            labels=["process"],
        )
        for kind in ALL_PROCESSES:
            seen = self._context.heartbeats.seen(kind)
            if seen is not None:
                ages.add_metric([kind], max(0.0, (self._context.now() - seen).total_seconds()))
        return ages

    def _failures(self) -> Iterator[Metric]:
        failing = GaugeMetricFamily(
            "semaforo_tickets_failing",
            "Tickets whose last attempt failed and that are tried again.",
            labels=["portal"],
        )
        aside = GaugeMetricFamily(
            "semaforo_tickets_quarantined",
            "Tickets set aside until a person retries them.",
            labels=["portal"],
        )
        counted = Counted((one.key.portal, one.quarantined) for one in self._context.failures.all())
        for portal in self._context.freshdesk:
            failing.add_metric([portal], counted[portal, False])
            aside.add_metric([portal], counted[portal, True])
        yield from (failing, aside)

    def _brakes(self) -> Iterator[Metric]:
        state = brake_state(self._context)
        stopped = state.stop is not None
        yield GaugeMetricFamily("semaforo_writes_stopped", "1 while a person's stop holds.", value=stopped)
        yield GaugeMetricFamily("semaforo_tickets_held", "Tickets that wait for a brake.", value=state.held)
        writes = GaugeMetricFamily("semaforo_writes_this_hour", "Counted by the fuse.", labels=["portal"])
        blown = GaugeMetricFamily("semaforo_fuse_blown", "1 while it holds back notes.", labels=["portal"])
        for fuse in state.fuses:
            writes.add_metric([fuse.portal], fuse.writes)
            blown.add_metric([fuse.portal], fuse.blown_at is not None)
        yield from (writes, blown)

    def _refusals(self) -> Iterator[Metric]:
        versions = self._context.rulebook.versions
        if versions is None:
            return
        refusals = versions.refusals()
        yield CounterMetricFamily("semaforo_rules_refused", "Publications refused.", value=refusals.count)
        places = GaugeMetricFamily(
            "semaforo_rules_problem",
            "Where the last refused publication has a problem, until one succeeds.",
            labels=["file", "line"],
        )
        for file, line in sorted({(problem.file, problem.line) for problem in refusals.problems}):
            places.add_metric([file, str(line)], 1)
        yield places

    def _refused_jobs(self) -> Iterator[Metric]:
        yield CounterMetricFamily(
            "semaforo_jobs_refused",
            "Queued jobs that are none of ours; whoever put them there can write to Redis.",
            value=self._context.refused_jobs.count(),
        )


def rules_version(context: Context) -> str:
    """Return the version of the active rules."""
    return context.rulebook.policy.version
