"""The command that connects an account: init."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

import click
from dotenv import dotenv_values

from bot.cli.env_file import ENV_FILE, back_up, with_values, write_private
from bot.cli.first_look import LOOK_PAGE, look_around
from bot.cli.portal_file import PORTALS, change, ensure_rules, has_section, section_of
from bot.domain.ticket import PORTAL_PATTERN
from bot.engine.webhook_rule import KINDS, Receiver, steps
from bot.freshdesk.client import FreshdeskClient
from bot.freshdesk.errors import FreshdeskError, Unauthorized
from bot.settings import DOMAIN_PATTERN
from bot.settings.addresses import is_loopback, is_origin

KEY_VARIABLE = "FRESHDESK_API_KEY"


@click.command()
@click.option("--portal", help="What to call the account, such as acelera.")
@click.option("--domain", help="Its address, such as yourcompany.freshdesk.com.")
@click.option(
    "--api-key-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"Where the agent's API key is; else {KEY_VARIABLE}, else it is asked for and not shown.",
)
@click.option("--public-url", help="How Freshdesk reaches this machine, such as https://semaforo.example.pe.")
@click.option("--url", hidden=True, help="A stand-in Freshdesk on this machine.")
@click.option(
    "--tickets", type=click.IntRange(0, 100), default=20, show_default=True, help="How many to look at."
)
@click.option("--page", type=click.Path(dir_okay=False, path_type=Path), default=LOOK_PAGE, show_default=True)
@click.option("--yes", is_flag=True, help="Do not ask before changing .env; a copy is kept all the same.")
def init(
    portal: str | None,
    domain: str | None,
    api_key_file: Path | None,
    public_url: str | None,
    url: str | None,
    tickets: int,
    page: Path,
    yes: bool,
) -> None:
    """Connect a Freshdesk account: check the key, write .env and the portal's rules, look at its tickets.

    Writes nothing to Freshdesk. Run it again at will: what is there already stays.
    """
    portal = _asked(portal, "Name of the portal (lower case, such as acelera)", _is_portal)
    known = dotenv_values(ENV_FILE) if ENV_FILE.is_file() else {}
    prefix = f"PORTAL_{portal.upper()}"
    domain = _asked(domain or known.get(f"{prefix}_DOMAIN"), "Domain (yourcompany.freshdesk.com)", _is_domain)
    public_url = _asked(
        public_url or known.get("PUBLIC_URL"), "Public URL of Semáforo (https://…)", _is_public
    )
    url = url or known.get(f"{prefix}_URL")
    if url is not None and not is_loopback(url):
        raise click.UsageError("--url is for a stand-in on this machine")
    key = _key(api_key_file, known.get(f"{prefix}_API_KEY"))
    api = FreshdeskClient(portal, url or f"https://{domain}", key)
    _check(api, domain)
    secret = known.get(f"{prefix}_WEBHOOK_SECRET") or secrets.token_hex(32)
    values = {
        f"{prefix}_DOMAIN": domain,
        f"{prefix}_API_KEY": key,
        f"{prefix}_WEBHOOK_SECRET": secret,
        **({f"{prefix}_URL": url} if url else {}),
        # The first run is dry; one that is live already stays so.
        f"{prefix}_DRY_RUN": known.get(f"{prefix}_DRY_RUN") or "1",
        "PUBLIC_URL": public_url.rstrip("/"),
    }
    _write_env(values, yes=yes)
    folder = Path(known.get("RULES_DIR") or os.environ.get("RULES_DIR") or "rules")
    _write_section(api, folder, portal)
    _print_rules(Receiver(portal, public_url.rstrip("/"), (secret,)))
    look_around(api, folder, tickets, page)
    click.echo(
        f"\nNext: semaforo run, or the processes of the Procfile; then: semaforo doctor\n"
        f"Nothing is written to {domain} until: semaforo live {portal}"
    )


def _asked(given: str | None, question: str, is_right: Callable[[str], bool]) -> str:
    if given is None:
        given = str(click.prompt(question)).strip()
    if not is_right(given):
        raise click.UsageError(f"{given!r} is not usable here. {question}")
    return given


def _is_portal(text: str) -> bool:
    return PORTAL_PATTERN.fullmatch(text) is not None


def _is_domain(text: str) -> bool:
    return DOMAIN_PATTERN.fullmatch(text) is not None


def _is_public(text: str) -> bool:
    return is_origin(text) and (text.startswith("https://") or is_loopback(text))


def _key(file: Path | None, known: str | None) -> str:
    key = (
        file.read_text(encoding="utf-8").strip() if file is not None else os.environ.get(KEY_VARIABLE, known)
    )
    if key is None:
        key = str(click.prompt("API key of the agent made for Semáforo (not shown)", hide_input=True)).strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise click.UsageError("that is no API key; it is on the agent's profile page in Freshdesk")
    return key


def _check(api: FreshdeskClient, domain: str) -> None:
    try:
        me = api.me()
    except Unauthorized:
        raise click.ClickException(
            f"{domain} refuses the key; take it from the agent's profile page"
        ) from None
    except FreshdeskError as error:
        reason = f"{type(error).__name__} {error.status or ''}".strip()
        raise click.ClickException(f"{domain} does not answer as it should: {reason}") from None
    click.echo(f"✓ the key works and belongs to agent {me.id}, {me.name or 'without a name'}")


def _write_env(values: Mapping[str, str], *, yes: bool) -> None:
    before = ENV_FILE.read_text(encoding="utf-8") if ENV_FILE.is_file() else None
    after = with_values(before or "", values)
    if after == before:
        click.echo(f"✓ {ENV_FILE} says so already")
        return
    kept = ""
    if before is not None:
        if not yes:
            click.confirm(f"Change {ENV_FILE}? A copy is kept.", abort=True)
        kept = f"; as it was: {back_up(ENV_FILE)}"
    write_private(ENV_FILE, after)
    click.echo(f"✓ {ENV_FILE} written, readable by you alone{kept}")


def _write_section(api: FreshdeskClient, folder: Path, portal: str) -> None:
    if ensure_rules(folder):
        click.echo(f"✓ {folder} filled with the rules that come along")
    path = folder / PORTALS
    if has_section(path.read_text(encoding="utf-8"), portal):
        click.echo(f"✓ {path} has a section {portal} already; it was left alone")
        return
    change(folder, portal, section_of(api)).unlink()
    click.echo(f"✓ {path}: section {portal} written from the account's statuses and groups; read it over")


def _print_rules(receiver: Receiver) -> None:
    click.echo(
        "\nTwo automation rules tell Semáforo of tickets. Make them so, or let `semaforo doctor --fix` do it:"
    )
    for kind in KINDS:
        click.echo("")
        for line in steps(kind, receiver):
            click.echo(f"  {line}")


COMMANDS = (init,)
