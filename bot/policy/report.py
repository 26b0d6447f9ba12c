"""How were the promises kept over a period, and whom did tickets wait for?

A ticket belongs to the week in which it was issued. Everything is first counted into cells of one week,
portal, client company and level; every other figure is a sum of cells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from bot.domain.level import Level
from bot.policy.model import Policy
from bot.policy.report_outcome import CLOCKS, Kept, TicketOutcome
from bot.policy.statuses import PauseCause

CAUSES = tuple(cause.value for cause in PauseCause if cause is not PauseCause.RESOLVED)
# Whose delay a wait is by the contract: a suspension for payment is the client's (clause on arrears), another
# department of the desk's own company is the desk's.
OWNERS = {
    "client": (PauseCause.CUSTOMER.value, PauseCause.BILLING.value),
    "vendor": (PauseCause.THIRD_PARTY.value,),
}
WEEKS = 4
_HOUR = timedelta(hours=1)
_ORDER = {level: place for place, level in enumerate(Level)}

G = TypeVar("G")


@dataclass(frozen=True, slots=True)
class Period:
    """Hold the dates of a report, both included, as dates of each portal's zone."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Tell whether a day is one of the dates."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Cell:
    """Name the tickets of one week (its Monday), portal, client company and level."""

    week: date
    portal: str
    company_id: int | None
    level: Level

    def order(self) -> tuple[date, str, int, int]:
        """Return the key cells are sorted by: no company first, the most severe level first."""
        return self.week, self.portal, self.company_id or 0, _ORDER[self.level]


@dataclass(slots=True)
class Count:
    """Count tickets: promises by clock and fate, time worked and waited in business time."""

    tickets: int = 0
    inferred: int = 0
    escalations: int = 0
    promises: defaultdict[tuple[str, Kept], int] = field(default_factory=lambda: defaultdict(int))
    worked: timedelta = timedelta()
    waited: defaultdict[str, timedelta] = field(default_factory=lambda: defaultdict(timedelta))

    def add(self, other: Count) -> None:
        """Add another count to this one."""
        self.tickets += other.tickets
        self.inferred += other.inferred
        self.escalations += other.escalations
        for promise, number in other.promises.items():
            self.promises[promise] += number
        self.worked += other.worked
        for cause, length in other.waited.items():
            self.waited[cause] += length

    def add_ticket(self, one: TicketOutcome, at: datetime, since: timedelta) -> None:
        """Count a ticket as it stands `at` a moment; `since` is the business time after its last look."""
        self.tickets += 1
        self.inferred += not one.spent.exact
        self.escalations += one.escalations
        for clock in CLOCKS:
            self.promises[clock, one.kept(clock, at)] += 1
        for cause, length in one.spent.waited.items():
            self.waited[cause] += length
        self.worked += one.spent.worked
        if one.spent.waits_for is None:
            self.worked += since
        else:
            self.waited[one.spent.waits_for] += since


Cells = Mapping[Cell, Count]


def last_full_weeks(now: datetime, zone: ZoneInfo, weeks: int = WEEKS) -> Period:
    """Return the last full weeks, Monday to Sunday, before the week of `now`."""
    monday = _monday(now.astimezone(zone).date())
    return Period(monday - timedelta(weeks=weeks), monday - timedelta(days=1))


def count_cells(
    outcomes: Iterable[TicketOutcome], policy: Policy, period: Period, at: datetime, portal: str | None = None
) -> Cells:
    """Count the tickets issued in a period, as they stand `at` a moment.

    Open tickets' time is counted up to the last full hour, so that a report repeated soon is the same.
    """
    cells: defaultdict[Cell, Count] = defaultdict(Count)
    hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    zones: dict[str, ZoneInfo] = {}
    for one in outcomes:
        name = one.key.portal
        zone = zones.get(name) or zones.setdefault(name, policy.zone(name))
        day = one.created_at.astimezone(zone).date()
        if not one.counts or portal not in (None, name) or not period.holds(day):
            continue
        since = timedelta()
        if one.spent.closed_at is None:
            since = policy.calendar(name).business_time_between(one.looked_at, hour)
        cells[Cell(_monday(day), name, one.company_id, one.level)].add_ticket(one, at, since)
    return cells


def summed(cells: Cells, group: Callable[[Cell], G]) -> dict[G, Count]:
    """Add cells up by what `group` says of each."""
    sums: defaultdict[G, Count] = defaultdict(Count)
    for cell, count in cells.items():
        sums[group(cell)].add(count)
    return sums


def report_data(cells: Cells, period: Period) -> dict[str, Any]:
    """Return the whole report as plain data; the same cells give the same data, byte for byte."""
    rows = [row(cell, cells[cell]) for cell in sorted(cells, key=Cell.order)]
    return {**report_figures(cells, period), "rows": rows}


def report_figures(cells: Cells, period: Period) -> dict[str, Any]:
    """Return the report's figures without its rows, of which many clients make many."""
    levels = summed(cells, lambda cell: cell.level)
    clients = summed(cells, lambda cell: (cell.portal, cell.company_id or 0))
    weeks = summed(cells, lambda cell: cell.week)
    return {
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "total": _figures(summed(cells, lambda _: None).get(None, Count())),
        "levels": [{"level": level.value, **_figures(levels.get(level, Count()))} for level in Level],
        "clients": [
            {"portal": portal, "company_id": company or None, **_figures(count)}
            for (portal, company), count in sorted(clients.items(), key=lambda item: item[0])
        ],
        "weeks": [{"week": week.isoformat(), **_figures(count)} for week, count in sorted(weeks.items())],
    }


def row(cell: Cell, count: Count) -> dict[str, Any]:
    """Return one cell as a flat row whose figures may be added up."""
    return {
        "week": cell.week.isoformat(),
        "portal": cell.portal,
        "company_id": cell.company_id,
        "level": cell.level.value,
        "tickets": count.tickets,
        **{f"{clock}_{fate.value}": count.promises[clock, fate] for clock in CLOCKS for fate in Kept},
        "escalations": count.escalations,
        "inferred": count.inferred,
        "hours_worked": _hours(count.worked),
        **{f"hours_{cause}": _hours(count.waited.get(cause, timedelta())) for cause in CAUSES},
    }


def _figures(count: Count) -> dict[str, Any]:
    waited = {cause: count.waited.get(cause, timedelta()) for cause in CAUSES}
    open_time = count.worked + sum(waited.values(), timedelta())
    theirs = {owner: sum((waited[c] for c in causes), timedelta()) for owner, causes in OWNERS.items()}
    ours = open_time - sum(theirs.values(), timedelta())
    return {
        "tickets": count.tickets,
        "inferred": count.inferred,
        "escalations": count.escalations,
        **{clock: _promise(count, clock) for clock in CLOCKS},
        "waiting": {cause: _part(length, open_time) for cause, length in waited.items()},
        "delay": {owner: _part(length, open_time) for owner, length in ({"ours": ours} | theirs).items()},
    }


def _promise(count: Count, clock: str) -> dict[str, Any]:
    found = {fate.value: count.promises[clock, fate] for fate in Kept}
    settled = found["met"] + found["missed"]
    return {**found, "met_share": round(found["met"] / settled, 4) if settled else None}


def _part(length: timedelta, whole: timedelta) -> dict[str, float | None]:
    return {"hours": _hours(length), "share": round(length / whole, 4) if whole else None}


def _hours(length: timedelta) -> float:
    return round(length / _HOUR, 2)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


COLUMNS = tuple(row(Cell(date.min, "", None, Level.NORMAL), Count()))
