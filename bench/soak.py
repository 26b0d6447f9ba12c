"""Does a worker stay small over thousands of tickets? `python -m bench.soak [TICKETS] [MINUTES]`.

What a worker's jobs do, one after another in this one process instead of a fork each, so that a leak has
nowhere to hide; the simulator is a process of its own. Each second ticket is closed. At the end every key of
Redis is brought nearer to its end by the longest retention: of closed tickets nothing may be left.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psutil
import requests
from redis import Redis

from bench.footprint import CLOSED, MEBI, TEXTS, WARM
from bot import jobs
from bot.domain.ticket import TicketKey
from bot.engine.context import Context
from bot.local.child import Child
from bot.local.ports import free_port
from bot.local.processes import HOME, Machine
from bot.local.stand_in import PORTAL, StandIn
from bot.local.store_server import EmbeddedStore
from bot.local.tether import Tether
from bot.settings import read_settings
from bot.telemetry import set_up_logging
from bot.wiring import build

LEASE = timedelta(seconds=15)
LONGEST = timedelta(days=181)  # outcomes are kept for 180 days


def main() -> None:
    """Run, and print memory along the way and the keys of open and closed tickets."""
    tickets, minutes = (*map(float, sys.argv[1:3]), *(20_000, 15)[len(sys.argv[1:3]) :])
    set_up_logging("ERROR", "json", "soak")
    with desk() as (ctx, redis, url):
        opened, closed = drive(ctx, url, int(tickets), time.monotonic() + minutes * 60)
        print(
            f"{len(opened):,} open, {len(closed):,} closed; keys of each kind:",
            keys_of(redis, opened, closed),
        )
        pass_time(redis)
        print("after the longest retention:", keys_of(redis, opened, closed))


@contextmanager
def desk() -> Iterator[tuple[Context, Redis, str]]:
    """Start Valkey and the simulator, and build a worker's parts."""
    stand_in = StandIn(free_port(), web_port=0)
    with (
        tempfile.TemporaryDirectory(prefix="soak") as folder,
        EmbeddedStore(Path(folder) / "var") as url,
        Tether() as tether,
        Redis.from_url(url) as redis,
    ):
        environ = stand_in.environ() | {"REDIS_URL": url, "RULES_DIR": str(HOME / "rules")}
        environ |= {"WRITES_PER_HOUR": "1000000", "API_SHARE": "1"}  # a year's tickets come within minutes
        machine = Machine(Path(folder), 0, dict(os.environ))
        simulator: Child = machine.simulator(stand_in, Path(folder) / "seed.json", tether)
        simulator.start()
        try:
            while not simulator.is_ready():
                time.sleep(0.1)
            context = build(read_settings(environ), redis=redis)
            jobs.use(context)
            context.facts.born(context.now() - timedelta(hours=1))
            yield context, redis, stand_in.url
        finally:
            simulator.stop()


def drive(ctx: Context, url: str, tickets: int, ends: float) -> tuple[list[int], list[int]]:
    """Open, reconcile and close tickets; return which stay open and which are closed."""
    opened, closed, http, me = list[int](), list[int](), requests.Session(), psutil.Process()
    warm = 0.0
    for number in range(1, tickets + 1):
        if time.monotonic() > ends:
            break
        ticket = _call(http, f"{url}/_sim/tickets", _ticket(number))
        _look(ctx, ticket)
        if number % 2:
            _call(http, f"{url}/_sim/tickets/{ticket}/update", {"fields": {"status": CLOSED}, "fire": False})
            _look(ctx, ticket)
        (closed if number % 2 else opened).append(ticket)
        warm = warm if number != WARM else _size(me)
        if number % 1000 in (0, WARM) or number == tickets:
            print(f"{number:>6} tickets: {_size(me):.1f} MiB, {_size(me) - warm:+.1f} since warm", flush=True)
    return opened, closed


def _ticket(number: int) -> dict[str, object]:
    text, email = TEXTS[number % len(TEXTS)], f"c{number % 997}@ejemplo.example"
    return {"subject": f"Consulta {number}", "text": text, "email": email, "fire": False}


def _call(http: requests.Session, url: str, body: object) -> int:
    answer = http.post(url, json=body, timeout=30)
    answer.raise_for_status()
    return int(answer.json()["id"])


def _look(ctx: Context, ticket: int) -> None:
    ctx.wakeups.ring(TicketKey(PORTAL, ticket), ctx.now())
    for due in ctx.wakeups.take_due(ctx.now(), LEASE):
        jobs.reconcile_ticket(PORTAL, due.key.ticket_id, due.token)


def _size(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / MEBI


def keys_of(redis: Redis, opened: list[int], closed: list[int]) -> str:
    """Return how many keys open and closed tickets have, and the kinds of theirs."""
    state = dict.fromkeys(opened, "open") | dict.fromkeys(closed, "closed")
    found = Counter[str]()
    for raw in redis.scan_iter(f"semaforo:*:{PORTAL}:*", count=1000):
        name = raw.decode()
        ticket = name.rpartition(":")[2]
        if ticket.isdigit() and int(ticket) in state:
            found[f"{state[int(ticket)]} {name.split(':')[1]}"] += 1
    alarms = Counter(state[int(raw.rpartition(b":")[2])] for raw in redis.zrange("semaforo:wakeups", 0, -1))
    return f"{dict(sorted(found.items()))}, alarms {dict(alarms)}"


def pass_time(redis: Redis) -> None:
    """Bring the end of every key nearer."""
    for raw in redis.scan_iter(count=1000):
        left = redis.pttl(raw)
        if left > 0:
            redis.pexpire(raw, max(1, left - int(LONGEST / timedelta(milliseconds=1))))
    time.sleep(1)


if __name__ == "__main__":
    main()
