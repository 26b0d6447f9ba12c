"""What does `make audit` say and with which code does it end, whatever pip-audit answers?"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from deploy.audit import AFFECTED, CLEAN, LOCK, UNKNOWN, main

FINE = {"name": "flask", "version": "3.1.0", "vulns": []}
WEAK = {
    "name": "redis",
    "version": "8.0.0",
    "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["8.0.1"]}, {"id": "PYSEC-2026-2", "fix_versions": []}],
}
SKIPPED = {"name": "rq", "skip_reason": "Dependency not found on PyPI and could not be audited: rq (2.12.0)"}

CASES: dict[str, tuple[list[dict[str, Any]], int, str]] = {
    "all fine": ([FINE], CLEAN, "1 of 1 packages looked up, 0 affected"),
    "one weak": ([FINE, WEAK], AFFECTED, "redis 8.0.0: PYSEC-2026-1, mended in 8.0.1"),
    "without a mend": ([WEAK], AFFECTED, "PYSEC-2026-2, mended in no version yet"),
    "one not looked up": ([FINE, SKIPPED], UNKNOWN, "said nothing about 1: rq"),
    "none looked up": ([SKIPPED], UNKNOWN, "0 of 1 packages looked up"),
    "weak, and one not looked up": ([WEAK, SKIPPED], AFFECTED, "1 affected"),
    "an empty list": ([], UNKNOWN, "0 of 0"),
}


def stand_in(tmp_path: Path, says: str, code: int = 0) -> list[str]:
    """Make a program that says what pip-audit would."""
    script = tmp_path / "pip_audit.py"
    script.write_text(f"import sys; print({says!r}); sys.exit({code})", encoding="utf-8")
    return [sys.executable, str(script)]


@pytest.mark.parametrize(("packages", "code", "said"), CASES.values(), ids=CASES.keys())
def test_how_it_comes_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], packages: list[dict[str, Any]], code: int, said: str
) -> None:
    pip_audit = stand_in(tmp_path, json.dumps({"dependencies": packages}), code=1)
    assert main(pip_audit) == code
    assert said in capsys.readouterr().out


def test_a_service_that_cannot_be_reached_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(stand_in(tmp_path, "", code=1)) == UNKNOWN
    assert main([str(tmp_path / "not-installed")]) == UNKNOWN
    assert capsys.readouterr().out.count("could not be asked") == 2


def test_the_lock_holds_every_package_with_its_hash() -> None:
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    pinned = [place for place, line in enumerate(lines) if "==" in line and not line.startswith((" ", "#"))]
    assert len(pinned) > 40
    assert all("--hash=sha256:" in lines[place + 1] for place in pinned)
