"""Servers that break off, dawdle or rave, one script for every connection."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Script = Callable[[socket.socket, threading.Event], None]


@dataclass
class Server:
    """Hold where a server listens and the first lines of what it was asked."""

    url: str
    asked: list[str] = field(default_factory=list)


@contextlib.contextmanager
def serving(script: Script) -> Iterator[Server]:
    """Run a script on every request until the block ends; `over` tells the script that it has."""
    listener = socket.create_server(("127.0.0.1", 0))
    over, threads = threading.Event(), []
    server = Server(f"http://127.0.0.1:{listener.getsockname()[1]}")

    def answer(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(5)
            server.asked.append(_request(connection))
            script(connection, over)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threads.append(threading.Thread(target=answer, args=(connection,)))
                threads[-1].start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield server
    finally:
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in [acceptor, *threads]:
            thread.join()


def _request(connection: socket.socket) -> str:
    """Read one request with its body, so that closing does not reset the connection unasked."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head.partition(b"\r\n")[0].decode()


def sending(*pieces: bytes) -> Script:
    """Send pieces and close."""

    def script(connection: socket.socket, over: threading.Event) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return script


def silent(connection: socket.socket, over: threading.Event) -> None:
    """Answer nothing while the test runs."""
    over.wait(10)


def resetting(connection: socket.socket, over: threading.Event) -> None:
    """Break the connection with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def dripping(connection: socket.socket, over: threading.Event) -> None:
    """Send a body byte by byte, each well within a read timeout."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while not over.wait(0.02):
        connection.sendall(b" ")


def closed_port() -> int:
    """Return a port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
