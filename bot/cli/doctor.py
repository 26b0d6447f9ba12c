"""The command that checks the whole set-up."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import click
from redis import Redis
from redis.exceptions import RedisError
from rich.console import Console

from bot.cli.environment import context_or_exit, settings_or_exit
from bot.engine.clock_drift import clock_findings
from bot.engine.context import Context
from bot.engine.doctor import (
    each_readable,
    limit_findings,
    portal_findings,
    process_findings,
    store_findings,
)
from bot.engine.doctor_rules import rules_findings
from bot.engine.doctor_webhooks import reach_findings, webhook_findings
from bot.engine.findings import Finding, Fix, Verdict, bad
from bot.engine.gate import Turn, taking
from bot.engine.webhook_rule import Receiver
from bot.freshdesk.errors import FreshdeskError
from bot.settings import Settings
from bot.store.budget import Priority
from bot.store.connection import connect_briefly

MARKS = {Verdict.GOOD: "[green]✓[/green]", Verdict.WARNING: "[yellow]![/yellow]", Verdict.BAD: "[red]✗[/red]"}
ENV_FILE = Path(".env")


@click.command()
@click.argument("portal", required=False)
@click.option("--fix", is_flag=True, help="Mend what can be mended from here, after a yes to the list.")
@click.option("--yes", is_flag=True, help="With --fix: do not ask.")
def doctor(portal: str | None, fix: bool, yes: bool) -> None:
    """Check the set-up against the live accounts; reads only, but for --fix. Exit 1 when a check fails."""
    settings, context = settings_or_exit(), context_or_exit()
    if portal is not None and portal not in context.freshdesk:
        raise click.ClickException(f"there is no portal {portal}; there are: {', '.join(context.freshdesk)}")
    portals = [portal] if portal else list(context.freshdesk)
    findings = _looked(settings, context, portals)
    show(findings)
    fixes = list({each.fix.title: each.fix for each in findings if each.fix is not None}.values())
    if fixes and not fix:
        click.echo(f"\n{len(fixes)} of these can be mended from here: semaforo doctor --fix")
    if fixes and fix:
        _mend(fixes, yes=yes)
        findings = _looked(settings, context, portals)
        show(findings)
    if any(finding.verdict is Verdict.BAD for finding in findings):
        raise SystemExit(1)


def receiver_of(settings: Settings, portal: str) -> Receiver:
    """Return where a portal's webhooks are to go."""
    return Receiver(portal, settings.public_url, settings.portals[portal].webhook_secrets)


def _looked(settings: Settings, context: Context, portals: list[str]) -> list[Finding]:
    assert settings.redis_url is not None
    redis = connect_briefly(settings.redis_url)
    # A look by hand is a probe: it goes through an open breaker, and closes it if the account answers.
    with taking(Turn(Priority.BY_HAND)):
        return [*_here(settings, context, redis, portals), *_accounts(settings, context, portals)]


def _here(settings: Settings, context: Context, redis: Redis, portals: list[str]) -> Iterable[Finding]:
    yield from file_findings(ENV_FILE)
    yield from store_findings(redis)
    yield from clock_findings(context, redis, portals)
    yield from process_findings(context)
    yield from rules_findings(context, settings.rules_dir)


def _accounts(settings: Settings, context: Context, portals: list[str]) -> Iterable[Finding]:
    for name in portals:
        found = list(portal_findings(context, name))
        yield from found
        yield from limit_findings(context, name)
        if any(finding.verdict is Verdict.GOOD for finding in found):  # the key works
            receiver = receiver_of(settings, name)
            look = partial(webhook_findings, context.freshdesk[name], receiver)
            yield from each_readable(name, "the webhook's automation rules", look)
            yield from reach_findings(receiver)


def file_findings(path: Path) -> Iterable[Finding]:
    """Check that nobody else reads the file with the secrets."""
    if path.is_file() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        fix = Fix(f"{path}: chmod 600", partial(path.chmod, 0o600))
        yield bad(str(path), f"holds secrets and can be read by others; chmod 600 {path}", fix)


def _mend(fixes: list[Fix], *, yes: bool) -> None:
    click.echo("\nThis will be written, and nothing else:")
    for each in fixes:
        click.echo(f"  - {each.title}")
    if not yes:
        click.confirm("Write it?", abort=True)
    with taking(Turn(Priority.BY_HAND)):
        for each in fixes:
            click.echo(f"  {_applied(each)}  {each.title}")
    click.echo("")


def _applied(fix: Fix) -> str:
    try:
        fix.apply()
    except (FreshdeskError, RedisError, OSError) as error:
        return f"not done ({type(error).__name__} {getattr(error, 'status', None) or ''}".rstrip() + ")"
    return "done"


def show(findings: Iterable[Finding]) -> None:
    """Print one line a finding."""
    console = Console()
    for finding in findings:
        console.print(f"{MARKS[finding.verdict]} {finding.subject}: ", end="")
        console.print(finding.text, markup=False, highlight=False, soft_wrap=True)


COMMANDS = (doctor,)
