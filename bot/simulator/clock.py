"""What time is it in the simulator, and how does Freshdesk write it?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def utc_now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


class Clock:
    """The simulator's time: a real or injected clock, moved by an offset."""

    def __init__(self, source: Callable[[], datetime] = utc_now) -> None:
        self._source = source
        self.offset = timedelta(0)

    def now(self) -> datetime:
        """Return the simulator's moment, in UTC."""
        return self._source().astimezone(UTC) + self.offset


def stamp(moment: datetime | None) -> str | None:
    """Write a moment as Freshdesk does: UTC, whole seconds, `Z`; None stays None."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_moment(text: str) -> datetime:
    """Read any ISO 8601 moment or date; without an offset it is UTC. Raise ValueError otherwise."""
    moment = datetime.fromisoformat(text.strip().replace(" ", "+"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
