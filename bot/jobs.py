"""Which functions may the queue call? These two, and nothing else."""

from __future__ import annotations

import random
from datetime import timedelta

from bot.domain.ticket import TicketKey
from bot.engine import sweep as sweeping
from bot.engine.context import Context
from bot.engine.executor import LeaseLost
from bot.engine.reconcile import reconcile, retry_at
from bot.freshdesk.errors import FreshdeskError, NotFound, RateLimited, Unauthorized
from bot.telemetry import log

_UNAUTHORIZED_WAIT = timedelta(minutes=10)  # trying on with a dead key can lock the agent out
_context: Context | None = None


def use(context: Context) -> None:
    """Give this process the parts its jobs work with; the worker calls it once before the first job."""
    global _context
    _context = context


def reconcile_ticket(portal: str, ticket_id: int, token: int) -> None:
    """Attempt one ticket; whatever goes wrong, the ticket is looked at again."""
    ctx, key = _parts(), TicketKey(portal, ticket_id)
    if portal not in ctx.freshdesk:
        ctx.wakeups.forget(key)
        log.warning("unknown portal", ticket=str(key))
        return
    try:
        if reconcile(ctx, key, token) is not None:
            ctx.failures.clear(key)
    except NotFound:
        _close(ctx, key)
    except RateLimited as error:
        wait = error.retry_after if error.retry_after is not None else 60.0
        ctx.wakeups.postpone(key, ctx.now() + timedelta(seconds=wait + random.uniform(0, 2)))  # noqa: S311
        log.info("rate limited", ticket=str(key), seconds=wait)
    except LeaseLost:
        ctx.wakeups.postpone(key, ctx.now() + ctx.leases.duration)
    except Unauthorized:
        _fail(ctx, key, "401: the API key is refused", at_least=_UNAUTHORIZED_WAIT)
    except Exception as error:  # the last net of a job: the ticket must ring again whatever happened
        _fail(ctx, key, _reason(error))


def sweep_portal(portal: str) -> None:
    """Sweep one portal; a failed sweep is made up for by the next one, which looks back further."""
    ctx = _parts()
    try:
        sweeping.sweep(ctx, portal)
    except FreshdeskError as error:
        log.warning("sweep failed", portal=portal, error=_reason(error))


def _parts() -> Context:
    if _context is None:
        raise RuntimeError("bot.jobs.use(context) must come before the first job")
    return _context


def _close(ctx: Context, key: TicketKey) -> None:
    """Stop looking at a ticket that is gone; its memory runs out by retention."""
    ctx.wakeups.forget(key)
    ctx.failures.clear(key)
    log.info("ticket gone", ticket=str(key))


def _fail(ctx: Context, key: TicketKey, reason: str, at_least: timedelta = timedelta()) -> None:
    failure = ctx.failures.add(key, reason, ctx.now())
    ctx.wakeups.postpone(key, max(retry_at(ctx.now(), failure.attempts), ctx.now() + at_least))
    log.warning("reconcile failed", ticket=str(key), reason=reason, attempts=failure.attempts)


def _reason(error: Exception) -> str:
    """Name an error without its text, which may hold what a customer wrote."""
    status = getattr(error, "status", None)
    fields = ",".join(f"{e.field}:{e.code}" for e in getattr(error, "fields", ()))
    return " ".join(part for part in (type(error).__name__, str(status or ""), fields) if part)
