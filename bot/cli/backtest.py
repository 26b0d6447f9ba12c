"""The command that tries a change of rules on past tickets: backtest."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import BinaryIO

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeRemainingColumn

from bot.cli.backtest_tables import print_report
from bot.cli.rules import RULES_FOLDER
from bot.policy.backtest import Pair, pair_of, past_ticket
from bot.policy.loader import load_sections
from bot.policy.sections import Sections
from bot.policy.tally import Tally, report

LONGEST_LINE = 4 * 1024 * 1024  # Freshdesk's own texts end far below
CHUNK = 500
AHEAD = 2  # chunks waiting for each process: enough to keep it busy, little to keep in memory
TICKETS_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

Line = tuple[int, bytes]


@dataclass(slots=True)
class Part:
    """Hold what came of some lines: the tally, and the lines of no use with the reason."""

    tally: Tally = field(default_factory=Tally)
    bad: list[tuple[int, str]] = field(default_factory=list)
    size: int = 0


@click.command()
@click.option("--tickets", "file", type=TICKETS_FILE, required=True, help="One JSON object a line.")
@click.option("--candidate", type=RULES_FOLDER, required=True, help="The rules that may follow.")
@click.option("--base", type=RULES_FOLDER, default=Path("rules"), show_default=True, help="The rules now.")
@click.option("--json", "as_json", is_flag=True)
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
def backtest(file: Path, candidate: Path, base: Path, as_json: bool, jobs: int) -> None:
    """Show what a change of rules would have altered for past tickets; writes nothing.

    Each line has subject and body and, as far as known, id, portal, company, type, source, created_at,
    answered_at, resolved_at, and level, the right one. `semaforo tickets export` writes such a file.
    """
    pair = load_pair(base, candidate)
    whole, unusable = Tally(), 0
    with file.open("rb") as lines, _progress() as progress:
        task = progress.add_task("tickets", total=file.stat().st_size)
        for part in _parts(_chunks(lines), pair, (base, candidate), jobs):
            whole.merge(part.tally)
            unusable += len(part.bad)
            for number, reason in part.bad:
                progress.console.print(f"{file}:{number}: {reason}", markup=False, soft_wrap=True)
            progress.advance(task, part.size)
    data = report(whole, pair, unusable)
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False))
    else:
        print_report(data)
    if unusable:
        click.echo(f"{unusable} lines were of no use", err=True)
        raise SystemExit(1)


def load_pair(base: Path, candidate: Path) -> Pair:
    """Load both folders or end with every problem of both."""
    loaded = {folder: load_sections(folder) for folder in (base, candidate)}
    for folder, (_, problems) in loaded.items():
        for problem in problems:
            click.echo(f"{folder}/{problem}", err=True)
    sections = [found for found, _ in (loaded[base], loaded[candidate]) if isinstance(found, Sections)]
    if len(sections) < 2:
        raise SystemExit(1)
    return pair_of(*sections)


def _progress() -> Progress:
    return Progress(
        "{task.description}",
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True, highlight=False),
    )


def _chunks(file: BinaryIO) -> Iterator[list[Line]]:
    chunk: list[Line] = []
    for line in enumerate(_lines(file), start=1):
        chunk.append(line)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    yield chunk


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield lines; of one beyond all measure only its beginning, so that no file fills the memory."""
    while line := file.readline(LONGEST_LINE):
        rest = line
        while len(rest) == LONGEST_LINE and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST_LINE)
        yield line


def _parts(chunks: Iterable[list[Line]], pair: Pair, folders: tuple[Path, Path], jobs: int) -> Iterator[Part]:
    """Yield what came of each chunk, in order, whoever worked on it."""
    if jobs == 1:
        yield from (count(pair, chunk) for chunk in chunks)
        return
    # Not forked: the progress bar runs a thread here, and a fork may copy it while it holds a lock.
    with ProcessPoolExecutor(jobs, get_context("spawn"), _begin, folders) as pool:
        waiting: deque[Future[Part]] = deque()
        for chunk in chunks:
            waiting.append(pool.submit(_count, chunk))
            if len(waiting) > jobs * AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def count(pair: Pair, chunk: Iterable[Line]) -> Part:
    """Count some lines."""
    part = Part()
    for number, line in chunk:
        part.size += len(line)
        if not line.strip():
            continue
        try:
            ticket = past_ticket(line)
        except ValueError as error:
            part.bad.append((number, str(error)))
            continue
        part.tally.add(ticket, *pair.outcomes(ticket))
    return part


_pair: Pair | None = None  # of a process of `--jobs`


def _begin(base: Path, candidate: Path) -> None:
    global _pair
    _pair = load_pair(base, candidate)


def _count(chunk: list[Line]) -> Part:
    assert _pair is not None
    return count(_pair, chunk)


COMMANDS = (backtest,)
