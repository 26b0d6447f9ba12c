"""During which stretches did a ticket's clock stand still, and for whose sake?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise, zip_longest

from bot.domain.record import StatusSeen
from bot.policy.allowance import Allowance
from bot.policy.calendar import Calendar, in_utc
from bot.policy.statuses import PauseCause, PortalPolicy

_OPEN_ENDED = datetime.max.replace(tzinfo=UTC)

# Where two causes overlap the earlier one here is named: a closed ticket waits for nobody, and delays from a
# suspended service are the client's by contract, whatever the status said meanwhile.
_PRECEDENCE = (
    PauseCause.RESOLVED,
    PauseCause.BILLING,
    PauseCause.CUSTOMER,
    PauseCause.THIRD_PARTY,
    PauseCause.INTERNAL,
)


@dataclass(frozen=True, slots=True)
class StatusInterval:
    """Hold how long a ticket was in one status; `exact` when both moments are known, not inferred."""

    status: int
    start: datetime
    end: datetime | None = None
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Pause:
    """Hold one stretch without counting; no end while it lasts."""

    cause: PauseCause
    start: datetime
    end: datetime | None = None
    exact: bool = True


def intervals(seen: Sequence[StatusSeen]) -> tuple[StatusInterval, ...]:
    """Turn statuses seen, in order, into intervals; the last one lasts."""
    return tuple(
        StatusInterval(
            status=this.status,
            start=this.at,
            end=None if after is None else after.at,
            exact=this.exact and (after is None or after.exact),
        )
        for this, after in zip_longest(seen, seen[1:])
    )


def closing(portal: PortalPolicy, history: Sequence[StatusInterval], now: datetime) -> StatusInterval | None:
    """Return the interval that closed the ticket for good, as seen at `now`; None while it is open.

    Resolved and later closed is one closing, at the moment it was resolved.
    """
    found = None
    for interval in reversed([each for each in history if each.start <= now]):
        if not portal.is_closed(interval.status):
            break
        found = interval
    return found


def pauses_of(
    portal: PortalPolicy, history: Iterable[StatusInterval], suspensions: Iterable[Pause], now: datetime
) -> tuple[Pause, ...]:
    """Return all stretches without counting up to `now`, in order and without overlap.

    One that lasts beyond `now` has no end: that is how it looks at `now`.
    """
    found = [*_status_stops(portal, history), *suspensions]
    seen = [_as_seen(pause, now) for pause in found if pause.start <= now]
    edges = sorted({edge for pause in seen for edge in (pause.start, pause.end or _OPEN_ENDED)})
    pieces = (_named_piece(seen, start, end) for start, end in pairwise(edges))
    return _joined(piece for piece in pieces if piece is not None)


def _status_stops(portal: PortalPolicy, history: Iterable[StatusInterval]) -> Iterable[Pause]:
    for each in history:
        cause = PauseCause.RESOLVED if portal.is_closed(each.status) else portal.pause_cause(each.status)
        if cause is not None:
            yield Pause(cause, each.start, each.end, each.exact)


def _as_seen(pause: Pause, now: datetime) -> Pause:
    lasts = pause.end is None or pause.end > now
    end = None if lasts or pause.end is None else in_utc(pause.end)
    return Pause(pause.cause, in_utc(pause.start), end, pause.exact)


def _named_piece(pauses: Sequence[Pause], start: datetime, end: datetime) -> Pause | None:
    covering = [p for p in pauses if p.start <= start and (p.end or _OPEN_ENDED) >= end]
    if not covering:
        return None
    first = min(covering, key=lambda pause: _PRECEDENCE.index(pause.cause))
    return Pause(first.cause, start, None if end == _OPEN_ENDED else end, first.exact)


def _joined(pieces: Iterable[Pause]) -> tuple[Pause, ...]:
    joined: list[Pause] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last is not None and last.cause is piece.cause and last.end == piece.start:
            joined[-1] = Pause(piece.cause, last.start, piece.end, last.exact and piece.exact)
        else:
            joined.append(piece)
    return tuple(joined)


def before(pauses: Iterable[Pause], moment: datetime) -> tuple[Pause, ...]:
    """Return the pauses that began before a moment, cut off there."""
    return tuple(
        Pause(pause.cause, pause.start, min(pause.end or moment, moment), pause.exact)
        for pause in pauses
        if pause.start < moment
    )


def shifted(
    end: datetime,
    start: datetime,
    allowance: Allowance,
    calendar: Calendar,
    pauses: Sequence[Pause],
    until: datetime,
) -> tuple[datetime, tuple[Pause, ...]]:
    """Move an end by the time paused since `start` and return it with the pauses that counted.

    A pause that begins once the time is used up changes nothing: the end had passed by then.
    """
    counted: list[Pause] = []
    for pause in pauses:
        if pause.start >= end:
            break
        if pause.end is not None and pause.end <= start:
            continue
        part = Pause(pause.cause, max(pause.start, start), pause.end, pause.exact)
        end = allowance.shift(end, length_of(part, allowance, calendar, until), calendar)
        counted.append(part)
    return end, tuple(counted)


def length_of(pause: Pause, allowance: Allowance, calendar: Calendar, until: datetime) -> timedelta:
    """Measure a pause up to `until` as the allowance counts: business time or clock time."""
    return allowance.between(pause.start, pause.end or until, calendar)
