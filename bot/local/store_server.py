"""Where is the Redis of a machine that has none?

An embedded Valkey that listens on a private unix socket only, keeps an append-only file in its data folder
and lives as long as the process that started it.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from bot.local.child import Child, Program, tail
from bot.local.store_binary import find_server
from bot.local.store_folder import DataFolder, StoreError
from bot.local.tether import Tether

DEFAULT_DATA_DIR = Path("var")
LOAD_SECONDS = 120.0
ONCE = Retry(NoBackoff(), 0)
CONFIG = {
    "port": "0",
    "unixsocketperm": "700",
    "appendonly": "yes",
    "appendfsync": "everysec",
    # Plain commands in the append-only file: Redis and Valkey of any age can read one another's.
    "aof-use-rdb-preamble": "no",
    "save": "",
    "maxmemory-policy": "noeviction",
    # A LANG that the machine lacks would end the server at once.
    "locale-collate": "C",
}


class EmbeddedStore:
    """Own the Valkey of one data folder: a part for the supervisor, or a context manager of its own."""

    name = "valkey"

    def __init__(self, data_dir: Path, server: Path | None = None) -> None:
        self._folder = DataFolder(data_dir)
        self._server = server
        self._tether: Tether | None = None
        self._child: Child | None = None
        self._socket: Path | None = None

    def start(self) -> str:
        """Start the server unless it runs, also after it died; return its URL once it has read its data.

        StoreError when the folder is in use, StartError when no server can be run.
        """
        if self.is_alive():
            return self.url
        try:
            if not self._folder.is_claimed:
                self._folder.claim(end_orphan)
            self._child = self._spawn()
            self._await_ready()
        except BaseException:
            self.stop()
            raise
        return self.url

    @property
    def url(self) -> str:
        """Return the URL for REDIS_URL; only while started."""
        assert self._socket is not None, "the store is not started"
        return _url(self._socket)

    def stop(self) -> None:
        """Stop the server, leaving nothing behind but its data and log."""
        if self._child is not None:
            self._child.stop()
        if self._tether is not None:
            self._tether.close()
        self._folder.release()
        self._child = self._tether = self._socket = None

    def __enter__(self) -> str:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """Return the server's process number."""
        return None if self._child is None else self._child.pid

    def is_alive(self) -> bool:
        """Tell whether the server's process runs."""
        return self._child is not None and self._child.is_alive()

    def is_ready(self) -> bool:
        """Tell whether the server answers and has read its data."""
        return self.is_alive() and self._socket is not None and _state(self._socket) == "ready"

    def ending(self) -> str:
        """Say in words how the server ended."""
        return "is not started" if self._child is None else self._child.ending()

    def last_words(self) -> str:
        """Return the end of the server's log."""
        return tail(self._folder.log)

    def _spawn(self) -> Child:
        self._server = self._server or find_server()
        self._tether = self._tether or Tether()
        self._socket = self._socket or self._folder.choose_socket()
        config = CONFIG | {"unixsocket": str(self._socket), "dir": str(self._folder.path)}
        program = Program(
            name=self.name,
            command=(
                str(self._server),
                *(word for key, value in config.items() for word in (f"--{key}", value)),
            ),
            log=self._folder.log,
            environ={"LC_ALL": "C", "TZ": "UTC"},
            pass_fds=(self._folder.server_lock,),
        )
        child = Child(program, self._tether)
        child.start()
        return child

    def _await_ready(self) -> None:
        end = time.monotonic() + LOAD_SECONDS
        while not self.is_ready():
            if not self.is_alive():
                raise StoreError(f"The embedded Valkey {self.ending()}. It said:\n{self.last_words()}")
            if time.monotonic() > end:
                raise StoreError(f"The embedded Valkey did not answer within {LOAD_SECONDS:g} s.")
            time.sleep(0.01)


def connect_existing(data_dir: Path) -> str | None:
    """Return the URL of the live embedded Valkey of a data folder, or None; start nothing."""
    path = DataFolder(data_dir).socket_in_use()
    return None if path is None or _state(path) == "dead" else _url(path)


def end_orphan(path: Path) -> None:
    """Ask a server whose owner is gone to end; its data are in the append-only file."""
    with contextlib.suppress(redis.RedisError, OSError), _client(path) as client:
        client.shutdown(nosave=True)


def _url(path: Path) -> str:
    return f"unix://{quote(str(path))}?db=0"


@contextlib.contextmanager
def _client(path: Path) -> Iterator[redis.Redis]:
    client = redis.Redis(unix_socket_path=str(path), socket_timeout=2, retry=ONCE)
    try:
        yield client
    finally:
        client.close()


def _state(path: Path) -> str:
    """Return `ready`, `loading` (it answers, but is still reading its data) or `dead`."""
    try:
        with _client(path) as client:
            client.ping()
    except redis.BusyLoadingError:
        return "loading"
    except (redis.RedisError, OSError):
        return "dead"
    return "ready"
