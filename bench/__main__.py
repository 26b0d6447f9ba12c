"""Runs every benchmark or those named, prints a table and writes `bench/results.json`.

`python -m bench [--quick] [NAME…]`. Each runs in a process of its own, so that none bears on the next.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench.catalogue import MODULES, benchmark
from bench.lines import Size, failed, results
from bench.machine import machine_facts
from bench.table import results_table

RESULTS = Path(__file__).parent / "results.json"
LONGEST_SECONDS = {Size.TINY: 60, Size.QUICK: 120, Size.FULL: 600}


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(MODULES)), metavar="[NAME]…")
@click.option("--quick", is_flag=True, help="Two minutes, not a quarter of an hour; rougher figures.")
@click.option(
    "--out",
    default=RESULTS,
    show_default=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
)
def main(names: tuple[str, ...], quick: bool, out: Path) -> None:
    """Measure what the product does most, beside what people would use instead; exit 1 if one fails."""
    size, console = Size.QUICK if quick else Size.FULL, Console()
    facts, found, seconds = machine_facts(), [], {}
    with _progress(console) as progress:
        task = progress.add_task("", total=len(names or MODULES))
        for name in names or MODULES:
            progress.update(task, description=name)
            start = time.monotonic()
            found += run_apart(name, size)
            seconds[name] = round(time.monotonic() - start, 1)
            progress.advance(task)
    out.write_text(
        json.dumps(
            {"size": size, "machine": facts, "seconds": seconds, "lines": found}, indent=1, ensure_ascii=False
        )
        + "\n",
        encoding="utf-8",
    )
    console.print(results_table(found))
    raise SystemExit(any(line["note"].startswith("failed") for line in found))


def run_apart(name: str, size: Size) -> list[dict[str, Any]]:
    """Run one benchmark in a process of its own; a failure becomes a note on each of its lines."""
    code = f"from bench.__main__ import run_here; run_here({name!r}, {size.value!r})"
    with tempfile.NamedTemporaryFile(suffix=".json") as answer:
        command = [sys.executable, "-c", f"{code[:-1]}, {answer.name!r})"]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=LONGEST_SECONDS[size], cwd=_ROOT)
        except subprocess.TimeoutExpired:
            return failed(name, benchmark(name).LINES, f"failed: over {LONGEST_SECONDS[size]} s")
        except subprocess.CalledProcessError as error:
            last = error.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
            return failed(name, benchmark(name).LINES, f"failed: {''.join(last)[:200]}")
        lines: list[dict[str, Any]] = json.loads(Path(answer.name).read_text(encoding="utf-8"))
        return lines


def run_here(name: str, size: str, out: str) -> None:
    """Run one benchmark in this process and write its lines to a file."""
    one = benchmark(name)
    lines = results(name, one.LINES, one.run(Size(size)))
    Path(out).write_text(json.dumps(lines), encoding="utf-8")


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True)


_ROOT = Path(__file__).parent.parent

if __name__ == "__main__":
    main()
