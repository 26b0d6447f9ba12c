"""Is this an hour in which people are not to be disturbed, and when does it end?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator

_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d) ?[-–] ?([01]\d|2[0-3]):([0-5]\d)")


def _sound(value: str) -> str:
    found = _WINDOW.fullmatch(value.strip())
    if found is None:
        raise ValueError(f"«{value}» no es un horario; escribe por ejemplo «20:00-07:00»")
    if found.group(1, 2) == found.group(3, 4):
        raise ValueError("las horas tranquilas empiezan y terminan a la misma hora")
    return value.strip()


QuietHours = Annotated[str, AfterValidator(_sound)]


@dataclass(frozen=True, slots=True)
class _Window:
    start: time
    end: time

    @classmethod
    def read(cls, text: str) -> _Window:
        found = _WINDOW.fullmatch(text)
        assert found is not None
        return cls(time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4])))

    def holds(self, at: time) -> bool:
        if self.start < self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end  # over midnight


def quiet_until(hours: QuietHours | None, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return when the quiet hours end that `now` lies in, in UTC; None outside them."""
    if hours is None:
        return None
    window, local = _Window.read(hours), now.astimezone(zone)
    if not window.holds(local.time()):
        return None
    day = local.date() if local.time() < window.end else local.date() + timedelta(days=1)
    return datetime.combine(day, window.end, tzinfo=zone).astimezone(UTC)
