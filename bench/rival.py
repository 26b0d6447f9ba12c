"""How are the rivals asked? Each as a process in the venv that `make bench` keeps for them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

HOME = Path(__file__).parent
PYTHON = HOME.parent / ".venv-bench" / "bin" / "python"
ABSENT = "rival absent: `make bench` installs it"


def ask(name: str, question: dict[str, Any], seconds: float = 300) -> dict[str, Any]:
    """Run one rival's module and return its answer; empty when its venv or one of its packages is missing."""
    if not PYTHON.exists():
        return {}
    command = [str(PYTHON), "-I", str(HOME / "rivals" / f"{name}.py")]
    done = subprocess.run(
        command, input=json.dumps(question).encode(), capture_output=True, check=False, timeout=seconds
    )
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr.decode(errors='replace')[-300:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
