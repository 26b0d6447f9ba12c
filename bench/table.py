"""How are results shown to people?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.table import Table

_MET = {True: "[green]met[/]", False: "[red]missed[/]", None: "–"}


def results_table(lines: Iterable[dict[str, Any]]) -> Table:
    """Return one row a line: measured, what stands beside it, the ratio, the goal, met or not."""
    table = Table("benchmark", "what", "measured", "beside", "ratio", "goal", "")
    for line in lines:
        table.add_row(
            line["benchmark"],
            line["what"],
            _amount(line["measured"], line["unit"]) or line["note"],
            " ".join(filter(None, (_amount(line["beside_measured"], line["unit"]), line["beside"]))),
            "" if line["ratio"] is None else f"{line['ratio']:,.3g}",
            line["goal"],
            _MET[line["met"]],
        )
    return table


def _amount(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    shown = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{shown} {unit}".strip()
