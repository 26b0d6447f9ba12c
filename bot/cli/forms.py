"""The command for those who write prefixes into rules: formas."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bot.cli.backtest import TICKETS_FILE
from bot.policy.backtest import past_ticket
from bot.policy.loader import load_sections
from bot.policy.word_families import EXAMPLES, Forms, example_texts, prefix_of

WIDTH = 110


@click.command()
@click.argument("prefix", metavar="PREFIX*")
@click.option("--tickets", "file", type=TICKETS_FILE, help="JSON lines; without it the rules' own examples.")
@click.option("--rules", "folder", type=click.Path(path_type=Path), default=Path("rules"), show_default=True)
def formas(prefix: str, file: Path | None, folder: Path) -> None:
    """List the words that a prefix catches, with one place of each, and warn of strangers among them."""
    try:
        forms = Forms(prefix_of(prefix))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="PREFIX*") from None
    texts = _examples(folder) if file is None else _tickets(file)
    for subject, body in texts:
        forms.add(subject, body)
    _print(forms, "the rules' examples" if file is None else str(file))


def _examples(folder: Path) -> Iterator[tuple[str, str]]:
    sections, problems = load_sections(folder)
    if sections is None:
        raise click.ClickException("\n".join(map(str, problems)))
    for _, scene in example_texts(sections.get("reglas", ()), *EXAMPLES):
        yield scene.asunto, scene.cuerpo


def _tickets(file: Path) -> Iterator[tuple[str, str]]:
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                ticket = past_ticket(line)
            except ValueError as error:
                click.echo(f"{file}:{number}: {error}", err=True)
                continue
            yield ticket.subject, ticket.body


def _print(forms: Forms, where: str) -> None:
    words = forms.words()
    if not words:
        click.echo(f"{forms.prefix}* catches no word of {where}")
        return
    table = Table("word", "times", "texts", "for example", box=None, pad_edge=False)
    for one in words:
        table.add_row(one.word, str(one.times), str(one.texts), one.context)
    Console(width=WIDTH, highlight=False, markup=False).print(table)
    families = forms.families()
    if len(families) > 1:
        click.echo(f"\nwarning: {forms.prefix}* catches {len(families)} families of words:")
        for family in families:
            click.echo(f"  {', '.join(family)}")
        click.echo("if only one is meant, write its words, or a longer prefix, instead")


COMMANDS = (formas,)
