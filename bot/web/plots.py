"""Where do the bars of a plot stand? Geometry only; `plots.html` draws it as SVG.

Widths are percentages of the drawing and heights are pixels, so that a plot fills its place on any screen
while its letters keep their size. Colours are classes: the style sheet knows light and dark.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_DATES, MOST_FIGURES = 6, 13  # as many as fit side by side on a phone
_TOP, _COLUMNS, _FOOT = 18, 150, 20
_LABEL, _BAR, _GAP = 18, 18, 14


@dataclass(frozen=True, slots=True)
class Bar:
    """Hold one bar: x and width in percent, y and height in pixels; `kind` is its class."""

    x: float
    width: float
    y: float
    height: float
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Label:
    """Hold a few words: x in percent, y in pixels; `anchor` is SVG's word for where they begin."""

    x: float
    y: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Line:
    """Hold a line of a target, in percent of the width or pixels of the height."""

    x1: float
    x2: float
    y1: float
    y2: float


@dataclass(frozen=True, slots=True)
class Plot:
    """Hold a whole drawing; `title` and `desc` say to those who do not see it what it shows."""

    name: str
    title: str
    desc: str
    height: float
    bars: tuple[Bar, ...]
    labels: tuple[Label, ...] = ()
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Hold one piece of a whole: its share (0 to 1), its class and what it says when pointed at."""

    share: float
    kind: str
    title: str


def columns(
    name: str, title: str, desc: str, shares: Sequence[tuple[str, float | None]], goal: float | None = None
) -> Plot:
    """Draw one column a share, from 0 to 100 %, under the labels given; None leaves its place empty.

    A column below the goal has another colour; while they are few, each says its percentage above.
    """
    step, every = 100 / max(len(shares), 1), -(-len(shares) // MOST_DATES)
    bars, labels = [], []
    for place, (label, share) in enumerate(shares):
        middle = (place + 0.5) * step
        if place % every == 0:
            labels.append(Label(middle, _TOP + _COLUMNS + 15, label))
        if share is None:
            continue
        height = max(share * _COLUMNS, 1.0)
        width = min(step * 0.7, 12)
        said = f"{label}: {share:.0%}".replace("%", " %")
        kind = "met" if goal is None or share >= goal else "short"
        bars.append(Bar(middle - width / 2, width, _TOP + _COLUMNS - height, height, kind, said))
        if len(shares) <= MOST_FIGURES:
            labels.append(Label(middle, _TOP - 6, f"{int(share * 100 + 1e-9)}"))
    height = _TOP + _COLUMNS + _FOOT
    return Plot(name, title, desc, height, tuple(bars), tuple(labels), _across(goal))


def stacks(
    name: str,
    title: str,
    desc: str,
    rows: Iterable[tuple[str, Sequence[Part]]],
    goal: float | None = None,
) -> Plot:
    """Draw one bar a row, made of parts that stand side by side, its label above it."""
    bars, labels, y = [], [], 0.0
    for label, parts in rows:
        labels.append(Label(0, y + 13, label, "start"))
        x = 0.0
        for part in parts:
            bars.append(Bar(x, part.share * 100, y + _LABEL, _BAR, part.kind, part.title))
            x += part.share * 100
        y += _LABEL + _BAR + _GAP
    lines = () if goal is None else (Line(goal * 100, goal * 100, 0, y - _GAP),)
    return Plot(name, title, desc, max(y - _GAP, 1), tuple(bars), tuple(labels), lines)


def _across(goal: float | None) -> tuple[Line, ...]:
    if goal is None:
        return ()
    y = _TOP + _COLUMNS * (1 - goal)
    return (Line(0, 100, y, y),)
