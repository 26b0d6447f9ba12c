"""Who hands due tickets and sweeps to the queues, and how many at a time?

Any number of clocks may run: taking is one atomic step in Redis, and a sweep's turn is taken once per period.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from redis.exceptions import RedisError

from bot.engine.brakes import RELEASE_EVERY, release
from bot.engine.context import Context
from bot.engine.presence import Presence
from bot.store.wakeups import Lane
from bot.telemetry import log

TICK_SECONDS = 0.25
# A job that has not begun within this time is taken to be lost with its worker; its ticket rings again.
DISPATCH_LEASE = timedelta(seconds=15)
# A queue knows no order but arrival: what is more pressing overtakes only what was not handed out yet. And a
# job that waits longer than its lease is overtaken by a newer one: were all that is due queued at once, a
# backlog larger than what the workers manage in one lease would never be done.
QUEUED_AT_MOST = 20
# Of the normal queue, for urgent tickets while their own worker has a full queue: few, so that a normal
# ticket that comes meanwhile does not wait long.
LENT_AT_MOST = 5
WORKERS = {Lane.URGENT: "worker-urgent", Lane.NORMAL: "worker"}


def keep_ticking(ctx: Context, stop: threading.Event, look_at_rules: Callable[[datetime], None]) -> None:
    """Tick until told to stop; outlasts a Redis that is away."""
    presence = Presence(ctx, "clock")
    while not stop.wait(TICK_SECONDS):
        try:
            tick(ctx)
            look_at_rules(ctx.now())
            presence.report()
        except RedisError as error:
            log.warning("clock waits for Redis", error=type(error).__name__)
            stop.wait(1)
    presence.leave()


def tick(ctx: Context) -> int:
    """Queue the tickets whose turn it is and every sweep whose turn it is; return how many tickets."""
    ctx.facts.born(ctx.now())  # soon, so that tickets opened from now on are known to be younger
    if ctx.facts.take_turn("release", RELEASE_EVERY):
        release(ctx)
    taken = sum(_hand_out(ctx, lane) for lane in Lane) + _lend(ctx)
    for portal in ctx.freshdesk:
        if ctx.facts.take_turn(f"sweep:{portal}", ctx.sweep_every):
            ctx.queue.sweep(portal)
    ctx.heartbeats.beat("clock", ctx.now())
    return taken


def _hand_out(ctx: Context, lane: Lane) -> int:
    """Fill up a lane's queue, the nearest deadlines first."""
    queue = lane if ctx.heartbeats.seen(WORKERS[lane]) else Lane.NORMAL
    return _fill(ctx, lane, queue, QUEUED_AT_MOST)


def _lend(ctx: Context) -> int:
    """Let the normal workers, when they have little to do, help with what is urgent."""
    return _fill(ctx, Lane.URGENT, Lane.NORMAL, LENT_AT_MOST)


def _fill(ctx: Context, lane: Lane, queue: Lane, at_most: int) -> int:
    room = max(0, at_most - ctx.queue.length(queue))
    taken = ctx.wakeups.take_due(ctx.now(), DISPATCH_LEASE, room, lane)
    if taken:
        ctx.queue.reconcile_all(taken, queue)
    return len(taken)
