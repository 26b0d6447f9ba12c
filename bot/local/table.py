"""What does the demo print?"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.local.outcome import TOPIC, Outcome
from bot.local.storyteller import StoryRow

WIDTH_WITHOUT_TERMINAL = 160
WIDE_ENOUGH = 140
MOST_WORDS = 3

_WIDE = tuple(
    (name,)
    for name in (
        *("id", "subject", "level", "words that decided", "response due", "resolution due"),
        *("tags", "note", "reply", "escalation"),
    )
)
_NARROW = (
    ("id",),
    ("subject", "words that decided"),
    ("level", "tags"),
    ("response due", "resolution due"),
    ("note", "reply", "escalation"),
)
_LEAST = {"id": 2, "level": 13, "response due": 11, "resolution due": 11}


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one ticket of the demo: how it ended, and in what it differs from what was expected."""

    number: int
    subject: str
    outcome: Outcome
    wrong: Sequence[str]


def make_console() -> Console:
    """Return a console as wide as the terminal; wide enough for the table where there is none."""
    console = Console(highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = WIDTH_WITHOUT_TERMINAL
    return console


def results(rows: Sequence[Row], width: int) -> Table:
    """Return one row a ticket; in a narrow terminal several facts share a column."""
    columns = _WIDE if width >= WIDE_ENOUGH else _NARROW
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        table.add_column("\n".join(column), min_width=_LEAST.get(column[0]), overflow="fold")
    for row in rows:
        facts = _facts(row)
        cells = (Text("\n".join(facts[name] for name in column)) for column in columns)
        table.add_row(*cells, style="red" if row.wrong else "")
    return table


def contract(rows: Sequence[StoryRow]) -> Table:
    """Return one row a story of the contract: the clause, what happened, and each fact expected and found."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("cláusula", "ticket", "historia", "se espera", "quedó", ""):
        table.add_column(name, overflow="fold")
    for row in rows:
        wanted, found = (_ending([fact[side] for fact in row.facts.values()]) for side in (0, 1))
        place = f"{row.story.portal} {row.number}"
        cells = (row.story.clause, place, row.story.title, wanted, found, "✗" if row.wrong else "✓")
        table.add_row(*(Text(cell) for cell in cells), style="red" if row.wrong else "")
    return table


def complaints(rows: Sequence[Row], stories: Sequence[StoryRow] = ()) -> list[str]:
    """Return one line for each ticket that is not as expected, saying in what it differs."""
    tickets = [f"#{row.number} «{row.subject}»: {'; '.join(row.wrong)}" for row in rows if row.wrong]
    return tickets + [
        f"{row.story.clause} {row.story.portal} #{row.number} «{row.story.title}»: {'; '.join(row.wrong)}"
        for row in stories
        if row.wrong
    ]


def summary(rows: Sequence[Row], seconds: float, api_calls: int, stories: Sequence[StoryRow] = ()) -> str:
    """Return the last line of the demo."""
    everything: list[Row | StoryRow] = [*rows, *stories]
    good = sum(not row.wrong for row in everything)
    calls = api_calls / max(1, len(everything))
    ending = f"as expected in {seconds:.1f} s, {calls:.1f} API calls per ticket."
    return f"{good} of {len(everything)} tickets {ending}"


def _facts(row: Row) -> dict[str, str]:
    found = row.outcome
    touched = bool(found.levels)
    return {
        "id": str(row.number),
        "subject": row.subject,
        "level": " ".join(f"{level.emoji} {level}" for level in found.levels) or "left alone",
        "words that decided": ", ".join(found.words[:MOST_WORDS]) if touched else "",
        "response due": _moment(found.due("response")) if touched else "",
        "resolution due": _moment(found.due("resolution")) if touched else "",
        "tags": _tags(found.tags),
        "note": "yes" if found.notes else "no",
        "reply": "yes" if found.replies else "no",
        "escalation": found.escalation or "–",
    }


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.strftime("%d/%m %H:%M")


def _tags(tags: Sequence[str]) -> str:
    """Return the tags that the policy asks for; the rules' topics are only counted."""
    topics = sum(tag.startswith(TOPIC) for tag in tags)
    shown = [tag for tag in tags if not tag.startswith(TOPIC)]
    return ", ".join(shown + ([f"+{topics} {TOPIC}…"] if topics else []))


def _ending(facts: Sequence[str]) -> str:
    """Return the facts that make up an ending, those that are plain yes or no left out."""
    status, level, tags, notes, replies, clock, *more = facts if len(facts) > 1 else (*facts, *[""] * 5)
    counted = f"notas {notes}, respuestas {replies}, reloj {clock}"
    return "\n".join(
        [f"{level}, {status}", tags, counted, *(fact for fact in more if fact not in ("sí", "no"))]
    )
