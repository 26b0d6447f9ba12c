"""Does the service outlast an account that is away, and does it stay small?"""

from __future__ import annotations

import time
from dataclasses import replace

import psutil

from tests.chaos.checker import Cause, check
from tests.chaos.fleet import Fleet, fleet
from tests.chaos.schedule import Storm
from tests.chaos.storm import Outcome, drain, open_ticket

# Twenty minutes, told sixty times faster: settling, lease and sweep are as much shorter than their defaults.
AWAY = 20.0
CALM = Storm(seed=5, tickets=60, seconds=AWAY, workers=2, kill_every=0, store_outages=(), drain=120, lease=2)


def outage() -> Outcome:
    """Take Freshdesk away while tickets are opened, bring it back, and return what is left."""
    began = time.monotonic()
    causes: list[Cause] = []
    with fleet(CALM) as here:
        here.set_faults(down="503")
        for number in range(CALM.tickets):
            causes.append(open_ticket(here, number))
            time.sleep(AWAY / CALM.tickets)
        here.set_faults()
        drained = drain(here, causes, CALM.drain)
        verdict = check(causes, here.found(), ())
    return Outcome(CALM, verdict, drained, time.monotonic() - began)


def footprint(tickets: int = 2000, every: int = 500) -> str:
    """Open tickets and return, as lines, memory of web and workers and keys of the store along the way."""
    lines = []
    with fleet(replace(CALM, tickets=tickets, sweep=60)) as here:
        here.set_faults()
        causes: list[Cause] = []
        while len(causes) < tickets:
            causes += [open_ticket(here, len(causes) + n) for n in range(every)]
            drain(here, causes, 600)
            lines.append(f"  {len(causes):>6} tickets: {_size(here, len(causes))}")
    return "\n".join(lines)


def _size(here: Fleet, tickets: int) -> str:
    sizes = []
    for label in ("web", "worker-0", "worker-1", "clock"):
        leader = psutil.Process(here.processes.running[label].pid)
        members = [leader, *leader.children(recursive=True)] if label == "web" else [leader]
        sizes.append(f"{label} {sum(m.memory_info().rss for m in members) / 2**20:.1f} MB")
    with here.redis() as redis:
        keys = int(redis.dbsize())
    return f"{', '.join(sizes)}, {keys / tickets:.2f} keys a ticket"
