"""Is the demo's table readable, whatever the terminal?"""

from __future__ import annotations

import pytest
from rich.console import Console

from bot.local.outcome import Outcome
from bot.local.table import Row, complaints, results, summary

from .endings import journal, message, ticket

GOOD = Row(7, "No podemos entrar al [crm]", Outcome(ticket(), journal()), [])
WRONG = "level: expected URGENTE, found NORMAL"
BAD = Row(8, "Otra cosa", Outcome(ticket(tags=["sla-normal"]), journal()), [WRONG])


def printed(width: int) -> str:
    console = Console(width=width, highlight=False, color_system=None)
    with console.capture() as capture:
        console.print(results([GOOD, BAD], width))
    return capture.get()


def test_a_row_shows_what_became_of_the_ticket() -> None:
    row = next(line for line in printed(160).splitlines() if "No podemos" in line)
    cells = ["7", "No podemos entrar al [crm]", "🔴 URGENTE", "caído, nadie", "23/11 10:00", "30/11 10:00"]
    assert [row.index(cell) for cell in cells] == sorted(row.index(cell) for cell in cells)
    assert "cliente-vip, sla-urgente" in row


@pytest.mark.parametrize("width", [80, 100, 160])
def test_the_table_fits(width: int) -> None:
    lines = printed(width).splitlines()
    assert max(Console().measure(line).maximum for line in lines) <= width
    shown = ("No podemos entrar", "caído", "🔴 URGENTE", "23/11 10:00", "30/11 10:00", "sla-urgente", "yes")
    assert all(fact in "".join(lines) for fact in shown)


def test_complaints_name_ticket_and_difference() -> None:
    assert complaints([GOOD, BAD]) == [f"#8 «Otra cosa»: {WRONG}"]


def test_the_summary_counts_what_is_good() -> None:
    assert (
        summary([GOOD, BAD], 12.34, 11) == "1 of 2 tickets as expected in 12.3 s, 5.5 API calls per ticket."
    )


def test_topics_are_counted_and_long_lists_of_words_cut() -> None:
    note = "<b>🔴 URGENTE</b>" + "".join(f"<b>palabra{number}</b>" for number in range(9))
    tags = ["tema-caida", "sla-urgente", "tema-acceso", "cliente-vip"]
    found = Outcome(ticket(tags=tags, conversations=[message(note, private=True)]), journal())
    console = Console(width=160, color_system=None)
    with console.capture() as capture:
        console.print(results([Row(1, "Uno", found, [])], 160))
    assert "sla-urgente, cliente-vip, +2 tema-…" in " ".join(capture.get().split())
    assert "palabra0" in capture.get()
    assert "palabra8" not in capture.get()
