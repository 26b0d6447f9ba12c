"""How long do others take for the same business time?

In: a week, holidays, a start and lengths. Out: microseconds by sum; a note where a sum comes out otherwise.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo


def main() -> None:
    """Measure every rival that can be imported; the best of many repetitions counts."""
    question = json.load(sys.stdin)
    answer: dict[str, Any] = {}
    for measure in (with_businesstimedelta, with_numpy):
        try:
            answer |= measure(question)
        except ImportError:
            continue
    json.dump(answer, sys.stdout)


def with_businesstimedelta(question: dict[str, Any]) -> dict[str, Any]:
    """Add business hours and measure a span."""
    import businesstimedelta as btd

    start = datetime.fromisoformat(question["start"]).astimezone(ZoneInfo(question["zone"]))
    start = start.replace(tzinfo=None)  # it reckons on the wall clock
    rules = btd.Rules(
        [
            btd.WorkDayRule(
                start_time=_time(opens), end_time=_time(closes), working_days=question["weekdays"]
            )
            for opens, closes in question["windows"]
        ]
        + [btd.HolidayRule({date.fromisoformat(day): "closed" for day in question["holidays"]})]
    )
    length = btd.BusinessTimeDelta(rules, hours=question["hours"])
    end = start + timedelta(days=question["span_days"])
    ends = datetime.fromisoformat(question["ends"]).astimezone(ZoneInfo(question["zone"]))
    note = "" if (start + length).replace(tzinfo=None) == ends.replace(tzinfo=None) else "it ends elsewhere"
    seconds = question["seconds"]
    return {
        "add": {"us": best_micros(lambda: start + length, seconds), "note": note},
        "between": {"us": best_micros(lambda: rules.difference(start, end), seconds), "note": ""},
    }


def with_numpy(question: dict[str, Any]) -> dict[str, Any]:
    """Add whole business days."""
    import numpy as np

    mask = [number in question["weekdays"] for number in range(7)]
    week = np.busdaycalendar(weekmask=mask, holidays=question["holidays"])
    day = question["start"][:10]
    count = question["days"]
    work = lambda: np.busday_offset(day, count, roll="forward", busdaycal=week)  # noqa: E731
    return {"days": {"us": best_micros(work, question["seconds"]), "note": ""}}


def best_micros(work: Callable[[], object], seconds: float) -> float:
    """Return the microseconds of one call, as the best of all that fit into the time."""
    best, ends = float("inf"), time.perf_counter() + seconds
    while True:
        start = time.perf_counter()
        for _ in range(20):
            work()
        now = time.perf_counter()
        best = min(best, (now - start) / 20)
        if now > ends:
            return best * 1e6


def _time(minute: int) -> Any:
    from datetime import time as wall_time

    return wall_time(minute // 60 % 24, minute % 60)


if __name__ == "__main__":
    main()
