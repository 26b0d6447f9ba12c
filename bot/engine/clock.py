"""Who hands due tickets and sweeps to the queue?

Any number of clocks may run: taking is one atomic step in Redis, and a sweep's turn is taken once per period.
"""

from __future__ import annotations

from datetime import timedelta

from bot.engine.context import Context

# A job that has not begun within this time is taken to be lost with its worker; its ticket rings again.
DISPATCH_LEASE = timedelta(seconds=15)
# A job that waits longer than its lease is overtaken by a newer one. Were all that is due queued at once, a
# backlog larger than what the workers manage in one lease would be overtaken again and again, and never done.
QUEUE_LENGTH = 40


def tick(ctx: Context) -> int:
    """Queue the tickets longest due, as many as there is room for, and every sweep whose turn it is.

    Returns how many tickets were queued.
    """
    now = ctx.now()
    ctx.facts.born(now)  # soon, so that tickets opened from now on are known to be younger
    room = max(0, QUEUE_LENGTH - ctx.queue.waiting())
    taken = ctx.wakeups.take_due(now, DISPATCH_LEASE, room)
    for due in taken:
        ctx.queue.reconcile(due.key, due.token)
    for portal in ctx.freshdesk:
        if ctx.facts.take_turn(f"sweep:{portal}", ctx.sweep_every):
            ctx.queue.sweep(portal)
    ctx.heartbeats.beat("clock", now)
    return len(taken)
