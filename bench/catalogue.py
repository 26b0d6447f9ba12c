"""Which benchmarks are there, in the order in which they run?"""

from __future__ import annotations

from importlib import import_module
from typing import cast

from bench.lines import Benchmark

# name: module. What needs a quiet machine most comes first.
MODULES = {
    "matching": "bench.matching",
    "arithmetic": "bench.arithmetic",
    "plan": "bench.plan",
    "receiver": "bench.receiver",
    "engine": "bench.engine",
    "workers": "bench.workers",
    "wakeups": "bench.wakeups",
    "pages": "bench.pages",
    "start": "bench.start",
    "backtest": "bench.backtest",
    "budget": "bench.budget",
}


def benchmark(name: str) -> Benchmark:
    """Import one benchmark; KeyError for an unknown name."""
    return cast(Benchmark, import_module(MODULES[name]))
