"""Which tickets did the webhooks not tell us about?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice

from bot.domain.ticket import Company, TicketKey
from bot.engine.context import Context
from bot.engine.reconcile import bot_agent
from bot.freshdesk.api import TicketRow
from bot.freshdesk.errors import Held
from bot.telemetry import log

# Clocks differ and it is unstated whether `updated_since` includes its own second.
OVERLAP = timedelta(minutes=10)
FIRST_LOOK_BACK = timedelta(days=90)
COMPANIES_EVERY = timedelta(minutes=30)
PAGE = 100


def sweep(ctx: Context, portal: str) -> int:
    """Ring every ticket updated since the last good sweep, at first all of 90 days.

    Returns how many had no alarm before.
    """
    start = ctx.now()
    bot_agent(ctx, portal)
    if ctx.facts.take_turn(f"companies:{portal}", COMPANIES_EVERY):
        _read_companies(ctx, portal)
    last = ctx.facts.last_sweep(portal)
    since = (last - OVERLAP) if last else start - FIRST_LOOK_BACK
    rung = 0
    try:
        for rows in batched(ctx.freshdesk[portal].list_tickets(since), PAGE):
            rung += ctx.wakeups.ring_all(_changed(ctx, portal, rows), ctx.now())
            since = max(since, rows[-1].updated_at)
    except Held:
        # A small plan lists few pages a minute: the next sweep goes on from here.
        if last is None or since > last:
            ctx.facts.keep_last_sweep(portal, since)
        raise
    ctx.facts.keep_last_sweep(portal, start)
    log.info("swept", portal=portal, rung=rung)
    return rung


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


def _changed(ctx: Context, portal: str, rows: tuple[TicketRow, ...]) -> list[TicketKey]:
    """Return the tickets whose present state was not looked at yet; overlapping sweeps see rows twice."""
    keys = [TicketKey(portal, row.ticket_id) for row in rows]
    looked_at = ctx.ledger.seen(keys)
    return [key for key, row, seen in zip(keys, rows, looked_at, strict=True) if seen != row.updated_at]


def batched(rows: Iterable[TicketRow], size: int) -> Iterator[tuple[TicketRow, ...]]:
    """Cut rows into batches; `itertools.batched` came with Python 3.12."""
    remaining = iter(rows)
    while batch := tuple(islice(remaining, size)):
        yield batch
