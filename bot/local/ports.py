"""Which loopback port can a process of ours listen on?"""

from __future__ import annotations

import socket
from collections.abc import Callable

LOOPBACK = "127.0.0.1"


def free_port(preferred: int | None = None, say: Callable[[str], None] | None = None) -> int:
    """Return the preferred port when it is free on 127.0.0.1, else another one, saying so through `say`."""
    if preferred is not None and is_free(preferred):
        return preferred
    with socket.create_server((LOOPBACK, 0)) as listener:
        port: int = listener.getsockname()[1]
    if preferred is not None and say is not None:
        say(f"Port {preferred} is in use by another program: using {port} instead.")
    return port


def is_free(port: int) -> bool:
    """Tell whether we may listen on 127.0.0.1:port."""
    # macOS lets 127.0.0.1:port be bound while another program listens on 0.0.0.0:port: knock first.
    with socket.socket() as caller:
        caller.settimeout(1)
        if caller.connect_ex((LOOPBACK, port)) == 0:
            return False
    try:
        # create_server sets SO_REUSEADDR, so that closed connections of an earlier run do not count.
        with socket.create_server((LOOPBACK, port)):
            return True
    except OSError:
        return False
