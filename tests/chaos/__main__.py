"""Runs the storms at full size, one after another, and prints what each left: `make chaos`."""

from __future__ import annotations

import sys
from dataclasses import replace

from tests.chaos.endurance import footprint, outage
from tests.chaos.schedule import Storm
from tests.chaos.storm import run_storm

# Ten minutes at most for the end state; the promise of 30 s is looked at in `drained`.
FULL = Storm(seed=11, tickets=600, seconds=60, workers=2, drain=240)
PROMISE = 30.0


def main() -> None:
    """Run what is named (storm, emptied, outage, footprint), or all; exit 1 when an end state is wrong."""
    wanted = sys.argv[1:] or ["storm", "emptied", "outage", "footprint"]
    good = True
    for name in wanted:
        print(f"== {name}", flush=True)
        good &= _run(name)
    raise SystemExit(0 if good else 1)


def _run(name: str) -> bool:
    if name == "outage":
        outcome = outage()
    elif name == "footprint":
        print(footprint())
        return True
    else:
        outcome = run_storm(replace(FULL, wiped=name == "emptied"))
    print(outcome.table())
    if outcome.drained is not None and outcome.drained > PROMISE + outcome.storm.sweep:
        print(f"  slower than the {PROMISE:g} s promised")
    return outcome.is_good


if __name__ == "__main__":
    main()
