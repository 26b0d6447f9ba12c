"""How is a moment told to people, in Spanish: exactly, and from now?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

DASH = "—"
DAYS = ("lun", "mar", "mié", "jue", "vie", "sáb", "dom")
MONTHS = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "set", "oct", "nov", "dic")
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """Hold a moment as people read it and, for machines, as ISO 8601; `from_now` only where asked for."""

    text: str
    iso: str = ""
    from_now: str = ""


UNKNOWN = Moment(DASH)


def moment(value: object, zone: tzinfo | None = None, now: datetime | None = None) -> Moment:
    """Return a moment in words, in its own offset unless a zone is given; a dash when there is none."""
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return UNKNOWN
    at = at.astimezone(zone) if zone else at
    text = f"{DAYS[at.weekday()]} {at.day} {MONTHS[at.month - 1]}, {at:%H:%M}"
    return Moment(text, at.isoformat(), from_now(at, now) if now else "")


def from_now(at: datetime, now: datetime) -> str:
    """Return how far a moment is: «en 2 h 5 min», «hace 3 d 4 h», «ahora»."""
    distance = at - now
    if abs(distance) < _MINUTE:
        return "ahora"
    return f"hace {length(-distance)}" if distance < timedelta(0) else f"en {length(distance)}"


def length(span: timedelta) -> str:
    """Return a length of time by its two largest parts: «3 d 4 h», «2 h 5 min», «40 min», «20 s»."""
    if span < _MINUTE:
        return f"{int(span.total_seconds())} s"
    days, rest = divmod(span, _DAY)
    hours, minutes = rest // _HOUR, rest % _HOUR // _MINUTE
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min"
