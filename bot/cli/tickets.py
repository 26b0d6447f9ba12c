"""Commands that ring tickets: reconcile, sweep, failures."""

from __future__ import annotations

import click

from bot.cli.brakes import brake_lines
from bot.cli.environment import context_or_exit
from bot.domain.ticket import TicketKey
from bot.engine.brakes import brake_state


@click.command()
@click.argument("portal")
@click.argument("ticket_id", type=click.IntRange(1))
def reconcile(portal: str, ticket_id: int) -> None:
    """Look at one ticket now."""
    context = context_or_exit()
    _known(portal, tuple(context.freshdesk))
    context.wakeups.ring(TicketKey(portal, ticket_id), context.now())
    click.echo(f"{portal}:{ticket_id} will be looked at now")


@click.command()
@click.argument("portal", required=False)
def sweep(portal: str | None) -> None:
    """Look for tickets the webhooks lost, now."""
    context = context_or_exit()
    if portal is not None:
        _known(portal, tuple(context.freshdesk))
    for name in [portal] if portal else context.freshdesk:
        context.queue.sweep(name)
        click.echo(f"{name} will be swept now")


@click.group()
def failures() -> None:
    """Show or retry tickets whose reconcile keeps failing."""


@failures.command("list")
def list_failures() -> None:
    """List failing tickets with the reason."""
    context = context_or_exit()
    found = sorted(context.failures.all(), key=lambda failure: failure.key)
    for failure in found:
        since = failure.first_at.isoformat(timespec="seconds")
        click.echo(f"{failure.key}  {failure.attempts} attempts since {since}  {failure.reason}")
    braked = brake_lines(brake_state(context))
    for line in braked:
        click.echo(line)
    if not found and not braked:
        click.echo("no ticket is failing")


@failures.command("retry")
def retry_failures() -> None:
    """Look at every failing ticket now."""
    context = context_or_exit()
    keys = [failure.key for failure in context.failures.all()]
    for key in keys:
        context.failures.clear(key)
        context.wakeups.ring(key, context.now())
    click.echo(f"{len(keys)} tickets will be looked at now")


def _known(portal: str, portals: tuple[str, ...]) -> None:
    if portal not in portals:
        raise click.ClickException(f"there is no portal {portal}; there are: {', '.join(portals)}")


COMMANDS = (reconcile, sweep, failures)
