"""Runs every storm at full size, one after another, and prints what each left: `make chaos`."""

from __future__ import annotations

import sys

from tests.chaos.schedule import Storm
from tests.chaos.storm import run_storm


def main() -> None:
    seed, tickets, seconds = (int(word) for word in sys.argv[1:4])
    outcome = run_storm(Storm(seed, tickets, seconds, wiped=len(sys.argv) > 4))
    print(outcome.table())


if __name__ == "__main__":
    main()
