"""Who hands due tickets and sweeps to the queue?

Any number of clocks may run: taking is one atomic step in Redis, and a sweep's turn is taken once per period.
"""

from __future__ import annotations

from datetime import timedelta

from bot.engine.brakes import RELEASE_EVERY, release
from bot.engine.context import Context

# A job that has not begun within this time is taken to be lost with its worker; its ticket rings again.
DISPATCH_LEASE = timedelta(seconds=30)
BATCH = 200


def tick(ctx: Context) -> int:
    """Queue every ticket whose moment has come and every sweep whose turn it is; return how many tickets."""
    now = ctx.now()
    if ctx.facts.take_turn("release", RELEASE_EVERY):
        release(ctx)
    taken = ctx.wakeups.take_due(now, DISPATCH_LEASE, BATCH)
    for due in taken:
        ctx.queue.reconcile(due.key, due.token)
    for portal in ctx.freshdesk:
        if ctx.facts.take_turn(f"sweep:{portal}", ctx.sweep_every):
            ctx.queue.sweep(portal)
    ctx.heartbeats.beat("clock", now)
    return len(taken)
