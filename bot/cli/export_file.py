"""How is a file of tickets written so that it can be stopped at any moment and gone on with?

Beside the file stands FILE.cursor until it is complete: what was asked for, and up to which update. The file
itself says which tickets are in it, so a kill between two writes neither loses nor doubles one.
"""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from datetime import datetime
from io import BufferedRandom
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PRIVATE = 0o600


class ExportError(Exception):
    """The file cannot be begun or gone on with."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Hold what a file is to hold; `since` in UTC."""

    portal: str
    since: datetime
    masked: bool

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"portal": self.portal, "since": self.since.isoformat(), "masked": self.masked}


class ExportFile:
    """Append tickets to a file that only its owner can read; a context manager."""

    def __init__(self, path: Path, origin: Origin) -> None:
        self.origin = origin
        self.reached = origin.since
        self.ids: set[int] = set()
        self.count = 0
        self._path = path
        self._cursor = path.with_name(path.name + ".cursor")

    def __enter__(self) -> Self:
        """Open the file, alone, at the end of its last whole line."""
        self._file = _open_private(self._path)
        try:
            self._go_on()
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, line: dict[str, Any]) -> None:
        """Append one ticket."""
        self._file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        self._file.flush()
        self.count += 1

    def reach(self, updated_at: datetime) -> None:
        """Remember that everything up to this update is in the file."""
        self.reached = updated_at
        text = json.dumps({**self.origin.as_json(), "reached": updated_at.isoformat()})
        fresh = self._cursor.with_name(self._cursor.name + ".new")
        with _open_private(fresh, empty=True) as file:
            file.write(text.encode())
        fresh.replace(self._cursor)

    def complete(self) -> None:
        """Say that nothing is missing."""
        self._cursor.unlink(missing_ok=True)

    def _go_on(self) -> None:
        began = self._file.read(1) != b""
        if not self._cursor.exists():
            if began:
                raise ExportError(f"{self._path} is there already and complete; choose another name")
            self.reach(self.origin.since)
            return
        cursor = json.loads(self._cursor.read_text(encoding="utf-8"))
        self.reached = datetime.fromisoformat(cursor.pop("reached"))
        if cursor != self.origin.as_json():
            raise ExportError(f"{self._path} was begun with other options: {json.dumps(cursor)}")
        self._read_back()

    def _read_back(self) -> None:
        """Learn which tickets the file holds and drop a line that was cut by a kill."""
        self._file.seek(0)
        whole = 0
        for line in self._file:
            if not line.endswith(b"\n"):
                break
            self.ids.add(json.loads(line)["id"])
            whole += len(line)
        self._file.truncate(whole)
        self._file.seek(whole)
        self.count = len(self.ids)


def _open_private(path: Path, *, empty: bool = False) -> BufferedRandom:
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | (os.O_TRUNC if empty else 0)
    try:
        descriptor = os.open(path, flags, PRIVATE)
    except OSError as error:
        raise ExportError(f"cannot write {path}: {error.strerror}") from None
    os.fchmod(descriptor, PRIVATE)
    file = os.fdopen(descriptor, "r+b")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise ExportError(f"{path} is being written by another command") from None
    return file
