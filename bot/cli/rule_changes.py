"""Commands about what a change of rules does to open tickets: rules impact, rules apply."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

import click
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress

from bot.cli.environment import context_or_exit
from bot.cli.export import waited
from bot.cli.rule_names import IN_FORCE, SHORT, rules_named
from bot.domain.ticket import TicketKey
from bot.engine.context import Context
from bot.engine.gate import Turn, taking
from bot.engine.rule_changes import Relevel, change_of, open_tickets, paced, relevel, under
from bot.freshdesk.errors import FreshdeskError, NotFound, RateLimited, Unauthorized
from bot.policy.model import Policy
from bot.store.budget import Priority

BUSY_SECONDS = 2.0
TRIES = 5
PER_MINUTE = click.option(
    "--per-minute",
    type=click.IntRange(1, 600),
    default=60,
    show_default=True,
    help="How many tickets to read from Freshdesk a minute.",
)


@click.command()
@click.argument("version", metavar="V", default=IN_FORCE)
@PER_MINUTE
def impact(version: str, per_minute: int) -> None:
    """List the open tickets whose level V (a version, `active` or a folder) would change; writes nothing."""
    context = context_or_exit()
    changes = _changes(context, version, per_minute)
    if changes and version == IN_FORCE:
        click.echo("they keep their level unless you say so: semaforo rules apply")


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@PER_MINUTE
def apply(yes: bool, per_minute: int) -> None:
    """Give open tickets the level of the rules in force; what a person chose stays."""
    context = context_or_exit()
    changes = _changes(context, IN_FORCE, per_minute)
    if not changes:
        return
    if not yes:
        click.confirm(f"Re-level {len(changes)} tickets, with a note on each?", abort=True)
    busy = [change.key for change in changes if not _applied(context, change)]
    click.echo(f"{len(changes) - len(busy)} tickets get their new level now")
    if busy:
        click.echo(f"busy, try again: {', '.join(map(str, busy))}", err=True)
        raise SystemExit(1)


def _changes(context: Context, name: str, per_minute: int) -> list[Relevel]:
    assert context.rulebook.versions is not None
    rules = rules_named(context.rulebook.versions, name)
    keys = open_tickets(context, rules.policy.version)
    console = Console(stderr=True)
    found = []
    with Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=console) as progress:
        looking = under(context, rules)
        paces = paced(keys, per_minute, context.now, time.sleep)
        for change in _read(looking, progress.track(paces, len(keys), description="tickets"), rules.policy):
            found.append(change)
            by = change.decision.decided_by or "-"
            click.echo(f"{change.key}  {change.before} → {change.decision.level}  {by}")
    short = rules.policy.version[:SHORT]
    click.echo(f"{len(found)} of {len(keys)} open tickets decided by other rules change under {short}")
    return found


def _read(context: Context, keys: Iterable[TicketKey], policy: Policy) -> Iterator[Relevel]:
    for key in keys:
        try:
            change = _patiently(context, key, policy)
        except Unauthorized:
            raise click.ClickException(f"Freshdesk refuses the API key of {key.portal}") from None
        except NotFound:
            continue
        except FreshdeskError as error:
            click.echo(f"{key}  cannot be read: {type(error).__name__} {error.status or ''}", err=True)
            continue
        if change is not None:
            yield change


def _patiently(context: Context, key: TicketKey, policy: Policy) -> Relevel | None:
    while True:
        try:
            with taking(Turn(Priority.BACKGROUND)):
                return change_of(context, key, policy)
        except RateLimited as error:
            seconds = error.retry_after if error.retry_after is not None else 60.0
            waited(Console(stderr=True), seconds)


def _applied(context: Context, change: Relevel) -> bool:
    for _ in range(TRIES):
        if relevel(context, change):
            return True
        time.sleep(BUSY_SECONDS)
    return False


OF_RULES = (impact, apply)  # commands of the group `rules`
