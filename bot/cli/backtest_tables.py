"""How is a backtest told to people? The same report gives the same characters, whatever the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.domain.level import Level

WIDTH = 110
RULES_SHOWN = MOVES_SHOWN = 30
_SHORT = 12
_NONE = "(no rule)"


def print_report(data: Mapping[str, Any]) -> None:
    """Print a report of `bot.policy.tally`."""
    console = Console(width=WIDTH, highlight=False, markup=False)
    levels = data["levels"]
    console.print(f"base {data['base'][:_SHORT]}, candidate {data['candidate'][:_SHORT]}")
    console.print(
        f"{data['tickets']} tickets: {levels['changed']} change their level, "
        f"{levels['raised']} up and {levels['lowered']} down"
    )
    if data["unusable_lines"]:
        console.print(f"{data['unusable_lines']} lines were of no use and are not counted")
    _print_levels(console, levels["matrix"])
    _print_moves(console, data["moves"])
    _print_rules(console, data["rules"])
    for flag, change in data["flags"].items():
        console.print(f"flag {flag}: {change['gained']} tickets gain it, {change['lost']} lose it")
    _print_dues(console, data["due"], data["breaches"])
    if data["accuracy"] is not None:
        _print_accuracy(console, data["accuracy"])


def _table(title: str, *columns: str, numbers_from: int = 1) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place >= numbers_from else "left", overflow="fold")
    return table


def _rows(console: Console, table: Table, rows: Iterable[Sequence[object]]) -> None:
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    if table.row_count:
        console.print()
        console.print(table)


def _print_levels(console: Console, matrix: Mapping[str, Mapping[str, int]]) -> None:
    names = [level.value for level in Level]
    table = _table("levels: base down, candidate across", "", *names)
    _rows(console, table, ([name, *(matrix[name][to] for to in names)] for name in names))


def _print_moves(console: Console, moves: Sequence[Mapping[str, Any]]) -> None:
    table = _table(
        "changes of level", "from", "to", "rule before", "rule after", "tickets", "such as", numbers_from=4
    )
    _rows(
        console,
        table,
        (
            (
                move["from"],
                move["to"],
                move["rule_before"] or _NONE,
                move["rule_after"] or _NONE,
                move["tickets"],
                ", ".join("?" if one is None else str(one) for one in move["examples"]),
            )
            for move in moves[:MOVES_SHOWN]
        ),
    )
    if len(moves) > MOVES_SHOWN:
        console.print(f"and {len(moves) - MOVES_SHOWN} more kinds of change; all with --json")


def _print_rules(console: Console, rules: Sequence[Mapping[str, Any]]) -> None:
    changed = [rule for rule in rules if rule["gained"] or rule["lost"]]
    changed.sort(key=lambda rule: -(rule["gained"] + rule["lost"]))
    table = _table("rules that decide other tickets", "rule", "before", "after", "gained", "lost")
    _rows(
        console,
        table,
        (
            (rule["rule"] or _NONE, rule["before"], rule["after"], rule["gained"], rule["lost"])
            for rule in changed[:RULES_SHOWN]
        ),
    )
    if len(changed) > RULES_SHOWN:
        console.print(f"and {len(changed) - RULES_SHOWN} more rules; all with --json")


def _print_dues(console: Console, due: Mapping[str, Any] | None, breaches: Mapping[str, Any] | None) -> None:
    console.print()
    if due is None or breaches is None:
        console.print("no due dates: one of the folders holds rules alone, without levels and calendar")
        return
    for clock in ("response", "resolution"):
        ways, late = due[clock], breaches[clock]
        console.print(
            f"{clock} due: {ways['earlier']} earlier, {ways['later']} later, "
            f"{ways['only_target']} with another early warning only, {ways['unchanged']} unchanged"
        )
        if late["known"]:
            console.print(
                f"  breaches among {late['known']} whose end is known: {late['before']} before, "
                f"{late['after']} after; {late['arise']} arise, {late['go_away']} go away"
            )
    if due["undated"]:
        console.print(f"  {due['undated']} without created_at count as issued on {due['undated_as']}")


def _print_accuracy(console: Console, accuracy: Mapping[str, Any]) -> None:
    console.print()
    console.print(
        f"right level, of {accuracy['labelled']} labelled: {accuracy['right_before']} before "
        f"({accuracy['before']:.1%}), {accuracy['right_after']} after ({accuracy['after']:.1%}); "
        f"{accuracy['mended']} mended, {accuracy['broken']} broken"
    )
    table = _table("right by level", "level", "labelled", "before", "after")
    levels = accuracy["levels"].items()
    _rows(console, table, ((name, n["labelled"], n["right_before"], n["right_after"]) for name, n in levels))
