"""The command that fetches tickets into a file for backtests: tickets export."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from bot.cli.environment import context_or_exit
from bot.cli.export_file import ExportError, ExportFile, Origin
from bot.engine.context import Context
from bot.engine.fetch import Pace, past_lines
from bot.engine.gate import Turn, taking
from bot.freshdesk.errors import FreshdeskError, Unauthorized
from bot.store.budget import Priority

SILENT_SECONDS = 4.0
PER_MINUTE = click.option(
    "--per-minute",
    type=click.IntRange(1, 600),
    default=20,
    show_default=True,
    help="Requests to Freshdesk a minute.",
)


def moment(text: str, context: Context, portal: str) -> datetime:
    """Return a date or moment given on the command line; without an offset it is the portal's time."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("expected a date, for example 2026-07-01", param_hint="--since") from None
    if at.tzinfo is None:
        at = at.replace(tzinfo=context.rulebook.policy.zone(portal))
    return at.astimezone(UTC)


@click.group("tickets")
def tickets_group() -> None:
    """Fetch tickets for work on the rules."""


@tickets_group.command()
@click.argument("portal")
@click.option("--since", required=True, metavar="D", help="Tickets updated since then, e.g. 2026-07-01.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--masked", is_flag=True, help="Mask addresses, numbers and greeted names; cut signatures.")
@PER_MINUTE
def export(portal: str, since: str, out: Path, masked: bool, per_minute: int) -> None:
    """Write a portal's tickets into a file for `semaforo backtest`; stop and run it again to go on."""
    context = context_or_exit()
    if portal not in context.freshdesk:
        raise click.ClickException(f"there is no portal {portal}; there are: {', '.join(context.freshdesk)}")
    start = moment(since, context, portal)
    try:
        with ExportFile(out, Origin(portal, start, masked)) as file:
            _warn(out, masked=masked)
            _fetch(context, file, per_minute)
            file.complete()
    except ExportError as error:
        raise click.ClickException(str(error)) from None
    except Unauthorized:
        raise click.ClickException(f"Freshdesk refuses the API key of {portal}") from None
    except FreshdeskError as error:
        reason = f"{type(error).__name__} {error.status or ''}".strip()
        raise click.ClickException(f"Freshdesk: {reason}; run the same command again to go on") from None
    click.echo(f"{file.count} tickets in {out}", err=True)


def _warn(out: Path, *, masked: bool) -> None:
    what = (
        "Masking is a best effort: names in the middle of a sentence stay."
        if masked
        else "It holds what customers wrote, names, addresses and numbers included; see --masked."
    )
    click.echo(
        f"{out} holds personal data. {what} Only you can read it; do not send it to anybody and delete it "
        "when you are done.",
        err=True,
    )


def _fetch(context: Context, file: ExportFile, per_minute: int) -> None:
    origin, began = file.origin, context.now()
    with _progress() as progress, taking(Turn(Priority.BACKGROUND)):
        pace = Pace(per_minute, context.now, partial(waited, progress.console))
        # How many tickets there are is unknown until the last page: the bar shows the time covered.
        whole = max((began - origin.since).total_seconds(), 1.0)
        task = progress.add_task("tickets", total=whole, count=file.count)
        for row, line in past_lines(context, origin.portal, file.reached, file.ids, pace, mask=origin.masked):
            if line is not None:
                file.write(line)
            file.reach(row.updated_at)
            covered = min((row.updated_at - origin.since).total_seconds(), whole)
            progress.update(task, completed=covered, count=file.count)


def waited(console: Console, seconds: float) -> None:
    """Wait, and say so when it is more than the pace of the command itself."""
    if seconds > SILENT_SECONDS:
        console.print(f"waiting {seconds:.0f} s: Freshdesk, or more pressing work, goes first", style="dim")
    time.sleep(seconds)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.fields[count]} tickets"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True, highlight=False),
    )


COMMANDS = (tickets_group,)
