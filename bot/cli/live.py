"""The command that turns writing on: live."""

from __future__ import annotations

import os
from pathlib import Path

import click
from dotenv import dotenv_values

from bot.cli.env_file import ENV_FILE, back_up, with_values, write_private
from bot.cli.environment import settings_or_exit
from bot.cli.portal_file import PORTALS, change
from bot.policy.loader import read_files
from bot.policy.model import load_policy, version_of
from bot.settings import Settings
from bot.store.rule_versions import Origin, Publication, RuleVersions
from bot.store.rulebook import publish as publish_rules
from bot.wiring import NoRedis, build_rule_versions, utc_now


@click.command()
@click.argument("portal")
@click.option("--yes", is_flag=True, help="Do not ask.")
def live(portal: str, yes: bool) -> None:
    """Turn writing on for a portal; what is open by then is adopted in silence."""
    settings = settings_or_exit()
    if portal not in settings.portals:
        raise click.ClickException(f"there is no portal {portal}; there are: {', '.join(settings.portals)}")
    if settings.dry_run:
        raise click.ClickException("DRY_RUN=1 holds every portal; take that line out first")
    variable = f"PORTAL_{portal.upper()}_DRY_RUN"
    if variable in os.environ and dotenv_values(ENV_FILE).get(variable) != os.environ[variable]:
        raise click.ClickException(
            f"{variable} comes from the environment, not from {ENV_FILE}; set it to 0 there"
        )
    if settings.writes_allowed(portal) and settings.portals[portal].dry_run is not None:
        click.echo(f"✓ {portal} is written to already")
        return
    if not yes:
        click.confirm(f"Let Semáforo write to {settings.portals[portal].domain} from now on?", abort=True)
    _adopt(settings, portal)
    before = ENV_FILE.read_text(encoding="utf-8") if ENV_FILE.is_file() else None
    kept = "" if before is None else f"; as it was: {back_up(ENV_FILE)}"
    write_private(ENV_FILE, with_values(before or "", {variable: "0"}))
    click.echo(f"✓ {variable}=0 in {ENV_FILE}{kept}")
    click.echo(f"Now restart the processes, then take over what is open: semaforo backfill {portal}")


def _adopt(settings: Settings, portal: str) -> None:
    """Write into the rules that what was there before now is adopted, and publish them."""
    folder = settings.rules_dir
    policy, problems = load_policy(folder)
    if policy is None:
        raise click.ClickException("\n".join(map(str, problems)))
    if policy.portals.of(portal).adopcion is not None:
        click.echo(f"✓ {folder / PORTALS} says already up to when tickets are adopted")
        return
    versions = _versions(settings)
    active = None if versions is None else versions.active()
    if active is not None and active != policy.version:
        text = f"{folder} holds other rules than those in force; see `semaforo rules diff active {folder}`"
        raise click.ClickException(f"{text}, publish what shall hold, and try again")
    until = utc_now().astimezone(policy.zone(portal)).isoformat(timespec="seconds")
    kept = change(folder, portal, [f"adopcion: {{hasta: {until}, notas: false}}  # desde entonces escribe"])
    click.echo(f"✓ {folder / PORTALS}: what was issued up to {until} is adopted; as it was: {kept}")
    if versions is not None and active is not None:
        _publish(versions, folder, portal)


def _publish(versions: RuleVersions, folder: Path, portal: str) -> None:
    files, unread = read_files(folder)
    author = os.environ.get("USER", "") or "desconocido"
    entry = Publication(version_of(files), utc_now(), author, Origin.FOLDER, f"live {portal}")
    publish_rules(versions, files, entry, unread=unread)
    click.echo("✓ rules published")


def _versions(settings: Settings) -> RuleVersions | None:
    """Return the published versions; None without a Redis, whose first start publishes the folder."""
    try:
        return build_rule_versions(settings)
    except NoRedis:
        return None


COMMANDS = (live,)
