"""The command that takes over the tickets open before the bot: backfill."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial

import click
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress

from bot.cli.environment import context_or_exit
from bot.cli.export import moment, waited
from bot.domain.level import Level
from bot.domain.ticket import TicketKey
from bot.engine.backfill import Adopted, Outcome, adopt, open_tickets
from bot.engine.context import Context
from bot.engine.fetch import Pace
from bot.freshdesk.errors import FreshdeskError, RateLimited, Unauthorized

LOOK_BACK = timedelta(days=365)


@click.command()
@click.argument("portal")
@click.option("--since", metavar="D", help="Tickets updated since then; by default the last year.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--per-minute",
    type=click.IntRange(1, 600),
    default=60,
    show_default=True,
    help="How many tickets a minute at most.",
)
def backfill(portal: str, since: str | None, yes: bool, per_minute: int) -> None:
    """Give the tickets already open their tags and dates, without a word to clients.

    Stop it and run it again at will: it goes on where it was.
    """
    context = context_or_exit()
    _check(context, portal)
    start = context.now() - LOOK_BACK if since is None else moment(since, context, portal)
    console = Console(stderr=True, highlight=False)
    pace = Pace(per_minute, context.now, partial(waited, console))
    try:
        keys = list(open_tickets(context, portal, start, pace))
        dry = not context.writes_allowed(portal)
        _ask(portal, len(keys), yes=yes, dry=dry)
        found = _adopted(console, keys, partial(_patiently, context, pace))
    except Unauthorized:
        raise click.ClickException(f"Freshdesk refuses the API key of {portal}") from None
    except FreshdeskError as error:
        reason = f"{type(error).__name__} {error.status or ''}".strip()
        raise click.ClickException(f"Freshdesk: {reason}; run the same command again to go on") from None
    _tell(found, dry=dry)


def _check(context: Context, portal: str) -> None:
    if portal not in context.freshdesk:
        raise click.ClickException(f"there is no portal {portal}; there are: {', '.join(context.freshdesk)}")
    if context.rulebook.policy.portals.of(portal).adopcion is None:
        text = (
            f"the rules in force do not say up to when tickets are adopted, so each would be told as new. "
            f"`semaforo live {portal}` writes it, or do it yourself in portales.yaml and publish:\n"
            f"  {portal}:\n    adopcion: {{hasta: {context.now().isoformat(timespec='minutes')}}}"
        )
        raise click.ClickException(text)
    if context.brakes.stopped() is not None:
        raise click.ClickException("writing is stopped; to go on: semaforo resume")


def _ask(portal: str, count: int, *, yes: bool, dry: bool) -> None:
    click.echo(f"{count} open tickets in {portal}{'; dry run, nothing will be written' if dry else ''}")
    if count and not yes and not dry:
        click.confirm("Give each its tags and dates now?", abort=True)


def _adopted(
    console: Console, keys: list[TicketKey], take: Callable[[TicketKey], Adopted]
) -> list[tuple[TicketKey, Adopted]]:
    with Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=console) as progress:
        return [(key, take(key)) for key in progress.track(keys, description="tickets")]


def _patiently(context: Context, pace: Pace, key: TicketKey) -> Adopted:
    while True:
        if context.brakes.stopped() is not None:
            raise click.ClickException("writing was stopped; after `semaforo resume` run this again to go on")
        try:
            found = adopt(context, key)
        except RateLimited as error:
            pace.rest(error)
            continue
        if found.outcome is not Outcome.KNOWN:
            pace.take()
        return found


def _tell(found: Iterable[tuple[TicketKey, Adopted]], *, dry: bool) -> None:
    outcomes, levels = Counter[Outcome](), Counter[Level]()
    left = []
    for key, each in found:
        outcomes[each.outcome] += 1
        if each.plan is not None:
            levels[each.plan.level] += 1
        if each.outcome in (Outcome.BUSY, Outcome.FAILED):
            left.append(str(key))
    click.echo(", ".join(f"{outcomes[one]} {one}" for one in Outcome if outcomes[one]) or "nothing to do")
    click.echo(", ".join(f"{levels[level]} {level}" for level in Level if levels[level]))
    if dry:
        click.echo("dry run: nothing was written")
    if left:
        click.echo(f"left to the workers: {', '.join(left)}; or run this again", err=True)
        raise SystemExit(1)


COMMANDS = (backfill,)
