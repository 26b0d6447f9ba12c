"""Which open tickets would other rules give another level, and how do they get it when that is asked for?

Publishing rules never re-levels a ticket whose level was announced: these functions do, one ticket at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.level import Level
from bot.domain.record import Decision
from bot.domain.ticket import TicketKey
from bot.engine.context import Context
from bot.engine.reconcile import Gathered, decide, gather
from bot.policy.decision import PERSON, first_decision
from bot.policy.model import Policy
from bot.store.rulebook import Loaded, Rulebook


@dataclass(frozen=True, slots=True)
class Relevel:
    """Hold that one ticket would change its level; `decision` is what the other rules say."""

    key: TicketKey
    before: Level
    decision: Decision


def under(ctx: Context, rules: Loaded) -> Context:
    """Return the parts with other rules in force, for looking only."""
    return replace(ctx, rulebook=Rulebook(rules))


def as_first_seen(seen: Gathered, policy: Policy) -> Gathered:
    """Return a ticket as if these rules had decided on it at first sight; a person's choice stays."""
    decision = seen.record.decision
    if decision is not None and decision.decided_by == PERSON:
        return seen
    fresh = first_decision(policy.classify(seen.ticket), policy.version)
    return replace(seen, record=replace(seen.record, decision=fresh))


def open_tickets(ctx: Context, version: str) -> list[TicketKey]:
    """Return the open tickets that other rules than `version` decided on, from the journal alone."""
    found = []
    for key in ctx.journal.tickets():
        entry = ctx.journal.read(key) if key.portal in ctx.freshdesk else None
        if entry is None or entry["state"] == "closed":
            continue
        if entry["rules_version"] != version and entry["decided_by"] != PERSON:
            found.append(key)
    return found


def change_of(ctx: Context, key: TicketKey, policy: Policy) -> Relevel | None:
    """Return how these rules would change a ticket's level, or None; reads the ticket, writes nothing.

    Raises the errors of Freshdesk.
    """
    seen = gather(ctx, key)
    now, then = decide(ctx, seen), decide(ctx, as_first_seen(seen, policy))
    if now.closed or now.level is then.level:
        return None
    return Relevel(key, now.level, then.decision)


def relevel(ctx: Context, change: Relevel) -> bool:
    """Put the new decision in the place of the recorded one and ring; False when the ticket is busy.

    Forgetting the old decision would not do: the bot's own note on the ticket would bring it back.
    """
    with ctx.leases.hold(change.key) as lease:
        if lease is None:
            return False
        decision = ctx.ledger.read(change.key).decision
        if decision is None or decision.decided_by != PERSON:
            ctx.ledger.keep_decision(change.key, change.decision)
    ctx.wakeups.ring(change.key, ctx.now())
    return True


def paced(
    keys: Sequence[TicketKey], per_minute: int, now: Callable[[], datetime], wait: Callable[[float], None]
) -> Iterator[TicketKey]:
    """Yield tickets no faster than so many a minute: the account's requests are for its customers first."""
    pause, start = timedelta(minutes=1) / per_minute, now()
    for number, key in enumerate(keys):
        early = (start + number * pause - now()).total_seconds()
        if early > 0:
            wait(early)
        yield key
