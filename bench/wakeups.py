"""What does an open ticket that waits cost in Redis, and is its moment met, however many wait?"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from redis import Redis

from bench.desk import PORTAL, settings, store
from bench.lines import Figure, Goal, Kind, Line, Size, quantile
from bench.timing import best_seconds
from bot.domain.ticket import TicketKey
from bot.engine import clock
from bot.engine.context import Context
from bot.engine.queue import SWEEP, JobQueue, queue_of
from bot.store.wakeups import Lane, Rank, Taken, Wakeups
from bot.wiring import build

FEW = 1_000
DISPATCHED = 10_000
LINES = {
    "memory": Line("memory of a waiting ticket, alarm and rank", "B", Goal(Kind.AT_MOST, 150)),
    "scheduled": Line("memory of a waiting ticket", "B", Goal(Kind.TIMES_FASTER, 2), "RQ enqueue_at"),
    "ring": Line("rings stored one by one", "/s", Goal(Kind.SHARE, 1), "RQ enqueue_at"),
    "dispatch": Line(f"hand {DISPATCHED:,} due tickets to the queues", "s", Goal(Kind.AT_MOST, 3)),
    "lateness": Line("lateness of a wake-up, 99th percentile", "s", Goal(Kind.AT_MOST, 2)),
    "tick": Line("a clock's step, all waiting", "µs", Goal(Kind.WITHIN, 1.5), f"{FEW:,} waiting"),
}


@dataclass(slots=True)
class Arrivals:
    """Take what the clock hands out, as workers with nothing else to do would."""

    seen: dict[int, float] = field(default_factory=dict)

    def reconcile_all(self, taken: Iterable[Taken], _lane: Lane = Lane.NORMAL) -> None:
        """Note when tickets came."""
        self.seen |= {one.key.ticket_id: time.time() for one in taken}

    def length(self, _lane: Lane) -> int:
        """Return that nothing waits."""
        return 0

    def sweep(self, portal: str) -> None:
        """Sweep nothing."""


def run(size: Size) -> Mapping[str, Figure]:
    """Measure memory and the clock's step at a few and at many tickets, then dispatch and lateness."""
    many = {Size.TINY: 2_000, Size.QUICK: 100_000, Size.FULL: 1_000_000}[size]
    wait = {Size.TINY: 0.3, Size.QUICK: 5.0, Size.FULL: 20.0}[size]
    with store() as url, Redis.from_url(url) as redis:
        context = build(settings("http://127.0.0.1:9", url))
        beside = _scheduled(redis, FEW if size is Size.TINY else DISPATCHED)
        few_tick = _tick(context, FEW, 0.2)
        bytes_each = _filled(redis, context.wakeups, many)
        tick = best_seconds(lambda: clock.tick(context), 0.2) * 1e6
        redis.flushall()
        ring = _ring_rate(context.wakeups, FEW * 5)
        redis.flushall()
        dispatch = _dispatch_seconds(redis, context, min(many, DISPATCHED))
        redis.flushall()
        late = _lateness(context, wait)
    return {
        "memory": Figure(bytes_each),
        "scheduled": Figure(bytes_each, beside["bytes"]),
        "ring": Figure(ring, beside["rate"]),
        "dispatch": Figure(dispatch),
        "lateness": Figure(late),
        "tick": Figure(tick, few_tick),
    }


def _filled(redis: Redis, wakeups: Wakeups, count: int) -> float:
    """Let so many tickets wait, their ranks known, and return the bytes each takes."""
    redis.flushall()
    now = datetime.now(UTC)
    for start in range(0, count, 5_000):
        keys = [TicketKey(PORTAL, number) for number in range(start, min(count, start + 5_000))]
        ranks = {key: _rank(now, key.ticket_id) for key in keys}
        wakeups.ring_all(keys, now + timedelta(days=1, seconds=start / 7), ranks)
    return _bytes_held(redis) / count


def _bytes_held(redis: Redis) -> int:
    """Return what all keys take; the server's own sum moves with buffers and with memory freed late."""
    return sum(redis.memory_usage(key, samples=0) or 0 for key in redis.scan_iter(count=1000))


def _rank(now: datetime, number: int) -> Rank:
    return Rank(now + timedelta(days=2, seconds=number / 3), now + timedelta(days=1, seconds=number / 3))


def _scheduled(redis: Redis, count: int) -> dict[str, float]:
    """Schedule as many of RQ's own jobs and return the bytes of each, and how many a second."""
    redis.flushall()
    queue = queue_of(redis, Lane.NORMAL)
    at, start = datetime.now(UTC) + timedelta(days=1), time.perf_counter()
    for number in range(count):
        queue.enqueue_at(at, SWEEP, PORTAL, number)
    took = time.perf_counter() - start
    return {"bytes": _bytes_held(redis) / count, "rate": count / took}


def _tick(context: Context, count: int, seconds: float) -> float:
    now = context.now() + timedelta(days=1)
    context.wakeups.ring_all([TicketKey(PORTAL, number) for number in range(count)], now)
    return best_seconds(lambda: clock.tick(context), seconds) * 1e6


def _ring_rate(wakeups: Wakeups, count: int) -> float:
    at, start = datetime.now(UTC), time.perf_counter()
    for number in range(count):
        wakeups.ring(TicketKey(PORTAL, number), at)
    return count / (time.perf_counter() - start)


def _dispatch_seconds(redis: Redis, context: Context, count: int) -> float:
    """Step the clock until all that is due was queued, emptying RQ's lists as workers do."""
    now, queue = context.now(), JobQueue(redis)
    context.wakeups.ring_all([TicketKey(PORTAL, number) for number in range(count)], now)
    handed, start, busy = 0, time.perf_counter(), replace(context, queue=queue)
    while handed < count:
        handed += clock.tick(busy)
        redis.delete(*(f"rq:queue:{queue_of(redis, lane).name}" for lane in Lane))
    return time.perf_counter() - start


def _lateness(context: Context, seconds: float) -> float:
    """Let tickets fall due at random moments, run the clock as its process does, return how late."""
    dice, arrivals = random.Random(5), Arrivals()
    begin = time.time() + 0.5
    due = {number: begin + dice.uniform(0, seconds) for number in range(int(100 * seconds))}
    for number, at in due.items():
        context.wakeups.ring(TicketKey(PORTAL, number), datetime.fromtimestamp(at, UTC))
    running = replace(context, queue=arrivals)
    ends = begin + seconds + 5
    while len(arrivals.seen) < len(due) and time.time() < ends:
        clock.tick(running)
        time.sleep(clock.TICK_SECONDS)
    late = [arrivals.seen.get(number, ends) - at for number, at in due.items()]
    assert min(late) >= -0.001, "nothing comes early"
    return quantile(late, 0.99)
