"""How is a report told to people at a terminal?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.policy.statuses import PauseCause

WIDTH = 110
_CLOCKS = ("response", "resolution")
_DASH = "–"


def print_report(data: Mapping[str, Any]) -> None:
    """Print promises by level, client and week, then waiting and whose delay it was."""
    console = Console(width=WIDTH, highlight=False, markup=False)
    total = data["total"]
    console.print(f"tickets issued {data['from']} to {data['to']}: {total['tickets']}")
    if not total["tickets"]:
        return
    _print_promises(
        console, "level", ((one["level"], one) for one in (*data["levels"], {"level": "all"} | total))
    )
    _print_promises(console, "client", ((_client(one), one) for one in data["clients"]))
    _print_promises(console, "week of", ((one["week"], one) for one in data["weeks"]))
    waiting = {PauseCause(cause).label: part for cause, part in total["waiting"].items()}
    _print_parts(console, "waiting for", waiting, "business hours")
    _print_parts(console, "whose time", total["delay"], "business hours")
    console.print(f"\nwarnings told: {total['escalations']}")
    if total["inferred"]:
        console.print(f"{total['inferred']} tickets with a moment that had to be inferred")


def _print_promises(console: Console, title: str, groups: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column(title, no_wrap=True)
    table.add_column("tickets", justify="right")
    for clock in _CLOCKS:
        for column in (f"{clock}: met", "missed", "pending", "kept"):
            table.add_column(column, justify="right")
    for name, group in groups:
        cells = [cell for clock in _CLOCKS for cell in _promise(group[clock])]
        table.add_row(name, str(group["tickets"]), *cells)
    console.print()
    console.print(table)


def _promise(found: Mapping[str, Any]) -> list[str]:
    return [*(str(found[fate]) for fate in ("met", "missed", "pending")), _percent(found["met_share"])]


def _client(one: Mapping[str, Any]) -> str:
    return f"{one['portal']} {one['company_id'] or '(no company)'}"


def _print_parts(console: Console, title: str, parts: Mapping[str, Any], unit: str) -> None:
    table = Table(title, box=None, pad_edge=False)
    table.add_column(unit, justify="right")
    table.add_column("share", justify="right")
    for name, part in parts.items():
        table.add_row(name, f"{part['hours']:.1f}", _percent(part["share"]))
    console.print()
    console.print(table)


def _percent(share: float | None) -> str:
    return _DASH if share is None else f"{share:.1%}"
