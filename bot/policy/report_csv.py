"""How is a report written as CSV: one row a week, client and level, whose figures add up?"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from bot.policy.report import COLUMNS


def report_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return the rows of `report_data` with a line of names above them, lines ended by a line feed."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
