"""How soon are the processes ready, how much memory does each take, and how large is what is installed?"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import psutil
from redis import Redis

from bench.desk import RULES, store
from bench.lines import SHOWN, Figure, Goal, Kind, Line, Size
from bot.local.child import Child, wait_until
from bot.local.ports import LOOPBACK, free_port
from bot.local.processes import Machine
from bot.local.stand_in import StandIn, answers
from bot.local.tether import Tether

PROCESSES = ("web", "worker", "clock")
READY, LARGE = Goal(Kind.AT_MOST, 1.5), Goal(Kind.AT_MOST, 80)
MEBI = 1024 * 1024
LINES = {
    **{f"{name} ready": Line(f"{name} is ready", "s", READY) for name in PROCESSES},
    **{f"{name} memory": Line(f"{name}, largest process", "MiB", LARGE) for name in PROCESSES},
    "installed": Line("installed for service, without tests and tools", "MiB", SHOWN),
}


def run(size: Size) -> Mapping[str, Figure]:
    """Start each process alone several times; the quickest start counts."""
    times = {Size.TINY: 0, Size.QUICK: 2, Size.FULL: 5}[size]
    figures = {"installed": _installed()}
    with store() as url, Tether() as tether, Redis.from_url(url) as redis:
        for name in PROCESSES:
            found = [_started(name, url, redis, tether) for _ in range(times)]
            if found:
                figures[f"{name} ready"] = Figure(min(seconds for seconds, _ in found))
                figures[f"{name} memory"] = Figure(min(memory for _, memory in found))
    return figures


def _started(name: str, url: str, redis: Redis, tether: Tether) -> tuple[float, float]:
    """Start one process; return the seconds until it works and the MiB of its largest process then."""
    redis.flushall()
    port = free_port()
    account = StandIn(free_port(), port)
    own = {"REDIS_URL": url, "RULES_DIR": str(RULES), "PORT": str(port), "OPS_PASSWORD": "bench-password"}

    def is_ready() -> bool:
        if name == "web":
            return answers(f"http://{LOOPBACK}:{port}/healthz")
        return bool(redis.exists(f"semaforo:alive:{name}"))

    with tempfile.TemporaryDirectory(prefix="bench") as logs:
        machine = Machine(Path(logs), port, account.environ() | own)
        child = Child(machine.program(name), tether)
        start = time.perf_counter()
        child.start()
        try:
            if not wait_until(is_ready, 60, pause=0.01):
                raise RuntimeError(f"{name} is not ready: {child.last_words()}")
            ready = time.perf_counter() - start
            leader = psutil.Process(child.pid)
            family = [leader, *leader.children(recursive=True)]
            return ready, max(one.memory_info().rss for one in family) / MEBI
        finally:
            child.stop()


def _installed() -> Figure:
    """Return the size of all that the service needs; the note lists it by package, the largest first."""
    sizes = {one.name: _size(one) for one in _needed("semaforo", {})}
    ranked = sorted(sizes.items(), key=lambda pair: -pair[1])
    listed = ", ".join(f"{name} {size / MEBI:.1f}" for name, size in ranked if size > MEBI / 10)
    return Figure(sum(sizes.values()) / MEBI, note=listed)


def _needed(name: str, known: dict[str, Distribution]) -> Iterator[Distribution]:
    """Yield what a package needs to run, itself left out."""
    for wanted in distribution(name).requires or ():
        needed = re.split(r"[^A-Za-z0-9._-]", wanted, maxsplit=1)[0]
        if "extra ==" in wanted or needed.lower() in known:
            continue
        try:
            known[needed.lower()] = distribution(needed)
        except PackageNotFoundError:  # for another system
            continue
        yield known[needed.lower()]
        yield from _needed(needed, known)


def _size(one: Distribution) -> int:
    files = (Path(str(one.locate_file(file))) for file in one.files or ())
    return sum(file.stat().st_size for file in files if file.is_file())
