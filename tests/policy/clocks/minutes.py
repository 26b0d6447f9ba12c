"""A slow second opinion: business time counted minute by minute, from the wall clock alone."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


class MinuteCount:
    """Count the open minutes of a stretch of months, knowing only weekday hours and closed dates."""

    def __init__(
        self, zone: str, week: dict[int, list[tuple[str, str]]], closed: set[str], first: str, last: str
    ) -> None:
        self.zone, self.week, self.closed = ZoneInfo(zone), week, closed
        self.first = datetime.fromisoformat(first).replace(tzinfo=UTC)
        self.size = int((datetime.fromisoformat(last).replace(tzinfo=UTC) - self.first) / MINUTE)
        opened = [self.is_open(self.at(n)) for n in range(self.size)]
        self.before = [0, *accumulate(opened)]

    def at(self, number: int) -> datetime:
        return self.first + number * MINUTE

    def is_open(self, moment: datetime) -> bool:
        local = moment.astimezone(self.zone)
        if local.strftime("%Y-%m-%d") in self.closed:
            return False
        clock = local.strftime("%H:%M")
        return any(opens <= clock < closes for opens, closes in self.week.get(local.weekday(), []))

    def between(self, start: int, end: int) -> timedelta:
        return (self.before[end] - self.before[start]) * MINUTE

    def add(self, start: int, minutes: int) -> int | None:
        """Return the first minute by which so many open minutes have passed; None beyond the stretch."""
        found = bisect_left(self.before, self.before[start] + minutes)
        return found if found < len(self.before) else None
