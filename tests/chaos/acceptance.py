"""Is what was answered with 202 still known after the store was killed?"""

from __future__ import annotations

import itertools
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from redis import Redis

from bot.local.store_server import EmbeddedStore
from bot.store.wakeups import ALARMS

Deliver = Callable[[int], int]
CLIENTS = 4
DOWN = 1.0  # longer than the receiver's patience, so that the outage is felt


@dataclass(slots=True)
class Clients:
    """Send deliveries, each for a ticket of its own, and write down which were accepted."""

    deliver: Deliver
    accepted: set[int] = field(default_factory=set)
    refused: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def run(self, numbers: Iterator[int]) -> None:
        """Deliver until told to end."""
        while not self._over.is_set():
            number = next(numbers)
            if self.deliver(number) == 202:
                self.accepted.add(number)
            else:
                self.refused += 1
                time.sleep(0.01)

    def end(self) -> None:
        """Tell all to end."""
        self._over.set()


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Hold how many deliveries were accepted and refused, and which accepted ones are gone."""

    accepted: int
    refused: int
    gone: frozenset[int]


def accept_through_kills(store: EmbeddedStore, deliver: Deliver, kills: int, every: float) -> Acceptance:
    """Kill the store `kills` times with -9, `every` so many seconds, while clients deliver."""
    clients, numbers = Clients(deliver), itertools.count(1)
    threads = [threading.Thread(target=clients.run, args=(numbers,), daemon=True) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for _ in range(kills):
        time.sleep(every)
        pid = store.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        while store.is_alive():
            time.sleep(0.01)
        time.sleep(DOWN)
        store.start()
    time.sleep(every)
    clients.end()
    for thread in threads:
        thread.join()
    with Redis.from_url(store.url) as redis:
        known = {int(member.partition(b":")[2]) for member in redis.zrange(ALARMS, 0, -1)}
    return Acceptance(len(clients.accepted), clients.refused, frozenset(clients.accepted - known))
