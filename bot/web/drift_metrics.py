"""On how many tickets did Freshdesk's own SLA overwrite our dates, for Prometheus?"""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from bot.engine.context import Context


def overwritten_dates(context: Context) -> Iterator[Metric]:
    """Yield the gauge of every portal, read from Redis; raises RedisError."""
    gauge = GaugeMetricFamily(
        "semaforo_sla_overwritten_tickets",
        "Tickets of the last seven days whose dates Freshdesk's own SLA overwrote.",
        labels=["portal"],
    )
    for portal in context.freshdesk:
        gauge.add_metric([portal], context.drifts.count(portal, context.now()))
    yield gauge
