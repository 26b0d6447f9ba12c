"""How is one typed value read from the environment, and what is said of a bad one?"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path


class SettingsError(Exception):
    """Carry every problem of the environment, one a line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Reader:
    """Read typed values from a mapping and gather every problem on the way."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def text(self, name: str) -> str | None:
        value = self.environ.get(name, "").strip()
        return value or None

    def number(self, name: str, default: float, low: float, high: float) -> float:
        value = self.text(name)
        if value is None:
            return default
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not low <= number <= high:
            self.problems.append(f"{name}: expected a number from {low:g} to {high:g}, got {value!r}")
            return default
        return number

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        number = self.number(name, default, low, high)
        if number != int(number):
            self.problems.append(f"{name}: expected a whole number, got {self.text(name)!r}")
            return default
        return int(number)

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self.text(name) or default
        if value not in choices:
            self.problems.append(f"{name}: expected one of {', '.join(choices)}, got {value!r}")
            return default
        return value

    def flag(self, name: str) -> bool | None:
        value = self.text(name)
        if value is None:
            return None
        if value not in {"0", "1"}:
            self.problems.append(f"{name}: expected 0 or 1, got {value!r}")
            return None
        return value == "1"

    def secret(self, name: str) -> str | None:
        """Read a secret from NAME or from the file that NAME_FILE names; never echo its value."""
        value, path = self.text(name), self.text(f"{name}_FILE")
        if value is not None and path is not None:
            self.problems.append(f"{name}: given twice, also as {name}_FILE; keep one")
            return value
        return value if path is None else self.secret_file(f"{name}_FILE", Path(path))

    def secret_file(self, name: str, path: Path) -> str | None:
        """Read a file that others may not read."""
        try:
            mode = path.stat().st_mode
            value = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            self.problems.append(
                f"{name}: cannot read {path}: {getattr(error, 'strerror', None) or 'not text'}"
            )
            return None
        if mode & stat.S_IROTH:
            self.problems.append(f"{name}: {path} can be read by everybody; chmod 640 {path}")
        if not value:
            self.problems.append(f"{name}: {path} is empty")
        return value or None
