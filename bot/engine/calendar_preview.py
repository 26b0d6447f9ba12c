"""Which open tickets' dates would another calendar move? From the store alone; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.domain.level import Level
from bot.domain.ticket import TicketKey
from bot.engine.context import Context
from bot.policy.calendar_moves import SAME, Move, depends_on_calendar, move_of, remembered_facts
from bot.policy.calendar_section import CalendarSection
from bot.policy.clocks import Clocks, clocks_of
from bot.policy.sla import ClockFacts
from bot.store.journal_rows import OpenTicket


@dataclass(frozen=True, slots=True)
class Moved:
    """Hold one open ticket whose dates move."""

    key: TicketKey
    move: Move


@dataclass(frozen=True, slots=True)
class Preview:
    """Hold what would move, nearest first; `unsure` are tickets whose dates the store cannot reckon."""

    moved: tuple[Moved, ...]
    looked_at: int
    unsure: tuple[TicketKey, ...]


def preview(ctx: Context, changed: CalendarSection) -> Preview:
    """Reckon every open ticket's dates by the calendars in force and by changed ones.

    A ticket is unsure when the dates reckoned from the store are not those the bot planned: then something
    counts that only Freshdesk knows, and its dates are seen at the next look.
    """
    policy, now = ctx.rulebook.policy, ctx.now()
    moved: list[Moved] = []
    unsure: list[TicketKey] = []
    looked_at = 0
    for row in ctx.journal.open_tickets():
        key = row.key
        if key.portal not in ctx.freshdesk or row.level not in Level.__members__:
            continue
        looked_at += 1
        level, portal = Level(row.level), policy.portals.of(key.portal)
        promises, held = policy.levels.of(level), policy.calendar(key.portal)
        other = changed.calendar(portal.calendario)
        if held == other or not depends_on_calendar(promises):
            continue
        facts = _facts(ctx, row)
        if facts is None or not _agrees(row, clocks_of(promises, held, portal, facts, _looked_at(row))):
            unsure.append(key)
        elif move := move_of(level, promises, (held, other), portal, facts, now):
            moved.append(Moved(key, move))
    return Preview(tuple(sorted(moved, key=_nearest)), looked_at, tuple(unsure))


def _facts(ctx: Context, row: OpenTicket) -> ClockFacts | None:
    if row.created_at is None or row.updated_at is None:
        return None
    answered = None if row.response.met_at is None else _moment(row.response.met_at)
    return remembered_facts(_moment(row.created_at), answered, ctx.ledger.read(row.key))


def _agrees(row: OpenTicket, reckoned: Clocks) -> bool:
    """Tell whether what was reckoned from the store is what the bot planned when it last looked."""
    pairs = ((reckoned.response, row.response), (reckoned.resolution, row.resolution))
    differences = [
        abs(clock.limit.timestamp() - planned.limit) for clock, planned in pairs if planned.limit is not None
    ]
    return all(seconds <= SAME.total_seconds() for seconds in differences)


def _looked_at(row: OpenTicket) -> datetime:
    return _moment(row.updated_at or 0)


def _nearest(one: Moved) -> tuple[datetime, TicketKey]:
    shifts = [shift.before for shift in (one.move.response, one.move.resolution) if shift]
    return min(shifts), one.key


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
