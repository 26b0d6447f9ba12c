"""Where among a year's openings does a moment lie, or an amount of open time?

A sum over any stretch is two look-ups, whatever its length: for each closing it is known how long the desk
had been open by then.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Openings:
    """Hold openings in order without overlap; `by_closing` is the open time up to the end of each."""

    spans: tuple[Span, ...]
    closings: tuple[datetime, ...]
    by_closing: tuple[timedelta, ...]
    total: timedelta

    @classmethod
    def of(cls, spans: Iterable[Span]) -> Openings:
        """Add the openings up."""
        kept = tuple(spans)
        by_closing = tuple(accumulate(closes - opens for opens, closes in kept))
        total = by_closing[-1] if by_closing else timedelta()
        return cls(kept, tuple(closes for _, closes in kept), by_closing, total)

    def current_or_next(self, at: datetime) -> Span | None:
        """Return the first opening that ends after a moment; None when all have ended."""
        place = bisect_right(self.closings, at)
        return self.spans[place] if place < len(self.spans) else None

    def open_until(self, at: datetime) -> timedelta:
        """Return the open time before a moment."""
        place = bisect_right(self.closings, at)
        done = self.by_closing[place - 1] if place else timedelta()
        running = place < len(self.spans) and self.spans[place][0] < at
        return done + (at - self.spans[place][0]) if running else done

    def moment_of(self, length: timedelta) -> datetime:
        """Return the earliest moment by which there was so much open time, at most the total."""
        place = bisect_left(self.by_closing, length)
        return self.closings[place] - (self.by_closing[place] - length)
