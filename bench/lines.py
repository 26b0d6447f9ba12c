"""What is measured, beside what, and when is it good enough?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol


class Size(StrEnum):
    """Say how much is measured: a second for tests, two minutes for all, or a quarter of an hour."""

    TINY = "tiny"
    QUICK = "quick"
    FULL = "full"


class Kind(StrEnum):
    """Say what a goal asks of: the figure itself, or its ratio to the one beside it; SHOWN asks nothing."""

    AT_MOST = "≤ {} {}"
    AT_LEAST = "≥ {} {}"
    TIMES_FASTER = "≥ {} × faster"
    WITHIN = "≤ {} × the time"
    SHARE = "≥ {} × the rate"
    SHOWN = "–"


@dataclass(frozen=True, slots=True)
class Goal:
    """Hold one goal; times are better small, rates are better large."""

    kind: Kind
    limit: float = 0.0

    def ratio(self, measured: float, beside: float | None) -> float | None:
        """Return the ratio the goal speaks of; None where there is nothing to compare with."""
        if beside is None:
            return None
        faster = self.kind in (Kind.TIMES_FASTER, Kind.SHOWN)
        above, below = (beside, measured) if faster else (measured, beside)
        return above / below if below else None

    def is_met(self, measured: float, beside: float | None) -> bool | None:
        """Tell whether the goal is met; None when it has no limit or nothing to compare with."""
        if self.kind is Kind.SHOWN:
            return None
        if self.kind in (Kind.AT_MOST, Kind.AT_LEAST):
            value: float | None = measured
        else:
            value = self.ratio(measured, beside)
        if value is None:
            return None
        return value <= self.limit if self.kind in (Kind.AT_MOST, Kind.WITHIN) else value >= self.limit

    def text(self, unit: str) -> str:
        """Write the goal, such as «≤ 200 µs»."""
        return self.kind.value.format(f"{self.limit:g}", unit).strip()


SHOWN = Goal(Kind.SHOWN)


@dataclass(frozen=True, slots=True)
class Line:
    """Declare one line of the table: what is measured in which unit, what stands beside it, and the goal."""

    what: str
    unit: str
    goal: Goal
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """Hold what was measured for one line; `note` says why something is missing."""

    measured: float | None = None
    beside: float | None = None
    note: str = ""


class Benchmark(Protocol):
    """What a module of the catalogue offers: lines under their keys, and a run that returns figures."""

    LINES: Mapping[str, Line]

    def run(self, size: Size) -> Mapping[str, Figure]:
        """Measure; a line that cannot be measured gets a figure with a note."""
        ...


def result(benchmark: str, line: Line, figure: Figure) -> dict[str, Any]:
    """Return one line with its figure as plain data, every key always there."""
    measured, beside = figure.measured, figure.beside
    ratio = None if measured is None else line.goal.ratio(measured, beside)
    return {
        "benchmark": benchmark,
        "what": line.what,
        "measured": _rounded(measured),
        "unit": line.unit,
        "beside": line.beside,
        "beside_measured": _rounded(beside),
        "ratio": _rounded(ratio),
        "goal": line.goal.text(line.unit),
        "met": None if measured is None else line.goal.is_met(measured, beside),
        "note": figure.note,
    }


def results(benchmark: str, lines: Mapping[str, Line], figures: Mapping[str, Figure]) -> list[dict[str, Any]]:
    """Return every declared line in order; ValueError for a figure that no line declares."""
    if unknown := figures.keys() - lines.keys():
        raise ValueError(f"{benchmark} measured what it does not declare: {sorted(unknown)}")
    absent = Figure(note="not measured at this size")
    return [result(benchmark, line, figures.get(key, absent)) for key, line in lines.items()]


def failed(benchmark: str, lines: Mapping[str, Line], why: str) -> list[dict[str, Any]]:
    """Return every declared line of a benchmark that could not be run."""
    return [result(benchmark, line, Figure(note=why)) for line in lines.values()]


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that a share of all does not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
