"""Commands that show a decision without touching anything: due, explain."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from bot.cli.environment import context_or_exit
from bot.cli.rule_names import rules_named
from bot.domain.level import Level
from bot.domain.ticket import TicketKey
from bot.engine.explain import journal_entry
from bot.engine.gate import Turn, taking
from bot.engine.reconcile import decide, gather
from bot.engine.rule_changes import as_first_seen, under
from bot.freshdesk.errors import FreshdeskError
from bot.policy.due import due_json
from bot.policy.model import load_policy
from bot.policy.statuses import DEFAULT_PORTAL
from bot.store.budget import Priority


def _moment(_ctx: click.Context, _param: click.Parameter, value: str) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter("expected ISO 8601, for example 2026-07-31T10:00-05:00") from None


@click.command()
@click.option(
    "--level", type=click.Choice([level.value for level in Level], case_sensitive=False), required=True
)
@click.option(
    "--from", "start", callback=_moment, required=True, help="ISO 8601; without offset: the portal's zone."
)
@click.option("--portal", default=DEFAULT_PORTAL, help="Portal whose calendar counts.")
@click.option(
    "--rules", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path("rules")
)
@click.option("--json", "as_json", is_flag=True)
def due(level: str, start: datetime, portal: str, folder: Path, as_json: bool) -> None:
    """Show when a ticket of a level is due, with the arithmetic."""
    policy, problems = load_policy(folder)
    if policy is None:
        raise click.ClickException("\n".join(str(problem) for problem in problems))
    calendar = policy.calendar(portal)
    at = start if start.tzinfo else start.replace(tzinfo=calendar.zone)
    name = Level(level.upper())
    try:
        data = due_json(name, portal, at.astimezone(UTC), policy.levels.of(name), calendar)
    except OverflowError:
        raise click.ClickException("the dates lie beyond the years 1 to 9999") from None
    click.echo(json.dumps(data, ensure_ascii=False) if as_json else data["text"])


@click.command()
@click.argument("portal")
@click.argument("ticket_id", type=click.IntRange(1))
@click.option("--json", "as_json", is_flag=True)
@click.option("--rules-version", metavar="V", help="As if this version of the rules had decided at first.")
def explain(portal: str, ticket_id: int, as_json: bool, rules_version: str | None) -> None:
    """Show what would be done to a ticket and why; writes nothing."""
    context = context_or_exit()
    if portal not in context.freshdesk:
        raise click.ClickException(f"there is no portal {portal}; there are: {', '.join(context.freshdesk)}")
    try:
        with taking(Turn(Priority.BY_HAND)):
            seen = gather(context, TicketKey(portal, ticket_id))
    except FreshdeskError as error:
        raise click.ClickException(f"Freshdesk: {type(error).__name__} {error.status or ''}") from None
    if rules_version is not None:
        assert context.rulebook.versions is not None
        rules = rules_named(context.rulebook.versions, rules_version)
        context, seen = under(context, rules), as_first_seen(seen, rules.policy)
    entry = journal_entry(seen.ticket, seen.record, decide(context, seen), context)
    if as_json:
        click.echo(json.dumps(entry, ensure_ascii=False))
        return
    console = Console()
    console.print(f"[b]{entry['level']}[/b] · {portal} #{ticket_id} · reglas {entry['rules_version'][:12]}")
    for reason in entry["reasons"]:
        console.print(f"  · {reason}", markup=False)
    for name, label in (("response", "Respuesta"), ("resolution", "Resolución")):
        console.print(
            f"  {label} ({entry['due'][name]['state']}): {entry['due'][name]['text']}", markup=False
        )
    for action in entry["actions"]:
        console.print(f"  → {action}", markup=False)
    console.print(f"  Próxima revisión: {entry['wake_at'] or 'ninguna'}", markup=False)


COMMANDS = (due, explain)
