"""Which rows does a page of a list hold, and where is the next one?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar
from urllib.parse import urlencode

from bot.simulator.errors import invalid, problem

MAX_PAGES = 300
T = TypeVar("T")


def positive(args: Mapping[str, str], name: str, default: int, most: int | None = None) -> int:
    """Read a whole number from 1 up to `most` from a query, or raise the refusal."""
    text = args.get(name, str(default))
    value = int(text) if text.isascii() and text.isdigit() else 0
    if value < 1 or (most is not None and value > most):
        limit = f" less than or equal to {most}" if most else ""
        raise invalid(problem(name, f"It should be a Positive Integer{limit}"))
    return value


def page_of(rows: Sequence[T], args: Mapping[str, str], url: str) -> tuple[Sequence[T], dict[str, str]]:
    """Return the rows of the page a query asks for, and a Link header if another page follows."""
    page, size = positive(args, "page", 1, MAX_PAGES), positive(args, "per_page", 30, 100)
    shown = rows[(page - 1) * size : page * size]
    if len(rows) <= page * size:
        return shown, {}
    query = urlencode({**args, "page": str(page + 1)})
    return shown, {"Link": f'<{url}?{query}>; rel="next"'}
