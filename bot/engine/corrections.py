"""What is remembered when a person changes a level, and against how many decisions does it count?"""

from __future__ import annotations

from datetime import datetime

from bot.domain.record import Decision
from bot.domain.ticket import TicketKey
from bot.engine.context import Context
from bot.policy.corrections import correction_of, is_correction
from bot.policy.decision import PERSON

_PAGE = 500


def note_correction(ctx: Context, key: TicketKey, before: Decision | None, after: Decision) -> None:
    """Remember that a person corrected a rule; called before the new decision replaces the old one.

    After a crash between the two the next attempt writes the same again.
    """
    if before is None or not is_correction(before, after):
        return
    standing = correction_of(key, before, after.level, ctx.corrections.read(key), ctx.now())
    if standing is None:
        ctx.corrections.forget(key)
    else:
        ctx.corrections.keep(standing)


def deciders(ctx: Context, since: datetime) -> dict[TicketKey, str | None]:
    """Return which rule decided each ticket looked at since then, without those that people decided."""
    found: dict[TicketKey, str | None] = {}
    start = 0
    while page := list(ctx.journal.latest(_PAGE, start)):
        for entry in page:
            recent = datetime.fromisoformat(entry["updated_at"]) >= since
            if recent and entry["decided_by"] != PERSON:
                found[TicketKey(entry["portal"], entry["ticket_id"])] = entry["decided_by"]
        start += _PAGE
    return found
