"""Does this machine's clock agree with Freshdesk's and with Redis'? Dates are reckoned by all three."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from redis import Redis

from bot.engine.context import Context
from bot.engine.findings import Finding, Verdict
from bot.freshdesk.errors import FreshdeskError

NOTICEABLE, HARMFUL = timedelta(seconds=5), timedelta(seconds=60)
_HALF_A_SECOND = timedelta(milliseconds=500)  # Freshdesk tells whole seconds, the rest is cut off


def clock_findings(ctx: Context, redis: Redis, portals: list[str]) -> Iterator[Finding]:
    """Measure how far our clock is from each of the others; one request a portal."""
    yield from _compared(ctx.now, "Redis'", partial(_redis_time, redis))
    for portal in portals:
        name = f"Freshdesk's ({portal})"
        try:
            yield from _compared(ctx.now, name, partial(_portal_time, ctx, portal))
        except FreshdeskError as error:
            what = f"{type(error).__name__} {error.status or ''}".rstrip()
            yield Finding("clocks", Verdict.WARNING, f"{name} could not be read ({what})")


def _compared(
    now: Callable[[], datetime], whose: str, their_time: Callable[[], datetime | None]
) -> Iterator[Finding]:
    """Compare with the middle of the time the answer took."""
    before = now()
    theirs = their_time()
    after = now()
    if theirs is not None:
        yield drift_finding(before + (after - before) / 2 - theirs, whose)


def drift_finding(drift: timedelta, whose: str) -> Finding:
    """Judge how far our clock is ahead of another."""
    size, side = abs(drift), "ahead of" if drift > timedelta() else "behind"
    if size < NOTICEABLE:
        return Finding("clocks", Verdict.GOOD, f"ours agrees with {whose} to {size.total_seconds():.1f} s")
    text = (
        f"ours is {size.total_seconds():.0f} s {side} {whose}; dates and warnings are wrong by as much. "
        "Let the machine follow NTP: timedatectl set-ntp true"
    )
    return Finding("clocks", Verdict.BAD if size >= HARMFUL else Verdict.WARNING, text)


def _redis_time(redis: Redis) -> datetime:
    seconds, micros = redis.time()
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=micros)


def _portal_time(ctx: Context, portal: str) -> datetime | None:
    told = ctx.freshdesk[portal].time()
    return None if told is None else told + _HALF_A_SECOND
