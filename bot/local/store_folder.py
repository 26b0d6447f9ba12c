"""Who uses this data folder, and where is its server's socket?

Two locks: `owner.lock` is held by the process that started the server, `server.lock` by the server as well
(its descriptor is handed on). The kernel lets go of both however their holders end, so no stale number is
ever believed and no two servers can write the same files.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from bot.local.child import StartError

SHORT_PREFIX = "semaforo-"


class StoreError(StartError):
    """Say why the embedded Valkey cannot be used, and how to mend it."""


class DataFolder:
    """Hold one data folder for one owner at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._locks: list[IO[str]] = []

    @property
    def is_claimed(self) -> bool:
        """Tell whether this object holds the folder."""
        return len(self._locks) == 2

    @property
    def server_lock(self) -> int:
        """Return the descriptor that the server must inherit."""
        return self._locks[1].fileno()

    @property
    def log(self) -> Path:
        """Return the server's log file."""
        return self.path / "valkey.log"

    def claim(self, end_orphan: Callable[[Path], None], patience: float = 15.0) -> None:
        """Take both locks; StoreError when an owner lives, or when its orphaned server will not end."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.path.chmod(0o700)
            self._locks = [(self.path / name).open("a") for name in ("owner.lock", "server.lock")]
        except OSError as error:
            raise StoreError(f"The data folder {self.path} cannot be used: {error.strerror}.") from error
        owner, server = self._locks
        end = time.monotonic() + patience
        if not _locked(owner):
            self._refuse(self._in_use())
        while not _locked(server):
            if time.monotonic() > end:
                self._refuse(f"A Valkey without an owner holds {self.path} and does not end; see {self.log}.")
            socket_path = self.socket_in_use()
            if socket_path is not None:
                end_orphan(socket_path)
            time.sleep(0.05)
        self._clear()

    def release(self) -> None:
        """Give the folder back, with nothing left in it but data, log and locks."""
        if self.is_claimed:
            self._clear()
        self._unlock()

    def choose_socket(self) -> Path:
        """Choose the socket's path and note it, with the owner's number, for other processes."""
        path = _socket_path(self.path)
        fresh = self.path / "server.json.new"
        fresh.write_text(json.dumps({"owner": os.getpid(), "socket": str(path)}), encoding="utf-8")
        fresh.replace(self.path / "server.json")
        return path

    def socket_in_use(self) -> Path | None:
        """Return the socket the folder's last known server listens on; it may be dead."""
        noted = self._note().get("socket")
        return Path(noted) if isinstance(noted, str) else None

    def _note(self) -> dict[str, object]:
        try:
            note = json.loads((self.path / "server.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return note if isinstance(note, dict) else {}

    def _refuse(self, message: str) -> None:
        self._unlock()
        raise StoreError(message)

    def _unlock(self) -> None:
        for lock in self._locks:
            lock.close()
        self._locks = []

    def _in_use(self) -> str:
        pid = self._note().get("owner")
        owner, kill = (f"process {pid}", f", or: kill {pid}") if pid else ("another process", "")
        return (
            f"Semáforo already runs here: {owner} uses the data in {self.path}.\n"
            f"Stop it first (Ctrl-C in its terminal{kill}), or set REDIS_URL to give this one another Redis."
        )

    def _clear(self) -> None:
        """Remove what a server that is gone has left, its data and log apart."""
        path = self.socket_in_use()
        if path is not None:
            path.unlink(missing_ok=True)
            if path.parent != self.path and path.parent.name.startswith(SHORT_PREFIX):
                shutil.rmtree(path.parent, ignore_errors=True)
        (self.path / "server.json").unlink(missing_ok=True)


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _socket_path(folder: Path) -> Path:
    """Choose the data folder, or a private short one where a socket cannot be made there."""
    path = folder / "valkey.sock"
    if can_listen(path):
        return path
    for base in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"):  # noqa: S108
        if base and os.access(base, os.W_OK):
            short = Path(tempfile.mkdtemp(prefix=SHORT_PREFIX, dir=base)) / "valkey.sock"
            if can_listen(short):
                return short
            short.parent.rmdir()
    raise StoreError("No folder was found in which a unix socket can be made; set REDIS_URL.")


def can_listen(path: Path) -> bool:
    """Tell whether a unix socket can be made at this path."""
    # Tried, not reckoned: paths are limited to 107 bytes on Linux and 103 on macOS, and some mounted
    # folders (virtual machines, containers on macOS) take no sockets at all.
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        try:
            listener.bind(str(path))
        except OSError:
            return False
    path.unlink()
    return True
