"""What would a change of rules do to past tickets and to open ones? Long work, told step by step.

Nothing is written but by `apply`, which gives open tickets the level of the rules that it is called with.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.domain.ticket import TicketKey
from bot.engine.context import Context
from bot.engine.fetch import Pace, past_lines
from bot.engine.gate import Turn, taking
from bot.engine.rule_changes import Relevel, change_of, open_tickets, paced, relevel, under
from bot.freshdesk.errors import FreshdeskError, NotFound, RateLimited, Unauthorized
from bot.policy.backtest import Pair, pair_of, past_ticket
from bot.policy.backtest_rows import MOST_ROWS, Shade, row_of, zone_of
from bot.policy.loader import sections_of
from bot.policy.problems import Problem
from bot.policy.tally import Tally, report
from bot.store.budget import Priority
from bot.store.rulebook import Loaded

Told = Callable[[int, int], bool]
Files = Mapping[str, bytes]
STEP = 20  # tickets from one word on the progress to the next
_PATIENCE = 5


class Stopped(Exception):
    """Somebody asked the trial to stop."""


class RulesUnusable(Exception):
    """Rules that are to be tried do not load; carries the first problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))


@dataclass(frozen=True, slots=True)
class Reading:
    """Hold which tickets are read from Freshdesk: of one portal, changed in so many days, so many at most."""

    portal: str
    days: int
    most: int
    per_minute: int


def backtest(
    ctx: Context, base: Files, candidate: Files, source: bytes | Reading, told: Told
) -> dict[str, Any]:
    """Return what the candidate would have altered, over the lines of a file or tickets of Freshdesk."""
    pair = _pair(base, candidate)
    whole, rows, shade, unusable, changed = Tally(), list[dict[str, Any]](), Shade(pair), 0, 0
    lines, total = _lines(ctx, source, told)
    for number, line in enumerate(lines):
        if number % STEP == 0:
            _go_on(told, number, total)
        try:
            ticket = past_ticket(line)
        except ValueError:
            unusable += 1
            continue
        before, after = pair.outcomes(ticket)
        whole.add(ticket, before, after)
        shade.add(ticket, after)
        row = row_of(ticket, before, after, zone_of(pair, ticket))
        changed += row is not None
        if row is not None and len(rows) < MOST_ROWS:
            rows.append(row)
    found = {"rows": rows, "changed": changed, "shade": shade.report()}
    return {**report(whole, pair, unusable), **found}


def impact(ctx: Context, rules: Loaded, per_minute: int, told: Told) -> dict[str, Any]:
    """Return which open tickets other rules decided and these would give another level; writes nothing."""
    keys = open_tickets(ctx, rules.policy.version)
    unread: list[str] = []
    changes = list(_changes(under(ctx, rules), keys, rules, per_minute, told, unread))
    rows = [_change_row(one) for one in changes[:MOST_ROWS]]
    return {"candidate": rules.policy.version, "open": len(keys), "rows": rows, "unread": unread[:MOST_ROWS]}


def apply(
    ctx: Context, rules: Loaded, chosen: Iterable[TicketKey], per_minute: int, told: Told
) -> dict[str, Any]:
    """Give open tickets the level that the rules in force say now; what a person chose stays."""
    keys, unread, busy = list(chosen), list[str](), list[str]()
    rows = []
    for change in _changes(under(ctx, rules), keys, rules, per_minute, told, unread):
        if _applied(ctx, change):
            rows.append(_change_row(change))
        else:
            busy.append(str(change.key))
    return {
        "candidate": rules.policy.version,
        "open": len(keys),
        "rows": rows,
        "unread": unread,
        "busy": busy,
    }


def _changes(
    ctx: Context, keys: list[TicketKey], rules: Loaded, per_minute: int, told: Told, unread: list[str]
) -> Iterator[Relevel]:
    wait = _waiting(told, lambda: (0, len(keys)))
    for number, key in enumerate(paced(keys, per_minute, ctx.now, wait)):
        _go_on(told, number, len(keys))
        try:
            change = _patiently(ctx, key, rules, wait)
        except NotFound:
            continue
        except Unauthorized:
            raise
        except FreshdeskError:
            unread.append(str(key))
            continue
        if change is not None:
            yield change


def _patiently(ctx: Context, key: TicketKey, rules: Loaded, wait: Callable[[float], None]) -> Relevel | None:
    while True:
        try:
            with taking(Turn(Priority.BACKGROUND)):
                return change_of(ctx, key, rules.policy)
        except RateLimited as error:
            wait(60.0 if error.retry_after is None else error.retry_after)


def _applied(ctx: Context, change: Relevel) -> bool:
    for _ in range(_PATIENCE):
        if relevel(ctx, change):
            return True
        time.sleep(1)
    return False


def _change_row(change: Relevel) -> dict[str, Any]:
    return {
        "id": change.key.ticket_id,
        "portal": change.key.portal,
        "changes": ["nivel"],
        "before": {"level": change.before.value, "rule": None},
        "after": {"level": change.decision.level.value, "rule": change.decision.decided_by},
    }


def _pair(base: Files, candidate: Files) -> Pair:
    (before, problems), (after, others) = sections_of(base), sections_of(candidate)
    if before is None or after is None:
        raise RulesUnusable([*others, *problems][0])
    return pair_of(before, after)


def _lines(ctx: Context, source: bytes | Reading, told: Told) -> tuple[Iterable[bytes], int]:
    if isinstance(source, Reading):
        return _read(ctx, source, told), source.most
    return (line for line in io.BytesIO(source) if line.strip()), source.count(b"\n") + 1


def _read(ctx: Context, reading: Reading, told: Told) -> Iterator[bytes]:
    """Yield a line for each ticket read; texts stay in the memory of this process."""
    known: set[int] = set()
    count = 0
    pace = Pace(reading.per_minute, ctx.now, _waiting(told, lambda: (count, reading.most)))
    since = ctx.now() - timedelta(days=reading.days)
    with taking(Turn(Priority.BACKGROUND)):
        for _, line in past_lines(ctx, reading.portal, since, known, pace, mask=False):
            _go_on(told, count, reading.most)
            if line is not None:
                count += 1
                yield json.dumps(line).encode()
            if count >= reading.most:
                return


def _waiting(told: Told, where: Callable[[], tuple[int, int]]) -> Callable[[float], None]:
    """Return a way to wait that still tells the progress, and hears when to stop."""

    def wait(seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            _go_on(told, *where())
            time.sleep(min(left, 2.0))

    return wait


def _go_on(told: Told, done: int, total: int) -> None:
    if not told(done, total):
        raise Stopped
