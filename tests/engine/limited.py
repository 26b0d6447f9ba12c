"""A world whose requests are limited: the budget and the breaker run on the world's own clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot import jobs
from bot.engine import clock
from bot.engine.gate import AccountGate
from bot.freshdesk.client import FreshdeskClient
from bot.freshdesk.wrapped import Repeats
from bot.simulator.state import RequestRecord
from bot.store.breaker import Breaker
from bot.store.budget import Budget
from tests.world import PORTAL, World

MINUTE = timedelta(minutes=1)


def limit(world: World, share: float = 1.0, *, key: str = "sim-key", stand_in: bool = False) -> None:
    """Put the budget and the breaker before the world's client, as wiring does."""
    budget = Budget(world.redis, share, now=world.clock)
    breaker = Breaker(world.redis, now=world.clock)
    gate = AccountGate(PORTAL, f"print of {key}", budget, breaker, stand_in=stand_in)
    client = FreshdeskClient(PORTAL, world.server.url, key, gate=gate, repeats=Repeats(attempts=1))
    world.with_context(freshdesk={PORTAL: client}, budget=budget, breaker=breaker, may_spend=budget.can_spare)


def run_due(world: World, most: int = 1) -> int:
    """Let as many workers as that run what is due at this moment, one job each; return how many ran."""
    due = world.ctx.wakeups.take_due(world.clock.now, clock.DISPATCH_LEASE, most)
    for one in due:
        jobs.reconcile_ticket(one.key.portal, one.key.ticket_id, one.token)
    return len(due)


def live(world: World, seconds: float, *, step: float = 1.0, workers: int = 4) -> None:
    """Let time pass; in each step the workers run what is due."""
    for _ in range(int(seconds / step)):
        run_due(world, workers * 5)
        world.clock.move(seconds=step)


def requests_seen(world: World, since: datetime | None = None) -> list[RequestRecord]:
    """Return the requests the account received."""
    records = list(world.server.state.requests)
    return [record for record in records if since is None or record.at >= since]


def calls_for(world: World, ticket: int) -> int:
    """Return how many requests touched a ticket."""
    return sum(record.endpoint.ticket_id == ticket for record in requests_seen(world))


def statuses(world: World) -> Counter[int | None]:
    """Count the answers by status."""
    return Counter(record.status for record in requests_seen(world))


def worst_minute(records: Iterable[RequestRecord], window: timedelta = MINUTE) -> int:
    """Return the most that any window of a minute cost."""
    spent = [(record.at, record.cost) for record in records]
    return max((sum(c for at, c in spent if start <= at < start + window) for start, _ in spent), default=0)
