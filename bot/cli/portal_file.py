"""How does a command write a portal's section into rules/portales.yaml and leave the rest as it is?"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from bot.cli.env_file import back_up
from bot.freshdesk.api import FreshdeskApi
from bot.freshdesk.errors import PermanentError
from bot.local.processes import HOME
from bot.policy.loader import load_sections
from bot.policy.status_labels import guessed_cause
from bot.policy.statuses import PauseCause

PORTALS = "portales.yaml"
_FACTORY = {2: None, 3: PauseCause.CUSTOMER, 4: None, 5: None}
_CLOSED = (4, 5)


def ensure_rules(folder: Path) -> bool:
    """Put the shipped rules where there are none yet; tell whether it was needed."""
    if (folder / PORTALS).is_file():
        return False
    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException(f"{folder} holds no {PORTALS}; is it a folder of rules?")
    shutil.copytree(HOME / "rules", folder, dirs_exist_ok=True)
    return True


def has_section(text: str, portal: str) -> bool:
    """Tell whether a portal has a section of its own."""
    return re.search(rf"^  {re.escape(portal)}:", text, re.MULTILINE) is not None


def with_keys(text: str, portal: str, lines: list[str]) -> str | None:
    """Return the file with lines at the head of a portal's section, made if need be.

    None where the section stands on one line, which only a person can take apart.
    """
    added = "".join(f"    {line}\n" for line in lines)
    head = re.search(rf"^  {re.escape(portal)}:[ ]*(?:#.*)?$\n?", text, re.MULTILINE)
    if head is not None:
        return text[: head.end()] + added + text[head.end() :]
    if has_section(text, portal):
        return None
    return f"{text.rstrip()}\n  {portal}:\n{added}"


def change(folder: Path, portal: str, lines: list[str]) -> Path:
    """Write lines into a portal's section and return the copy of the file as it was.

    ClickException, and nothing changed, when the rules would not be sound.
    """
    path = folder / PORTALS
    before = path.read_text(encoding="utf-8")
    after = with_keys(before, portal, lines)
    if after is None:
        wanted = "\n".join(f"    {line}" for line in lines)
        raise click.ClickException(f"write this into the section {portal} of {path} yourself:\n{wanted}")
    copy = back_up(path)
    path.write_text(after, encoding="utf-8")
    _, problems = load_sections(folder)
    if problems:
        path.write_text(before, encoding="utf-8")
        copy.unlink()
        listed = "\n".join(map(str, problems))
        raise click.ClickException(f"{path} was left as it is, for it would not be sound:\n{listed}")
    return copy


def section_of(api: FreshdeskApi) -> list[str]:
    """Return the lines that describe an account: what its statuses mean, where its timer runs, its groups."""
    field = next((one for one in api.list_ticket_fields() if one.name == "status"), None)
    labels = {} if field is None else {number: label for label, number in field.choices.items()}
    causes = {number: _FACTORY.get(number, guessed_cause(label)) for number, label in labels.items()}
    return [*_statuses(labels, causes, _timers(api)), *_groups(api.list_groups())]


def _timers(api: FreshdeskApi) -> Mapping[int, bool]:
    try:
        return api.status_timers()
    except PermanentError:  # only administrators see them
        return {}


def _statuses(
    labels: Mapping[int, str], causes: Mapping[int, PauseCause | None], timers: Mapping[int, bool]
) -> Iterator[str]:
    if not labels:
        return
    pauses = ", ".join(
        f"{cause.value}: {sorted(number for number, each in causes.items() if each is cause)}"
        for cause in PauseCause
        if cause in causes.values()
    )
    yield f"pausan: {{{pauses}}}"
    yield f"cerrados: {[number for number in _CLOSED if number in labels]}"
    running = [number for number, cause in causes.items() if cause is None and number not in _CLOSED]
    yield f"reloj_corre: {sorted(number for number in running if timers.get(number, number == 2))}"
    for number in running:
        if number != 2:
            yield f"# ¿qué significa el estado {number}, «{labels[number]}»? Aquí los relojes corren"


def _groups(groups: Mapping[str, int]) -> Iterator[str]:
    names = {re.sub(r"\W+", "_", name.casefold()).strip("_"): number for name, number in groups.items()}
    yield "grupos: {" + ", ".join(f'"{name}": {number}' for name, number in names.items() if name) + "}"
