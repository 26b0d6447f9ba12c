"""Which tickets did the webhooks not tell us about?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from bot.domain.ticket import Company, TicketKey
from bot.engine.context import Context
from bot.engine.ranking import guessed_rank
from bot.engine.reconcile import bot_agent
from bot.freshdesk.api import TicketRow
from bot.telemetry import log

# Clocks differ and it is unstated whether `updated_since` includes its own second.
OVERLAP = timedelta(minutes=10)
LOOK_BACK = timedelta(days=90)
OPEN_EVERY = timedelta(hours=1)
PAGE = 100
OPEN_PAGES = 10  # of the look through all open tickets, a sweep: the small plans allow 20 lists a minute


def sweep(ctx: Context, portal: str) -> int:
    """Ring every ticket updated since the last good sweep, at first all of 90 days.

    Returns how many had no alarm before. The next sweep goes on where the budget or a failure
    ended this one.
    """
    start = ctx.now()
    bot_agent(ctx, portal)
    if ctx.facts.take_turn(f"companies:{portal}", ctx.companies_every):
        _read_companies(ctx, portal)
    rung = _ring_updated(ctx, portal, start) + _ring_open(ctx, portal, start)
    log.info("swept", portal=portal, rung=rung)
    return rung


def _ring_updated(ctx: Context, portal: str, start: datetime) -> int:
    last, rung = ctx.facts.last_sweep(portal), 0
    if last is None:
        ctx.facts.take_turn(f"open:{portal}", OPEN_EVERY)  # the first sweep sees them all
    since = start - LOOK_BACK if last is None else last - OVERLAP
    for rows, is_last in _pages(ctx, portal, since, first_in_any_case=True):
        rung += _ring(ctx, portal, rows)
        # The next sweep takes the overlap off again.
        read = start if is_last else min(start, rows[-1].updated_at + OVERLAP)
        ctx.facts.keep_last_sweep(portal, read)
    return rung


def _ring_open(ctx: Context, portal: str, start: datetime) -> int:
    """Look through all open tickets once an hour, some pages at a time."""
    since, rung = ctx.facts.looked_through(portal), 0
    if since is None:
        if not ctx.facts.take_turn(f"open:{portal}", OPEN_EVERY):
            return 0
        since = start - LOOK_BACK
    is_closed = ctx.rulebook.policy.portals.of(portal).is_closed
    for rows, is_last in islice(_pages(ctx, portal, since), OPEN_PAGES):
        rung += _ring(ctx, portal, tuple(row for row in rows if not is_closed(row.status)))
        ctx.facts.keep_looked_through(portal, None if is_last else rows[-1].updated_at)
    return rung


def _pages(
    ctx: Context, portal: str, since: datetime, *, first_in_any_case: bool = False
) -> Iterator[tuple[tuple[TicketRow, ...], bool]]:
    """Yield rows in order of update, and whether they are the last, as far as there is budget to spare.

    A page asked for in any case has the priority of a ticket's read and may be `Held` like one: under a queue
    that never leaves anything to spare, lost webhooks would not be made up for.
    """
    pages, is_last = batched(ctx.freshdesk[portal].list_tickets(since), PAGE), False
    wanted = first_in_any_case
    while not is_last and (wanted or ctx.may_spend(portal, 1)):
        wanted = False
        rows = next(pages, ())
        is_last = len(rows) < PAGE
        yield rows, is_last


def _ring(ctx: Context, portal: str, rows: tuple[TicketRow, ...]) -> int:
    """Ring the tickets whose present state was not looked at yet; overlapping sweeps see rows twice."""
    now, is_closed = ctx.now(), ctx.rulebook.policy.portals.of(portal).is_closed
    keys = [TicketKey(portal, row.ticket_id) for row in rows]
    ranks = {
        key: guessed_rank(row, now, closed=is_closed(row.status), decided=seen is not None)
        for key, row, seen in zip(keys, rows, ctx.ledger.seen(keys), strict=True)
        if seen != row.updated_at
    }
    return ctx.wakeups.ring_all(ranks, now, ranks)


def _read_companies(ctx: Context, portal: str) -> None:
    """Read all companies' marks, and ring the open tickets of those whose mark has changed."""
    companies = tuple(ctx.freshdesk[portal].list_companies())
    known = {c.id: ctx.facts.company(portal, c.id) or Company(c.id) for c in companies}
    ctx.facts.keep_companies(portal, companies)
    changed = {company.id for company in companies if company.overdue != known[company.id].overdue}
    if changed:
        ctx.wakeups.ring_all(_open_tickets_of(ctx, portal, changed), ctx.now())


def _open_tickets_of(ctx: Context, portal: str, companies: set[int]) -> list[TicketKey]:
    found = []
    for key in ctx.journal.tickets():
        entry = ctx.journal.read(key) if key.portal == portal else None
        if entry is not None and entry["state"] != "closed" and entry.get("company_id") in companies:
            found.append(key)
    return found


def batched(rows: Iterable[TicketRow], size: int) -> Iterator[tuple[TicketRow, ...]]:
    """Cut rows into batches; `itertools.batched` came with Python 3.12."""
    remaining = iter(rows)
    while batch := tuple(islice(remaining, size)):
        yield batch
