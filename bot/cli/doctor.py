"""The command that checks the whole set-up."""

from __future__ import annotations

import click
from rich.console import Console

from bot.cli.environment import context_or_exit, settings_or_exit
from bot.engine.doctor import Verdict, limit_findings, portal_findings, process_findings, store_findings
from bot.engine.gate import Turn, taking
from bot.store.budget import Priority
from bot.store.connection import connect_impatient

MARKS = {Verdict.GOOD: "[green]✓[/green]", Verdict.WARNING: "[yellow]![/yellow]", Verdict.BAD: "[red]✗[/red]"}


@click.command()
@click.argument("portal", required=False)
def doctor(portal: str | None) -> None:
    """Check the set-up against the live accounts; reads only. Exit 1 when something must be mended."""
    settings, context = settings_or_exit(), context_or_exit()
    if portal is not None and portal not in context.freshdesk:
        raise click.ClickException(f"there is no portal {portal}; there are: {', '.join(context.freshdesk)}")
    assert settings.redis_url is not None
    findings = [*store_findings(connect_impatient(settings.redis_url)), *process_findings(context)]
    for name in [portal] if portal else context.freshdesk:
        # A look by hand is a probe: it goes through an open breaker, and closes it if the account answers.
        with taking(Turn(Priority.BY_HAND)):
            findings += portal_findings(context, name)
        findings += limit_findings(context, name)
    console = Console()
    for finding in findings:
        console.print(f"{MARKS[finding.verdict]} {finding.subject}: ", end="")
        console.print(finding.text, markup=False, highlight=False)
    if any(finding.verdict is Verdict.BAD for finding in findings):
        raise SystemExit(1)


COMMANDS = (doctor,)
