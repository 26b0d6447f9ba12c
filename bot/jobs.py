"""Which functions may the queue call? These two, and nothing else."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from bot.domain.ticket import TicketKey
from bot.engine import sweep as sweeping
from bot.engine.context import Context
from bot.engine.quarantine import note_failure, reason_of
from bot.engine.reconcile import reconcile
from bot.engine.spending import put_back
from bot.freshdesk.errors import FreshdeskError, NotFound, RateLimited, Unauthorized
from bot.telemetry import log

_UNAUTHORIZED_WAIT = timedelta(minutes=10)  # trying on with a dead key can lock the agent out
_context: Context | None = None


class JobFailed(Exception):
    """A job ended in an error that was not foreseen; its text is a reason without content."""


def use(context: Context) -> None:
    """Give this process the parts its jobs work with; the worker calls it once before the first job."""
    global _context
    _context = context


def reconcile_ticket(portal: str, ticket_id: int, token: int) -> None:
    """Attempt one ticket; whatever goes wrong, the ticket is looked at again."""
    with _without_content():
        _attempt(_parts(), TicketKey(portal, ticket_id), token)


def sweep_portal(portal: str) -> None:
    """Sweep one portal; a failed sweep is made up for by the next one, which looks back further."""
    with _without_content():
        try:
            sweeping.sweep(_parts(), portal)
        except FreshdeskError as error:
            log.warning("sweep failed", portal=portal, error=reason_of(error))


@contextmanager
def _without_content() -> Iterator[None]:
    """Let out no error but by its name: RQ keeps tracebacks and logs them, and a text may be a customer's."""
    try:
        yield
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        raise JobFailed(f"{reason_of(error)} at {Path(last.filename).name}:{last.lineno}") from None


def _attempt(ctx: Context, key: TicketKey, token: int) -> None:
    if key.portal not in ctx.freshdesk:
        ctx.wakeups.forget(key)
        ctx.failures.clear(key)
        log.warning("unknown portal", ticket=str(key))
        return
    try:
        if reconcile(ctx, key, token) is not None:
            ctx.failures.clear(key)
    except NotFound:
        _close(ctx, key)
    except RateLimited as error:
        ctx.failures.uncount(key)
        wait = error.retry_after if error.retry_after is not None else 60.0
        put_back(ctx, key, timedelta(seconds=wait))
        log.info("put back", ticket=str(key), seconds=wait, why=type(error).__name__)
    except Unauthorized as error:
        note_failure(ctx, key, error, at_least=_UNAUTHORIZED_WAIT)
    except Exception as error:  # the last net of a job: the ticket must ring again whatever happened
        note_failure(ctx, key, error)


def _parts() -> Context:
    if _context is None:
        raise RuntimeError("bot.jobs.use(context) must come before the first job")
    return _context


def _close(ctx: Context, key: TicketKey) -> None:
    """Stop looking at a ticket that is gone; its memory runs out by retention."""
    ctx.wakeups.forget(key)
    ctx.failures.clear(key)
    ctx.journal.leave_board(key)
    log.info("ticket gone", ticket=str(key))
