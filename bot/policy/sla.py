"""How do a ticket's two clocks stand at a given moment?

The response clock runs from issue to the first answer by a person. The resolution clock takes over there and
runs to the final close; it pauses while the desk waits on others. Both follow the ticket's present level from
the beginning, so a change of level keeps every pause.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from bot.policy.allowance import Allowance, Share
from bot.policy.arithmetic import Arithmetic, explain
from bot.policy.calendar import Calendar, in_utc
from bot.policy.levels import LevelPolicy, Promise, ResolutionKind
from bot.policy.pauses import Pause, StatusInterval, before, closing, length_of, pauses_of, shifted
from bot.policy.statuses import PauseCause, PortalPolicy

# Waiting on a customer or third party never stops the response clock; a suspended service stops both, and a
# ticket closed unanswered has nobody waiting until it is reopened.
_STOPS_RESPONSE = frozenset({PauseCause.BILLING, PauseCause.RESOLVED})


class ClockState(StrEnum):
    """Say how a clock stands; a breach stays a breach after a late answer."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """Hold all that the clocks of a ticket depend on besides its level.

    `answered_at` is the first public answer by a person of the desk, never the bot's acknowledgement.
    `history` is in order; `suspensions` are stretches marked by people, cause `facturacion`.
    """

    created_at: datetime
    answered_at: datetime | None = None
    history: tuple[StatusInterval, ...] = ()
    suspensions: tuple[Pause, ...] = ()


@dataclass(frozen=True, slots=True)
class Clock:
    """Hold one clock as it stood at the moment asked for; all moments in UTC.

    `paused_since` is set while it stands still, also after a breach; `exact` is False when a moment it
    depends on was inferred.
    """

    target: datetime
    limit: datetime
    state: ClockState
    met_at: datetime | None
    breached_at: datetime | None
    paused_since: datetime | None
    pauses: tuple[Pause, ...]
    arithmetic: Arithmetic
    exact: bool

    @property
    def is_ticking(self) -> bool:
        """Tell whether time counts against the desk now."""
        return self.met_at is None and self.paused_since is None

    def paused_total(self, now: datetime) -> dict[PauseCause, timedelta]:
        """Return the time waited, by cause; time spent resolved is no waiting and is left out."""
        totals: defaultdict[PauseCause, timedelta] = defaultdict(timedelta)
        for pause in self.pauses:
            if pause.cause is not PauseCause.RESOLVED:
                totals[pause.cause] += (pause.end or now) - pause.start
        return dict(totals)


@dataclass(frozen=True, slots=True)
class ResponseClock(Clock):
    """Hold the clock from issue to the first answer."""


@dataclass(frozen=True, slots=True)
class ResolutionClock(Clock):
    """Hold the clock from first answer to close; `provisional` before that answer, then never breached."""

    kind: ResolutionKind
    provisional: bool


_C = TypeVar("_C", bound=Clock)


@dataclass(frozen=True, slots=True)
class _Reckoning:
    target: datetime
    limit: datetime
    pauses: tuple[Pause, ...]
    arithmetic: Arithmetic


def response_clock(
    level: LevelPolicy, calendar: Calendar, portal: PortalPolicy, facts: ClockFacts, now: datetime
) -> ResponseClock:
    """Return the response clock at `now`; facts later than `now` are not yet known.

    A ticket closed without any answer counts as attended when it was closed: nobody waits any longer, and a
    clock left running could only breach on a finished ticket. Reopening it lets the clock go on.
    """
    start, now = in_utc(facts.created_at), in_utc(now)
    shut = closing(portal, facts.history, now)
    met_at = _first_answer(facts, shut, now)
    standing = [
        p for p in pauses_of(portal, facts.history, facts.suspensions, now) if p.cause in _STOPS_RESPONSE
    ]
    sure = facts.answered_at is not None or shut is None or shut.exact
    return _clock(ResponseClock, level.respuesta, calendar, start, standing, met_at, now, sure=sure)


def resolution_clock(
    level: LevelPolicy,
    calendar: Calendar,
    portal: PortalPolicy,
    facts: ClockFacts,
    response: ResponseClock,
    now: datetime,
) -> ResolutionClock:
    """Return the resolution clock at `now`; until an answer, as if it came at the limit."""
    now = in_utc(now)
    if response.met_at is None:
        return _provisional(level, calendar, response)
    shut = closing(portal, facts.history, now)
    met_at = in_utc(shut.start) if shut else None
    standing = pauses_of(portal, facts.history, facts.suspensions, now)
    return _clock(
        ResolutionClock,
        level.resolucion,
        calendar,
        response.met_at,
        standing,
        met_at,
        now,
        sure=response.exact and (shut is None or shut.exact),
        kind=level.resolucion.tipo,
        provisional=False,
    )


def milestones(response: ResponseClock, resolution: ResolutionClock) -> tuple[datetime, ...]:
    """Return, in order, the targets and limits that time alone will reach or has reached.

    Clocks that are met, paused or not yet started have none: only a person's act changes those.
    """
    ticking: list[Clock] = [response] if response.is_ticking else []
    if resolution.is_ticking and not resolution.provisional:
        ticking.append(resolution)
    return tuple(sorted({moment for clock in ticking for moment in (clock.target, clock.limit)}))


def next_milestone(response: ResponseClock, resolution: ResolutionClock, now: datetime) -> datetime | None:
    """Return the next moment after `now` at which a clock reaches its target or limit."""
    return next((moment for moment in milestones(response, resolution) if moment > now), None)


def _first_answer(facts: ClockFacts, shut: StatusInterval | None, now: datetime) -> datetime | None:
    candidates = [] if shut is None else [shut.start]
    if facts.answered_at is not None and facts.answered_at <= now:
        candidates.append(facts.answered_at)
    return max(in_utc(min(candidates)), in_utc(facts.created_at)) if candidates else None


def _clock(
    made: type[_C],
    promise: Promise,
    calendar: Calendar,
    start: datetime,
    standing: Sequence[Pause],
    met_at: datetime | None,
    now: datetime,
    *,
    sure: bool,
    **own: Any,
) -> _C:
    """Return a clock that has begun, with the fields its kind has of its own."""
    known = before(standing, met_at) if met_at else tuple(standing)
    sums = _reckon(promise, calendar, start, known, met_at or now)
    state, breached_at, paused_since = _standing(sums, known, met_at, now)
    return made(
        target=sums.target,
        limit=sums.limit,
        state=state,
        met_at=met_at,
        breached_at=breached_at,
        paused_since=paused_since,
        pauses=sums.pauses,
        arithmetic=sums.arithmetic,
        exact=sure and all(p.exact for p in sums.pauses),
        **own,
    )


def _provisional(level: LevelPolicy, calendar: Calendar, response: ResponseClock) -> ResolutionClock:
    sums = _reckon(level.resolucion, calendar, response.limit, (), response.limit)
    return ResolutionClock(
        target=sums.target,
        limit=sums.limit,
        state=ClockState.RUNNING,
        met_at=None,
        breached_at=None,
        paused_since=None,
        pauses=(),
        arithmetic=sums.arithmetic,
        exact=response.exact,
        kind=level.resolucion.tipo,
        provisional=True,
    )


def _reckon(
    promise: Promise, calendar: Calendar, start: datetime, pauses: Sequence[Pause], until: datetime
) -> _Reckoning:
    allowed = promise.limite
    unpaused = allowed.end(start, calendar)
    limit, counted = shifted(unpaused, start, allowed, calendar, pauses, until)
    early = _unpaused_target(promise, calendar, start, unpaused)
    target, _ = shifted(early, start, allowed, calendar, pauses, until)
    paused = tuple((p.cause, length_of(p, allowed, calendar, until)) for p in counted)
    sums = explain(calendar, start, limit, allowed, paused=_by_cause(paused))
    return _Reckoning(target, limit, counted, sums)


def _unpaused_target(promise: Promise, calendar: Calendar, start: datetime, limit: datetime) -> datetime:
    match promise.objetivo:
        case Share() as share:
            allowed = promise.limite
            return allowed.shift(start, share.of(allowed.between(start, limit, calendar)), calendar)
        case Allowance() as allowance:
            return allowance.end(start, calendar)


def _by_cause(
    pauses: Sequence[tuple[PauseCause, timedelta]],
) -> tuple[tuple[PauseCause, timedelta], ...]:
    totals: defaultdict[PauseCause, timedelta] = defaultdict(timedelta)
    for cause, length in pauses:
        totals[cause] += length
    return tuple((cause, length) for cause, length in totals.items() if length)


def _standing(
    sums: _Reckoning, pauses: Sequence[Pause], met_at: datetime | None, now: datetime
) -> tuple[ClockState, datetime | None, datetime | None]:
    """Return the state, the moment of breach and the start of a lasting pause.

    An answer at the very limit keeps the promise; no answer by then breaks it. A clock that was stopped in
    time is never breached while it stands, even with no business time left.
    """
    if met_at is not None:
        late = met_at > sums.limit
        return (ClockState.BREACHED if late else ClockState.MET), (sums.limit if late else None), None
    paused_since = pauses[-1].start if pauses and pauses[-1].end is None else None
    stopped_in_time = paused_since is not None and paused_since < sums.limit
    if not stopped_in_time and now >= sums.limit:
        return ClockState.BREACHED, sums.limit, paused_since
    return (ClockState.RUNNING if paused_since is None else ClockState.PAUSED), None, paused_since
