"""What does the bot know of a requester, and how does it forget it without doing anything twice?

What was done stays provable afterwards: it stands on the ticket in Freshdesk, which is read before anything
is sent. Only a note or reply whose fate is open cannot be proven yet; its ticket has to wait until it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bot.domain.ticket import TicketKey
from bot.engine.context import Context
from bot.store.traces import Trace


@dataclass(frozen=True, slots=True)
class Memory:
    """Hold what is stored about some tickets of a portal and, where known, their requester.

    `still_open` are tickets the desk was not done with when they were last looked at.
    """

    portal: str
    requester_id: int | None
    tickets: tuple[TicketKey, ...]
    traces: tuple[Trace, ...]
    jobs: tuple[str, ...]
    still_open: tuple[TicketKey, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is stored."""
        return not (self.traces or self.jobs)

    def counts(self) -> Counter[str]:
        """Return how much of each kind there is; an entry and its place in an index are one."""
        kept = {(one.kind, one.member or one.name.split(":", 2)[2]) for one in self.traces}
        return Counter(kind for kind, _ in sorted(kept)) + Counter({"job": len(self.jobs)})


def known_tickets(ctx: Context, portal: str, requester_id: int) -> set[TicketKey]:
    """Return a requester's tickets as far as the store itself knows them."""
    return {
        one.key for one in ctx.outcomes.all() if one.key.portal == portal and one.requester_id == requester_id
    }


def remembered(
    ctx: Context, portal: str, tickets: Collection[TicketKey], requester_id: int | None = None
) -> Memory:
    """Return all that is stored about tickets and a requester; reads only."""
    by_ticket = {key: ctx.traces.of_ticket(key) for key in sorted(tickets)}
    shared = ctx.traces.of_portal(portal, [key.ticket_id for key in tickets], requester_id)
    return Memory(
        portal=portal,
        requester_id=requester_id,
        tickets=tuple(key for key, traces in by_ticket.items() if traces),
        traces=(*(trace for traces in by_ticket.values() for trace in traces), *shared),
        jobs=tuple(ctx.queue.about(tickets)),
        still_open=tuple(_still_open(ctx, tickets)),
    )


def forget(ctx: Context, memory: Memory) -> tuple[TicketKey, ...]:
    """Erase what is remembered, ticket by ticket, and return those that are busy and were left alone."""
    ctx.queue.drop(memory.jobs)
    busy = tuple(key for key in memory.tickets if not _forget_ticket(ctx, key))
    left = [key.ticket_id for key in memory.tickets if key not in busy]
    requester = None if busy else memory.requester_id
    ctx.traces.erase(ctx.traces.of_portal(memory.portal, left, requester))
    return busy


def _forget_ticket(ctx: Context, key: TicketKey) -> bool:
    with ctx.leases.hold(key) as lease:
        if lease is None or _is_unsettled(ctx, key):
            return False
        ctx.traces.erase(ctx.traces.of_ticket(key))
    return True


def _is_unsettled(ctx: Context, key: TicketKey) -> bool:
    """Tell whether a note or reply was sent so lately that the ticket may not show it yet."""
    sent = ctx.ledger.read(key).open_effects().values()
    return any(ctx.now() < effect.at + ctx.settle for effect in sent)


def _still_open(ctx: Context, tickets: Iterable[TicketKey]) -> Iterable[TicketKey]:
    for key in sorted(tickets):
        outcome = ctx.outcomes.read(key)
        if outcome is not None and outcome.counts and outcome.spent.closed_at is None:
            yield key
