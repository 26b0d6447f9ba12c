"""When does a ticket that keeps failing have to stand aside, and how does it come back?

Each attempt is counted before its work begins, so one that takes its worker with it counts too.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.ticket import TicketKey
from bot.engine.context import Context
from bot.freshdesk.errors import FreshdeskError
from bot.telemetry import log

# Seconds after each attempt: most faults are over in a few, and what outlasts a minute may last for many.
WAITS = (2, 5, 10, 15, 20, 30, 900)
NO_END = "NoEnd: every attempt was cut off; its worker may have run out of memory"


class LeaseLost(Exception):
    """The attempt was slow or frozen and another worker may hold the ticket; nothing more was sent."""


def may_try(ctx: Context, key: TicketKey) -> bool:
    """Count an attempt that is about to begin; False for a ticket that stands in quarantine."""
    if ctx.failures.begin_attempt(key) <= ctx.most_attempts:
        return True
    known = ctx.failures.read(key)
    if known is not None and known.quarantined:
        ctx.wakeups.forget(key)
    else:
        _set_aside(ctx, key, NO_END)
    return False


def note_failure(ctx: Context, key: TicketKey, error: Exception, at_least: timedelta = timedelta()) -> None:
    """Try a ticket again later, later each time; set it aside when it failed too often by its own fault."""
    reason = reason_of(error)
    if not _is_its_own(ctx, key, error):
        ctx.failures.uncount(key)
    elif ctx.failures.attempts(key) >= ctx.most_attempts:
        _set_aside(ctx, key, reason)
        return
    failure = ctx.failures.add(key, reason, ctx.now())
    ctx.wakeups.postpone(key, max(retry_at(ctx.now(), failure.attempts), ctx.now() + at_least))
    log.warning("reconcile failed", ticket=str(key), reason=reason, attempts=failure.attempts)


def retry(ctx: Context, key: TicketKey) -> None:
    """Look at a ticket now, whatever it did before; what was sent already is not sent again."""
    ctx.failures.clear(key)
    ctx.wakeups.ring(key, ctx.now())


def retry_at(now: datetime, attempts: int) -> datetime:
    """Return when to try a failed ticket again: soon at first, at last every 15 minutes."""
    return now + timedelta(seconds=WAITS[min(attempts, len(WAITS)) - 1])


def reason_of(error: Exception) -> str:
    """Name an error without its text, which may hold what a customer wrote."""
    status = getattr(error, "status", None)
    fields = ",".join(f"{e.field}:{e.code}" for e in getattr(error, "fields", ()))
    return " ".join(part for part in (type(error).__name__, str(status or ""), fields) if part)


def _set_aside(ctx: Context, key: TicketKey, reason: str) -> None:
    ctx.failures.quarantine(key, reason, ctx.now())
    ctx.wakeups.forget(key)
    log.error("ticket in quarantine", ticket=str(key), reason=reason)


def _is_its_own(ctx: Context, key: TicketKey, error: Exception) -> bool:
    """Tell a ticket that cannot be done from an account that does not answer.

    Freshdesk's failures count against a ticket only if a sweep came through since its failure before.
    """
    if not isinstance(error, FreshdeskError | LeaseLost):
        return True
    before, swept = ctx.failures.read(key), ctx.facts.last_sweep(key.portal)
    return before is not None and swept is not None and swept > before.last_at
