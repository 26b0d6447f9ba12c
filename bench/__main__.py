"""Runs every benchmark, prints a table and writes `bench/results.json`."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import engine, matching, receiver

BENCHMARKS = {
    "receiver": receiver.run,
    "matching": matching.run,
    "engine": engine.run,
}
RESULTS = Path(__file__).parent / "results.json"


def main() -> None:
    """Run all, one after another: the machine is shared, so only figures of one run compare."""
    console = Console()
    results = {}
    for name, run in BENCHMARKS.items():
        with console.status(f"{name} …"):
            results[name] = run()
    table = Table("benchmark", "figure", "value")
    for name, figures in results.items():
        for figure, value in figures.items():
            table.add_row(name, figure, f"{value:,}")
    console.print(table)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
