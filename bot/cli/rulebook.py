"""Commands about the versions of the rulebook: publish, list, show, diff, rollback, schema."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bot.cli import rule_changes
from bot.cli.environment import settings_or_exit
from bot.cli.rule_names import IN_FORCE, SHORT, files_named, version_named
from bot.policy.loader import read_files
from bot.policy.model import version_of
from bot.policy.problems import Problem
from bot.policy.rule_diff import unified_diff
from bot.policy.schema import json_schema
from bot.store.rule_versions import Origin, Publication, RuleVersions
from bot.store.rulebook import RulesRefused
from bot.store.rulebook import publish as publish_rules
from bot.wiring import NoRedis, build_rule_versions, utc_now

AUTHOR = click.option(
    "--author", default=lambda: os.environ.get("USER", ""), help="Who publishes; by default the user here."
)
NOTE = click.option("--note", default="", help="Why, in a few words.")
LONGEST = 200


@click.group()
def rules() -> None:
    """Publish, list, compare and bring back versions of the rules."""


@rules.command()
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@AUTHOR
@NOTE
def publish(folder: Path, author: str, note: str) -> None:
    """Check a folder and put it in force on every machine; what is not sound changes nothing."""
    files, unread = read_files(folder)
    _publish(_versions(), files, Origin.FOLDER, author, note, unread)


@rules.command()
@click.argument("version", metavar="V")
@AUTHOR
@NOTE
def rollback(version: str, author: str, note: str) -> None:
    """Put an earlier version in force again."""
    versions = _versions()
    full = version_named(versions, version)
    _publish(versions, files_named(versions, full), Origin.ROLLBACK, author, note)


@rules.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_versions(as_json: bool) -> None:
    """List the publications, newest first, and say what was refused last."""
    versions = _versions()
    history, active, refusals = versions.history(), versions.active(), versions.refusals()
    if as_json:
        found = {"active": active, "history": [asdict(entry) for entry in history], **_refused(versions)}
        click.echo(json.dumps(found, ensure_ascii=False, default=str))
        return
    table = Table("", "version", "published (UTC)", "by", "from", "note", box=None, pad_edge=False)
    for number, entry in enumerate(history):
        mark = "▶" if entry.version == active and number == 0 else ""
        when = entry.at.strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(mark, entry.version[:SHORT], when, entry.author, entry.origin, entry.note)
    console = Console()
    console.print(table if history else "nothing is published yet; do it with: semaforo rules publish DIR")
    if refusals.problems and refusals.at is not None:
        console.print(f"\nrefused on {refusals.at:%Y-%m-%d %H:%M:%S}, nothing changed:", markup=False)
        _print_problems(refusals.problems)


@rules.command()
@click.argument("version", metavar="V", default=IN_FORCE)
@click.option("--file", "name", help="Print this file of it, as it was published.")
def show(version: str, name: str | None) -> None:
    """Show a version: who published it when, its files, or the content of one."""
    versions = _versions()
    full = version_named(versions, version)
    files = files_named(versions, full)
    if name is not None:
        if name not in files:
            raise click.ClickException(f"{full[:SHORT]} has no {name}; it has: {', '.join(sorted(files))}")
        click.echo(files[name], nl=False)
        return
    click.echo(f"version {full}{'  (in force)' if full == versions.active() else ''}")
    for entry in versions.history():
        if entry.version == full:
            note = f": {entry.note}" if entry.note else ""
            click.echo(f"published {entry.at:%Y-%m-%d %H:%M:%S} UTC by {entry.author} ({entry.origin}){note}")
    for file, content in sorted(files.items()):
        click.echo(f"  {len(content):>7} bytes  {file}")


@rules.command()
@click.argument("old", metavar="V")
@click.argument("new", metavar="W", default=IN_FORCE)
def diff(old: str, new: str) -> None:
    """Show what changed from V to W, file by file; each a version, `active` or a folder."""
    versions = _versions()
    before, after = files_named(versions, old), files_named(versions, new)
    for line in unified_diff(before, after, old, new):
        click.echo(line)
    if before == after:
        click.echo(f"{old} and {new} are the same", err=True)


@rules.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it here, for editors.")
def schema(out: Path | None) -> None:
    """Print the JSON Schema of a rule file."""
    text = json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
        click.echo(f"written: {out}")


def _publish(
    versions: RuleVersions,
    files: Mapping[str, bytes],
    origin: Origin,
    author: str,
    note: str,
    unread: Iterable[Problem] = (),
) -> None:
    entry = Publication(
        version_of(files), utc_now(), author[:LONGEST] or "desconocido", origin, note[:LONGEST]
    )
    try:
        changed = publish_rules(versions, files, entry, unread=unread)
    except RulesRefused as refused:
        _print_problems(refused.problems)
        active = versions.active()
        holds = f"{active[:SHORT]} stays in force" if active else "nothing is published"
        click.echo(f"refused: mend the lines above and publish again; {holds}", err=True)
        raise SystemExit(1) from None
    if changed:
        click.echo(f"published {entry.version[:SHORT]}; every process uses it within 5 seconds")
        click.echo("tickets keep their level; what would change: semaforo rules impact")
    else:
        click.echo(f"{entry.version[:SHORT]} is in force already")


def _refused(versions: RuleVersions) -> dict[str, object]:
    refusals = versions.refusals()
    return {"refused": refusals.count, "problems": [str(problem) for problem in refusals.problems]}


def _print_problems(problems: Iterable[Problem]) -> None:
    for problem in problems:
        click.echo(str(problem))


def _versions() -> RuleVersions:
    try:
        return build_rule_versions(settings_or_exit())
    except NoRedis as error:
        raise click.ClickException(str(error)) from None


for command in rule_changes.OF_RULES:
    rules.add_command(command)

COMMANDS = (rules,)
