"""How was a due date reckoned, step by step, in words people can check?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.policy.allowance import Allowance, Share
from bot.policy.calendar import ONE_DAY, Calendar, in_utc
from bot.policy.spelling import spell_days, spell_duration, spell_hours, spell_moment, spell_start
from bot.policy.statuses import PauseCause

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Hold a run of days, both ends included, that did not count, and why."""

    first: date
    last: date
    why: str


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Hold one sum: start, what was allowed, what was skipped, what was paused, end.

    Moments are on the wall clock of the desk's zone. `base` is where counting begins: `start`, or the
    opening after it for business time. `paused` is in the allowance's own count: business or clock time.
    """

    start: datetime
    base: datetime
    allowance: Allowance
    share: Share | None
    skipped: tuple[Skipped, ...]
    paused: tuple[tuple[PauseCause, timedelta], ...]
    end: datetime

    @property
    def skipped_days(self) -> tuple[tuple[date, str], ...]:
        """List every skipped day by itself."""
        return tuple(
            (run.first + ONE_DAY * n, run.why)
            for run in self.skipped
            for n in range((run.last - run.first).days + 1)
        )

    def text(self) -> str:
        """Write the sum in Spanish; years only where the sum leaves the year it starts in."""
        year = self.start.year != self.end.year
        parts = [f"{self._start_text(year)} + {self._amount_text()}"]
        if self.skipped:
            runs = (f"{spell_days(run.first, run.last)} ({run.why})" for run in self.skipped)
            parts.append(f"se saltó {', '.join(runs)}")
        if self.paused:
            parts.append(f"en pausa {', '.join(self._pause_text(*pause) for pause in self.paused)}")
        return f"{'; '.join(parts)} → {spell_moment(self.end, year=year)}"

    def _start_text(self, year: bool) -> str:
        start = spell_start(self.start, year=year)
        if self.base == self.start:
            return start
        return f"{start} (fuera de horario; cuenta desde el {spell_moment(self.base)})"

    def _amount_text(self) -> str:
        return str(self.allowance) if self.share is None else f"{self.share} de {self.allowance}"

    def _pause_text(self, cause: PauseCause, length: timedelta) -> str:
        if self.allowance.is_business:
            return f"{spell_hours(length)} de atención ({cause.label})"
        return f"{spell_duration(length)} ({cause.label})"


def explain(
    calendar: Calendar,
    start: datetime,
    end: datetime,
    allowance: Allowance,
    share: Share | None = None,
    paused: tuple[tuple[PauseCause, timedelta], ...] = (),
) -> Arithmetic:
    """Return the sum that leads from start to end; only business time skips days."""
    opening = calendar.next_opening(start) if allowance.is_business else start
    days: tuple[tuple[date, str], ...] = ()
    if allowance.is_business:
        # An end at 24:00 belongs to the day it closes.
        last = calendar.local(in_utc(end) - _INSTANT).date()
        days = calendar.skipped_days(calendar.local(start).date(), last)
    return Arithmetic(
        start=calendar.local(start),
        base=calendar.local(opening),
        allowance=allowance,
        share=share,
        skipped=group_days(days),
        paused=paused,
        end=calendar.local(end),
    )


def group_days(days: tuple[tuple[date, str], ...]) -> tuple[Skipped, ...]:
    """Join neighbouring days that share a reason; days come in order."""
    runs: list[Skipped] = []
    for day, why in days:
        if runs and runs[-1].why == why and runs[-1].last + ONE_DAY == day:
            runs[-1] = Skipped(runs[-1].first, day, why)
        else:
            runs.append(Skipped(day, day, why))
    return tuple(runs)
