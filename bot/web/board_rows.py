"""How is an open ticket told on the board?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from bot.domain.level import Level
from bot.store.journal_rows import ClockRow, OpenTicket
from bot.web.standing import BREACHED, PAUSED, STATES, Standing, clock_state
from bot.web.times import DASH, UNKNOWN, Moment, from_now, length, moment

CLOCKS = {"response": "Respuesta", "resolution": "Solución"}
WAITS = {
    "cliente": "espera al cliente",
    "tercero": "espera a un tercero",
    "facturacion": "suspendido por facturación",
    "interno": "espera a otra área",
}
_CLOCK_STATES = {
    "running": "en plazo",
    "risk": "por vencer",
    "paused": "en pausa",
    "breached": "vencido",
    "met": "cumplido",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """Hold one clock as a bar: how much of its time is gone and where its target lies, in percent."""

    name: str
    state: str
    state_text: str
    gone: int
    target: int | None
    limit: Moment
    met_at: Moment


@dataclass(frozen=True, slots=True)
class BoardRow:
    """Hold one row of the board."""

    portal: str
    ticket_id: int
    level: str
    emoji: str
    state: str
    state_text: str
    left: str
    decided_by: str | None
    bars: tuple[Bar, ...]
    agent: int | None
    next_step: str
    next_at: Moment


def board_row(ticket: OpenTicket, standing: Standing, now: datetime, zone: tzinfo) -> BoardRow:
    """Return a ticket's row at `now`, its moments in the portal's zone."""
    level = ticket.level
    return BoardRow(
        portal=ticket.key.portal,
        ticket_id=ticket.key.ticket_id,
        level=level or DASH,
        emoji=Level(level).emoji if level in Level.__members__ else "⚪",
        state=standing.state,
        state_text=STATES.get(standing.state, standing.state),
        left=_left(ticket, standing, now),
        decided_by=ticket.decided_by,
        bars=bars_of(ticket, now, zone)[: 1 if standing.clock == "response" else 2],
        agent=ticket.agent,
        next_step=ticket.next_step,
        next_at=_moment(ticket.wake_at, zone, now),
    )


def bars_of(ticket: OpenTicket, now: datetime, zone: tzinfo) -> tuple[Bar, ...]:
    """Return both clocks as bars: response, then resolution."""
    starts = _starts(ticket)
    return tuple(_bar(name, getattr(ticket, name), starts[name], now, zone) for name in CLOCKS)


def _left(ticket: OpenTicket, standing: Standing, now: datetime) -> str:
    """Say how much time is left, or whom the ticket waits for."""
    if standing.state == PAUSED:
        return WAITS.get(ticket.waits_for or "", "el reloj está detenido")
    if standing.limit is None:
        return ""
    distance = datetime.fromtimestamp(standing.limit, tz=UTC) - now
    if distance <= timedelta(0):
        return f"venció {from_now(now + distance, now)}"
    return f"quedan {length(distance)}"


def _starts(ticket: OpenTicket) -> dict[str, int | None]:
    """Return when each clock began: the second one at the answer."""
    return {"response": ticket.created_at, "resolution": ticket.response.met_at or ticket.response.limit}


def _bar(name: str, clock: ClockRow, start: int | None, now: datetime, zone: tzinfo) -> Bar:
    state = clock_state(clock, int(now.timestamp()))
    return Bar(
        name=CLOCKS[name],
        state=state,
        state_text=_CLOCK_STATES.get(state, state),
        gone=100 if state == BREACHED else _share(start, clock.met_at or int(now.timestamp()), clock.limit),
        target=_share(start, clock.target, clock.limit) if clock.target is not None else None,
        limit=_moment(clock.limit, zone, now),
        met_at=_moment(clock.met_at, zone, now),
    )


def _share(start: int | None, at: int | None, end: int | None) -> int:
    """Return which part of a stretch lies before a moment, in percent from 0 to 100."""
    if start is None or at is None or end is None or end <= start:
        return 0
    return max(0, min(100, round(100 * (at - start) / (end - start))))


def _moment(seconds: int | None, zone: tzinfo, now: datetime) -> Moment:
    return UNKNOWN if seconds is None else moment(datetime.fromtimestamp(seconds, tz=UTC), zone, now)
