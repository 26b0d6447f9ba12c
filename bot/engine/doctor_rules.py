"""Are rules in force, and are they those of the folder?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.engine.context import Context
from bot.engine.findings import Finding, bad, good, warn
from bot.policy.loader import read_files
from bot.policy.model import version_of

_SHORT = 12


def rules_findings(ctx: Context, folder: Path) -> Iterator[Finding]:
    """Check the rules this process holds against those published and those in the folder."""
    book = ctx.rulebook
    version, cards = book.policy.version, len(book.policy.rules)
    if book.unusable is not None:
        text = "the published rules cannot be used here; see: semaforo rules list, then publish sound ones"
        yield bad("rules", text)
    files, _ = read_files(folder)
    if version_of(files) == version:
        yield good("rules", f"version {version[:_SHORT]}, {cards} cards, as in {folder}")
    else:
        text = f"version {version[:_SHORT]} is in force and {folder} holds another"
        yield warn("rules", f"{text}; see what differs: semaforo rules diff active {folder}")
