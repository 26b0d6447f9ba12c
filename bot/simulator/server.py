"""How is the simulator started and stopped?"""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from werkzeug.serving import WSGIRequestHandler, make_server

from bot.simulator.app import create_app
from bot.simulator.automations import Automation
from bot.simulator.clock import Clock, utc_now
from bot.simulator.control import Board
from bot.simulator.network import Network
from bot.simulator.populate import populate
from bot.simulator.schedule import Schedule
from bot.simulator.seed import Seed, load_seed
from bot.simulator.state import State
from bot.simulator.switches import Switches
from bot.simulator.webhooks import Webhooks

HOST = "127.0.0.1"


class QuietHandler(WSGIRequestHandler):
    """Serves without a line per request."""

    # Headers and body leave in two writes; Nagle's algorithm would hold the second one back.
    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


class SimulatorServer:
    """One stand-in account on loopback; port 0 picks a free one.

    Values given here win over the seed's. Raise OSError when the port is taken, ValueError for a bad seed.
    """

    def __init__(
        self,
        port: int = 0,
        seed: Path | Seed | None = None,
        *,
        domain: str | None = None,
        switches: Switches | None = None,
        automations: tuple[Automation, ...] | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        wanted = seed if isinstance(seed, Seed) else load_seed(seed)
        given = {"domain": domain, "switches": switches, "automations": automations}
        chosen = wanted.model_copy(update={name: value for name, value in given.items() if value is not None})
        self.state = State(chosen, Clock(now))
        self._schedule = Schedule()
        self.webhooks = Webhooks(self.state, self._schedule)
        self.state.announce = self.webhooks.announce
        populate(self.state)
        app = create_app(Board(self.state, self.webhooks, self.reset))
        self._network = Network(app, self.state, self._schedule)
        self._socket = _bound(port)
        fd = self._socket.fileno()
        self._server = make_server(HOST, 0, self._network, threaded=True, request_handler=QuietHandler, fd=fd)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Return the base URL, such as `http://127.0.0.1:9000`."""
        return f"http://{HOST}:{self._socket.getsockname()[1]}"

    def start(self) -> Self:
        """Serve on a daemon thread."""
        self._schedule.start()
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and sending, and leave no thread behind."""
        self._network.closing.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self._socket.close()
        self._schedule.stop()

    def reset(self) -> None:
        """Go back to the seed."""
        with self.state.lock:
            self._schedule.clear()
            self.state.clock.offset = timedelta(0)
            self.state.clear()
            self.webhooks.clear()
            populate(self.state)

    def wait_webhooks(self, timeout: float = 5.0) -> bool:
        """Wait until no webhook or late write is waiting; False if that takes longer."""
        return self._schedule.wait_idle(timeout)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def serve(port: int, seed: Path | None = None, ready: Callable[[str], None] | None = None) -> None:
    """Serve until SIGTERM or SIGINT; `ready` is told the URL. Call from the main thread."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    with SimulatorServer(port, seed) as server:
        if ready is not None:
            ready(server.url)
        stopping.wait()


def _bound(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(256)
    except OSError as error:
        listener.close()
        raise OSError(
            error.errno, f"the simulator cannot listen on {HOST}:{port}: {error.strerror}"
        ) from error
    return listener
