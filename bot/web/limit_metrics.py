"""How do the accounts' limits and breakers stand, for Prometheus?"""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from bot.engine.context import Context

WHYS = ("down", "key")


def limits(context: Context) -> Iterator[Metric]:
    """Yield the gauges of every portal, read from Redis; raises RedisError."""
    if context.budget is None or context.breaker is None:
        return
    left = GaugeMetricFamily("semaforo_api_tokens_left", "Requests left this minute.", labels=["portal"])
    allowed = GaugeMetricFamily("semaforo_api_tokens", "Requests allowed a minute.", labels=["portal"])
    held = GaugeMetricFamily("semaforo_api_held_seconds", "How long a 429 still holds.", labels=["portal"])
    refused = CounterMetricFamily("semaforo_api_refused", "Requests answered 429.", labels=["portal"])
    breaker = GaugeMetricFamily(
        "semaforo_api_breaker", "1 while the account is left alone, and why.", labels=["portal", "why"]
    )
    for portal in context.freshdesk:
        state, why = context.budget.state(portal), context.breaker.state(portal).why
        left.add_metric([portal], state.left)
        allowed.add_metric([portal], state.allowed)
        held.add_metric([portal], state.held)
        refused.add_metric([portal], state.refused)
        for name in WHYS:
            breaker.add_metric([portal, name], float(name == why))
    yield from (left, allowed, held, refused, breaker)
