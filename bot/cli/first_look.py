"""How is it shown what the bot would do about an account's latest tickets?"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bot.cli.env_file import write_private
from bot.cli.export import waited
from bot.engine.fetch import Pace
from bot.engine.first_look import Look, first_look
from bot.freshdesk.api import FreshdeskApi
from bot.freshdesk.errors import FreshdeskError
from bot.local.table import make_console
from bot.policy.model import Policy, load_policy
from bot.policy.spelling import spell_moment
from bot.wiring import utc_now

LOOK_PAGE = Path("var/primera-mirada.html")
_PER_MINUTE = 600  # twenty tickets are soon read; a small account says when to wait
_WIDTH = 140
_SUBJECT = 48


def look_around(api: FreshdeskApi, folder: Path, count: int, page: Path) -> None:
    """Print, and write as a page, what would be done about the latest tickets; nothing is written to them."""
    if count == 0:
        return
    policy, problems = load_policy(folder)
    if policy is None:
        raise click.ClickException("\n".join(map(str, problems)))
    pace = Pace(_PER_MINUTE, utc_now, partial(waited, Console(stderr=True)))
    try:
        looks = list(first_look(api, policy, count, utc_now(), pace))
    except FreshdeskError as error:
        reason = f"{type(error).__name__} {error.status or ''}".strip()
        raise click.ClickException(f"the tickets cannot be read: {reason}") from None
    click.echo("")
    make_console().print(_table(looks, policy, api.portal))
    recorder = Console(record=True, width=_WIDTH, file=io.StringIO())
    recorder.print(_table(looks, policy, api.portal))
    page.parent.mkdir(parents=True, exist_ok=True)
    write_private(page, recorder.export_html())
    click.echo(f"the same as a page: {page}; it holds subjects of tickets, delete it when you are done")


def _table(looks: Sequence[Look], policy: Policy, portal: str) -> Table:
    table = Table(title=f"Lo que Semáforo haría en {portal} (nada se escribió)", title_justify="left")
    for name in ("ticket", "asunto", "nivel", "por", "responder hasta", "haría"):
        table.add_column(name)
    zone = policy.zone(portal)
    for look in looks:
        decision, limit = look.plan.decision, look.plan.response.limit
        table.add_row(
            str(look.ticket.key.ticket_id),
            _plain(look.ticket.subject),
            f"{look.plan.level.emoji} {look.plan.level}",
            ", ".join(decision.words) or decision.decided_by or "ninguna regla",
            "" if limit is None else spell_moment(limit.astimezone(zone)),
            ", ".join(look.deeds) or "nada",
        )
    return table


def _plain(subject: str) -> str:
    """Cut a subject, and take what a terminal or rich would read as a command out of it."""
    shown = "".join(letter for letter in subject if letter.isprintable())[:_SUBJECT]
    return shown.replace("[", "(").replace("]", ")")
