"""The command that checks the whole set-up."""

from __future__ import annotations

from collections.abc import Iterable

import click
from redis import Redis
from rich.console import Console

from bot.cli.environment import context_or_exit, settings_or_exit
from bot.engine.clock_drift import clock_findings
from bot.engine.context import Context
from bot.engine.doctor import (
    Finding,
    Verdict,
    limit_findings,
    portal_findings,
    process_findings,
    store_findings,
)
from bot.engine.gate import Turn, taking
from bot.store.budget import Priority
from bot.store.connection import connect_briefly

MARKS = {Verdict.GOOD: "[green]✓[/green]", Verdict.WARNING: "[yellow]![/yellow]", Verdict.BAD: "[red]✗[/red]"}


@click.command()
@click.argument("portal", required=False)
def doctor(portal: str | None) -> None:
    """Check the set-up against the live accounts; reads only. Exit 1 when something must be mended."""
    settings, context = settings_or_exit(), context_or_exit()
    if portal is not None and portal not in context.freshdesk:
        raise click.ClickException(f"there is no portal {portal}; there are: {', '.join(context.freshdesk)}")
    assert settings.redis_url is not None
    redis = connect_briefly(settings.redis_url)
    # A look by hand is a probe: it goes through an open breaker, and closes it if the account answers.
    with taking(Turn(Priority.BY_HAND)):
        findings = _findings(context, redis, [portal] if portal else list(context.freshdesk))
    show(findings)
    if any(finding.verdict is Verdict.BAD for finding in findings):
        raise SystemExit(1)


def _findings(context: Context, redis: Redis, portals: list[str]) -> list[Finding]:
    found = [*store_findings(redis), *clock_findings(context, redis, portals), *process_findings(context)]
    for name in portals:
        found += [*portal_findings(context, name), *limit_findings(context, name)]
    return found


def show(findings: Iterable[Finding]) -> None:
    """Print one line a finding."""
    console = Console()
    for finding in findings:
        console.print(f"{MARKS[finding.verdict]} {finding.subject}: ", end="")
        console.print(finding.text, markup=False, highlight=False)


COMMANDS = (doctor,)
