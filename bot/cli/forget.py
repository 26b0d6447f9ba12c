"""The command that erases what the bot stores about a requester: forget."""

from __future__ import annotations

import click

from bot.cli.environment import context_or_exit
from bot.domain.ticket import TicketKey
from bot.engine.context import Context
from bot.engine.forget import Memory, forget, known_tickets, remembered
from bot.engine.gate import Turn, taking
from bot.freshdesk.errors import FreshdeskError
from bot.store.budget import Priority
from bot.telemetry import log

_SHOWN = 20
_GONE = {400, 404}  # no such requester: erased in Freshdesk already


@click.command("forget")
@click.argument("portal")
@click.argument("requester", metavar="[EMAIL_OR_ID]", required=False)
@click.option("--ticket", "numbers", type=click.IntRange(1), multiple=True, help="This ticket; repeatable.")
@click.option("--yes", is_flag=True, help="Erase; without it only what would be erased is shown.")
def forget_command(portal: str, requester: str | None, numbers: tuple[int, ...], yes: bool) -> None:
    """Erase what is stored about a requester, or about single tickets; Freshdesk is not touched.

    A requester given by address is looked up in Freshdesk; one erased there is found by number.
    """
    if requester is None and not numbers:
        raise click.UsageError("name a requester, or tickets with --ticket")
    context = context_or_exit()
    if portal not in context.freshdesk:
        raise click.ClickException(f"there is no portal {portal}; there are: {', '.join(context.freshdesk)}")
    busy: list[TicketKey] = []
    given = {TicketKey(portal, number) for number in numbers}
    with taking(Turn(Priority.BY_HAND)):
        people = [None] if requester is None else _requesters(context, portal, requester)
        owned = [_tickets(context, portal, person) if person is not None else set() for person in people]
    for person, tickets in zip(people, (given | own for own in owned), strict=True):
        busy += _forget(context, remembered(context, portal, tickets, person), yes=yes)
    if busy:
        click.echo(f"busy, and left alone: {_listed(busy)}; run the same command in a minute", err=True)
        raise SystemExit(1)


def _requesters(context: Context, portal: str, requester: str) -> list[int]:
    if requester.isascii() and requester.isdigit():
        return [int(requester)]
    if "@" not in requester:
        raise click.BadParameter("expected a mail address or a requester's number", param_hint="EMAIL_OR_ID")
    try:
        found = context.freshdesk[portal].requester_ids(requester)
    except FreshdeskError as error:
        raise click.ClickException(f"{_said(error)}; give the requester's number instead") from None
    if not found:
        raise click.ClickException(
            "Freshdesk has no contact with this address; give the requester's number or --ticket"
        )
    return list(found)


def _tickets(context: Context, portal: str, requester_id: int) -> set[TicketKey]:
    known = known_tickets(context, portal, requester_id)
    try:
        listed = {TicketKey(portal, number) for number in context.freshdesk[portal].tickets_of(requester_id)}
    except FreshdeskError as error:
        if error.status not in _GONE:
            click.echo(f"{_said(error)}; only tickets that the store itself knows are taken", err=True)
        return known
    return known | listed


def _forget(context: Context, memory: Memory, *, yes: bool) -> tuple[TicketKey, ...]:
    if memory.is_empty:
        click.echo("nothing is stored")
        return ()
    click.echo(f"{len(memory.tickets)} tickets: {_listed(memory.tickets)}")
    click.echo(f"  {', '.join(f'{kind} {count}' for kind, count in sorted(memory.counts().items()))}")
    if memory.still_open:
        click.echo(f"still open: {_listed(memory.still_open)}; they come back with their next change")
    if not yes:
        click.echo("nothing was erased; repeat with --yes to erase it")
        return ()
    busy = forget(context, memory)
    counts = memory.counts() - remembered(context, memory.portal, busy).counts()
    # Whoever has to prove an erasure needs moment and extent; whose it was must not stand in a log.
    log.warning("forgotten", portal=memory.portal, tickets=len(memory.tickets) - len(busy), **counts)
    click.echo("erased")
    return busy


def _listed(tickets: tuple[TicketKey, ...] | list[TicketKey]) -> str:
    rest = len(tickets) - _SHOWN
    shown = ", ".join(str(key.ticket_id) for key in tickets[:_SHOWN]) or "none"
    return f"{shown} and {rest} more" if rest > 0 else shown


def _said(error: FreshdeskError) -> str:
    return f"Freshdesk: {type(error).__name__} {error.status or ''}".strip()


COMMANDS = (forget_command,)
