"""How does one storm go, and what is left when it is over?"""

from __future__ import annotations

import time
from dataclasses import dataclass

from tests.chaos.checker import LEVELS, TEXTS, Cause, Verdict, check
from tests.chaos.fleet import Fleet, fleet
from tests.chaos.schedule import Event, Storm, schedule


@dataclass(frozen=True, slots=True)
class Outcome:
    """Hold a storm's end: the verdict, and the seconds until every ticket was right after the wind fell."""

    storm: Storm
    verdict: Verdict
    drained: float | None
    seconds: float

    @property
    def is_good(self) -> bool:
        """Tell whether nothing is wrong and all came to rest in time."""
        return self.verdict.is_clean and self.drained is not None

    def table(self) -> str:
        """Return the report of one storm."""
        drained = "never" if self.drained is None else f"{self.drained:.1f} s after the storm"
        head = f"seed {self.storm.seed}: {self.storm.tickets} tickets, {self.storm.seconds:g} s"
        return f"{head}, drained {drained}, {self.seconds:.0f} s in all\n{self.verdict.table()}"


def run_storm(storm: Storm) -> Outcome:
    """Let a storm blow over the service and return what it left."""
    began = time.monotonic()
    causes: list[Cause] = []
    with fleet(storm) as here:
        here.set_faults(storm.seed, storm.webhooks, **storm.faults)
        _blow(here, storm, causes)
        here.set_faults()
        drained = drain(here, causes, storm.drain + storm.sweep)
        _stay(here, storm.settle + storm.lease + 2)  # what would come twice comes now
        verdict = _verdict(here, causes)
    return Outcome(storm, verdict, drained, time.monotonic() - began)


def _blow(here: Fleet, storm: Storm, causes: list[Cause]) -> None:
    start = time.monotonic()
    for event in schedule(storm):
        while time.monotonic() < start + event.at:
            here.keep_up()
            time.sleep(min(0.05, max(0.0, start + event.at - time.monotonic())))
        _happen(here, event, causes)
    _stay(here, max(0.0, start + storm.seconds - time.monotonic()))


def _happen(here: Fleet, event: Event, causes: list[Cause]) -> None:
    match event.what:
        case "open":
            causes.append(open_ticket(here, event.which))
        case "kill worker":
            here.kill(f"worker-{event.which}", event.how)
        case "kill clock" | "kill web":
            here.kill(event.what.removeprefix("kill "))
        case "stop store":
            here.stop_store(event.how)
        case "start store":
            here.start_store()
        case "wipe store":
            with here.redis() as redis:
                redis.flushall()
    here.keep_up()


def open_ticket(here: Fleet, number: int) -> Cause:
    """Open the nth ticket, of one of the four levels, by a customer of its own."""
    level, _ = LEVELS[number % len(LEVELS)]
    email = f"cliente{number}@cliente{number}.example"
    return Cause(here.open(subject="Consulta", text=TEXTS[level], email=email), level)


def drain(here: Fleet, causes: list[Cause], within: float) -> float | None:
    """Wait until every ticket is right; return the seconds it took, None when it took too long."""
    start = time.monotonic()
    while time.monotonic() < start + within:
        here.keep_up()
        if here.is_quiet() and _verdict(here, causes).is_clean:
            return time.monotonic() - start
        time.sleep(0.3)
    return None


def _stay(here: Fleet, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        here.keep_up()
        time.sleep(0.05)


def _verdict(here: Fleet, causes: list[Cause]) -> Verdict:
    return check(causes, here.found(), here.doubts)
