"""Commands that ring tickets: reconcile, sweep, failures."""

from __future__ import annotations

import click

from bot.cli.brakes import brake_lines
from bot.cli.environment import context_or_exit
from bot.domain.ticket import TicketKey
from bot.engine.brakes import brake_state
from bot.engine.quarantine import retry


@click.command()
@click.argument("portal")
@click.argument("ticket_id", type=click.IntRange(1))
def reconcile(portal: str, ticket_id: int) -> None:
    """Look at one ticket now."""
    context = context_or_exit()
    _known(portal, tuple(context.freshdesk))
    retry(context, TicketKey(portal, ticket_id))
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
        aside = "  in quarantine" if failure.quarantined else ""
        click.echo(f"{failure.key}  {failure.attempts} attempts since {since}  {failure.reason}{aside}")
    braked = brake_lines(brake_state(context))
    for line in braked:
        click.echo(line)
    if not found and not braked:
        click.echo("no ticket is failing")


@failures.command("retry")
@click.argument("tickets", metavar="[PORTAL:ID]...", nargs=-1)
def retry_failures(tickets: tuple[str, ...]) -> None:
    """Look at failing tickets now, at all or at those named, also at those in quarantine."""
    context = context_or_exit()
    failing = [failure.key for failure in context.failures.all()]
    unknown = sorted(set(tickets) - {str(key) for key in failing})
    if unknown:
        raise click.ClickException(f"not failing: {', '.join(unknown)}; see: semaforo failures list")
    keys = [key for key in failing if not tickets or str(key) in tickets]
    for key in keys:
        retry(context, key)
    click.echo(f"{len(keys)} tickets will be looked at now")


def _known(portal: str, portals: tuple[str, ...]) -> None:
    if portal not in portals:
        raise click.ClickException(f"there is no portal {portal}; there are: {', '.join(portals)}")


COMMANDS = (reconcile, sweep, failures)
