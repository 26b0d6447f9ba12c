"""Do the benchmarks declare their goals, measure what they declare, and say so when they cannot?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bench import __main__ as program
from bench.catalogue import MODULES, benchmark
from bench.lines import SHOWN, Figure, Goal, Kind, Line, Size, failed, results

KEYS = [
    *("benchmark", "what", "measured", "unit", "beside", "beside_measured", "ratio", "goal", "met", "note"),
]


@pytest.mark.parametrize("name", MODULES)
def test_each_benchmark_declares_goals(name: str) -> None:
    goals = [line.goal for line in benchmark(name).LINES.values()]
    assert any(goal != SHOWN for goal in goals)
    assert all(goal.limit > 0 or goal.kind in (Kind.SHOWN, Kind.AT_MOST) for goal in goals)


def test_a_line_is_declared_once_for_what_stands_beside_it() -> None:
    lines = [(name, one.what, one.beside) for name in MODULES for one in benchmark(name).LINES.values()]
    assert len(lines) == len(set(lines))


@pytest.mark.parametrize("name", ["arithmetic", "plan", "engine"])
def test_a_tiny_run_measures_declared_lines(name: str) -> None:
    one = benchmark(name)
    lines = results(name, one.LINES, one.run(Size.TINY))
    assert [list(line) for line in lines] == [KEYS] * len(one.LINES)
    assert any(line["measured"] is not None for line in lines)
    assert all(line["note"] for line in lines if line["measured"] is None)


CASES = [
    pytest.param(Goal(Kind.AT_MOST, 200), 200.0, None, None, True, id="at most: the limit itself"),
    pytest.param(Goal(Kind.AT_MOST, 200), 201.0, None, None, False, id="at most: above"),
    pytest.param(Goal(Kind.AT_LEAST, 5000), 4999.0, None, None, False, id="at least: below"),
    pytest.param(
        Goal(Kind.TIMES_FASTER, 20), 2.0, 40.0, 20.0, True, id="times faster: time of the rival by ours"
    ),
    pytest.param(Goal(Kind.WITHIN, 1.5), 4.0, 2.0, 2.0, False, id="within: our time by the other"),
    pytest.param(Goal(Kind.SHARE, 0.9), 95.0, 100.0, 0.95, True, id="share: our rate by the other"),
    pytest.param(Goal(Kind.SHARE, 0.9), 95.0, None, None, None, id="nothing to compare with"),
    pytest.param(SHOWN, 2.0, 4.0, 2.0, None, id="shown: no goal"),
]


@pytest.mark.parametrize(("goal", "measured", "beside", "ratio", "met"), CASES)
def test_goals(
    goal: Goal, measured: float, beside: float | None, ratio: float | None, met: bool | None
) -> None:
    assert goal.ratio(measured, beside) == ratio
    assert goal.is_met(measured, beside) is met


def test_an_undeclared_figure_is_an_error() -> None:
    with pytest.raises(ValueError, match="other"):
        results("x", {"one": Line("one", "s", SHOWN)}, {"other": Figure(1.0)})


def test_a_failure_leaves_the_shape_as_it_is() -> None:
    (line,) = failed("x", {"one": Line("one", "s", Goal(Kind.AT_MOST, 1))}, "failed: no store")
    assert list(line) == KEYS
    assert (line["measured"], line["met"], line["note"]) == (None, None, "failed: no store")


def run_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> dict[str, Any]:
    monkeypatch.setattr(program, "Size", _Tiny)
    out = tmp_path / "results.json"
    done = CliRunner().invoke(program.main, ["plan", "--quick", "--out", str(out)])
    assert done.exit_code == code, done.output
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


class _Tiny:
    QUICK = FULL = Size.TINY


def test_the_program_writes_machine_and_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = run_program(tmp_path, monkeypatch, 0)
    assert {"system", "processor", "cores", "python", "store"} <= found["machine"].keys()
    assert [line["what"] for line in found["lines"]] == [one.what for one in benchmark("plan").LINES.values()]


def test_a_benchmark_that_fails_is_named_and_the_exit_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(program.LONGEST_SECONDS, Size.TINY, 0.001)
    found = run_program(tmp_path, monkeypatch, 1)
    assert all(line["note"].startswith("failed: over") for line in found["lines"])
