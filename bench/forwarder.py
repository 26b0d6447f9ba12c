"""How does a connection get from one network namespace to another, and one webhook to either web process?"""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Self

Address = tuple[str, int]
_PIECE = 65_536


class Forwarder:
    """Pass each connection on to the next of its targets, in turn, and over one that does not answer."""

    def __init__(self, host: str, targets: Sequence[Address]) -> None:
        self._listener = socket.create_server((host, 0), backlog=256)
        self._count = len(targets)
        self._next = itertools.cycle(targets)
        self.address: Address = self._listener.getsockname()[:2]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._pass, args=(near,), daemon=True).start()

    def _pass(self, near: socket.socket) -> None:
        far = self._connected()
        if far is None:
            near.close()
            return
        back = threading.Thread(target=_copy, args=(far, near), daemon=True)
        back.start()
        _copy(near, far)
        back.join()
        near.close()
        far.close()

    def _connected(self) -> socket.socket | None:
        for _ in range(self._count):
            with contextlib.suppress(OSError):
                return socket.create_connection(next(self._next), timeout=30)
        return None


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(_PIECE):
            target.sendall(piece)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
