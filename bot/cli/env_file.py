"""How does a command change `.env` without losing what people wrote there?"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

ENV_FILE = Path(".env")


def with_values(text: str, values: Mapping[str, str]) -> str:
    """Return the text of a `.env` file with variables set: in their place, or at the end.

    A variable that was read from a file (`NAME_FILE`) is named by its value from then on.
    """
    lines, missing = text.splitlines(), dict(values)
    for number, line in enumerate(lines):
        found = re.match(r"(?:export\s+)?(\w+?)(?:_FILE)?\s*=", line)
        if found is not None and found[1] in values:
            name = found[1]
            lines[number] = f"{name}={missing.pop(name)}" if name in missing else f"# {name}: see above"
    return "\n".join([*lines, *(f"{name}={value}" for name, value in missing.items())]) + "\n"


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    partial.touch(mode=0o600)
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def back_up(path: Path) -> Path:
    """Copy a file beside itself, readable by its owner alone, and return where."""
    copy = path.with_name(f"{path.name}.{datetime.now(UTC):%Y%m%dT%H%M%S%f}.bak")
    write_private(copy, path.read_text(encoding="utf-8"))
    return copy
