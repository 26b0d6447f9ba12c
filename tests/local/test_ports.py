"""Is the port we are given one we can listen on?"""

from __future__ import annotations

import socket

from bot.local.ports import LOOPBACK, free_port, is_free


def test_a_free_preferred_port_is_kept_in_silence() -> None:
    with socket.create_server((LOOPBACK, 0)) as probe:
        port = probe.getsockname()[1]
    said: list[str] = []
    assert free_port(port, said.append) == port
    assert said == []


def test_a_busy_port_is_replaced_and_said() -> None:
    said: list[str] = []
    with socket.create_server((LOOPBACK, 0)) as other:
        busy = other.getsockname()[1]
        port = free_port(busy, said.append)
        assert port != busy
        assert is_free(port)
    assert said == [f"Port {busy} is in use by another program: using {port} instead."]


def test_a_port_taken_on_all_addresses_is_busy() -> None:
    with socket.create_server(("", 0)) as other:
        assert not is_free(other.getsockname()[1])


def test_a_port_whose_last_connection_is_still_closing_is_free() -> None:
    with socket.create_server((LOOPBACK, 0)) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection((LOOPBACK, port)) as caller:
            accepted, _ = listener.accept()
            accepted.close()
            caller.recv(1)
    assert is_free(port)
