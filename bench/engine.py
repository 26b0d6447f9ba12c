"""How many requests does a ticket cost over its life?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import structlog

from bench.desk import PORTAL, Desk, desk
from bench.lines import Figure, Goal, Kind, Line, Size
from bot.engine.sweep import PAGE, sweep

TICKETS = {Size.TINY: 2, Size.QUICK: 120, Size.FULL: 450}
LINES = {
    "new reads": Line("new ticket: reads", "", Goal(Kind.AT_MOST, 1)),
    "new writes": Line("new ticket: writes", "", Goal(Kind.WITHIN, 1), "its effects"),
    "again reads": Line("repeated event: reads", "", Goal(Kind.AT_MOST, 1)),
    "again writes": Line("repeated event: writes", "", Goal(Kind.AT_MOST, 0)),
    "sweep": Line("sweep of unchanged tickets: requests", "", Goal(Kind.WITHIN, 1), f"a page of {PAGE} each"),
}


def run(size: Size) -> Mapping[str, Figure]:
    """Bring new tickets to rest, look at them again, and sweep."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    with desk() as one:
        return {**_looks(one, TICKETS[size]), **_sweep(one, TICKETS[size])}


def _looks(one: Desk, count: int) -> dict[str, Figure]:
    one.look_at(one.open(0))  # reads once a day who the bot is
    tickets = [one.open(number) for number in range(1, count + 1)]
    one.requests_made()
    effects = sum(map(one.look_at, tickets))
    new = one.requests_made()
    one.clock.ahead += timedelta(minutes=1)
    assert sum(map(one.look_at, tickets)) == 0, "a ticket at rest has an empty plan"
    again = one.requests_made()
    return {
        "new reads": Figure((new["total"] - new["writes"]) / count),
        "new writes": Figure(new["writes"] / count, effects / count),
        "again reads": Figure((again["total"] - again["writes"]) / count),
        "again writes": Figure(again["writes"] / count),
    }


def _sweep(one: Desk, count: int) -> dict[str, Figure]:
    sweep(one.context, PORTAL)  # the first of all reads the companies, too
    one.requests_made()
    one.clock.ahead += timedelta(minutes=5)
    rung = sweep(one.context, PORTAL)
    assert rung <= 1, "only the ticket opened first may look changed"
    tickets = count + 1
    return {"sweep": Figure(float(one.requests_made()["total"]), float(-(-tickets // PAGE)))}
