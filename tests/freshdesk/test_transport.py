"""Is a lost, late or endless answer told from a request that never left?"""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Callable
from typing import Any, NoReturn

import pytest
import requests

from bot.domain.actions import SetFields
from bot.freshdesk.client import FreshdeskClient
from bot.freshdesk.errors import TemporaryError
from bot.freshdesk.transport import USER_AGENT

from .samples import KEY, client, ticket
from .sockets import Script, closed_port, dripping, resetting, sending, serving, silent

CALLS: dict[str, Callable[[FreshdeskClient], object]] = {
    "GET": lambda api: api.get_ticket(4711),
    "PUT": lambda api: api.update_ticket(4711, SetFields(priority=4)),
    "POST": lambda api: api.reply(4711, "<p>x</p>"),
}
QUICK: dict[str, Any] = {"read_timeout": 0.3, "deadline": 0.6}
OK = b"HTTP/1.1 200 OK\r\n"
WHOLE = json.dumps(ticket()).encode()
TOO_LONG = WHOLE.ljust(6_000_000)  # sound, but for its length
BOMB = gzip.compress(TOO_LONG)
LOST: dict[str, Script] = {
    "no answer": silent,
    "reset": resetting,
    "closed": sending(),
    "closed within the head": sending(OK + b"Content-Le"),
    "not HTTP": sending(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "body cut off": sending(OK + b"Content-Length: 500\r\n\r\n", b'{"id":4711,'),
    "chunks cut off": sending(OK + b'Transfer-Encoding: chunked\r\n\r\n5\r\n{"id', b""),
    "chunks of nonsense": sending(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
    "bad gzip": sending(OK + b"Content-Encoding: gzip\r\nContent-Length: 4\r\nConnection: close\r\n\r\nabcd"),
    "too long": sending(OK + b"Content-Length: 6000000\r\n\r\n", TOO_LONG),
    "too long once unpacked": sending(
        OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB), BOMB
    ),
    "byte by byte": dripping,
}


@pytest.mark.parametrize("verb", CALLS)
@pytest.mark.parametrize("script", LOST.values(), ids=LOST.keys())
def test_a_lost_answer_leaves_a_write_in_doubt(script: Script, verb: str) -> None:
    with serving(script) as server, pytest.raises(TemporaryError) as caught:
        CALLS[verb](client(server.url, **QUICK))
    assert type(caught.value) is TemporaryError
    assert caught.value.sure_no_effect == (verb == "GET")
    assert len(server.asked) == (1 if verb == "POST" else 3)


def _refuse(*_: object, **__: object) -> NoReturn:
    raise socket.gaierror(-2, "Name or service not known")


def _time_out(*_: object, **__: object) -> NoReturn:
    raise TimeoutError("timed out")


@pytest.mark.parametrize("verb", CALLS)
def test_a_refused_connection_is_surely_without_effect(verb: str) -> None:
    with pytest.raises(TemporaryError) as caught:
        CALLS[verb](client(f"http://127.0.0.1:{closed_port()}"))
    assert caught.value.sure_no_effect
    assert caught.value.status is None


@pytest.mark.parametrize("failing", [_refuse, _time_out], ids=["unknown name", "connect timeout"])
@pytest.mark.parametrize("verb", CALLS)
def test_what_fails_before_sending_is_surely_without_effect(
    monkeypatch: pytest.MonkeyPatch, verb: str, failing: Callable[..., NoReturn]
) -> None:
    patched = "urllib3.util.connection.socket.getaddrinfo" if failing is _refuse else "socket.socket.connect"
    monkeypatch.setattr(patched, failing)
    with pytest.raises(TemporaryError) as caught:
        CALLS[verb](client("http://192.0.2.1"))
    assert caught.value.sure_no_effect


def _reply(body: bytes, *headers: bytes) -> Script:
    head = b"\r\n".join(
        [b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), b"Connection: close", *headers]
    )
    return sending(head + b"\r\n\r\n" + body)


CHUNKS = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (WHOLE[:7], WHOLE[7:])) + b"0\r\n\r\n"
SOUND: dict[str, Script] = {
    "plain": _reply(WHOLE),
    "compressed": _reply(gzip.compress(WHOLE), b"Content-Encoding: gzip"),
    "in chunks": sending(OK + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKS),
    "up to the end of the connection": sending(OK + b"\r\n" + WHOLE),
    "with a mark at the start": _reply(b"\xef\xbb\xbf" + WHOLE),
    "wrong content type": _reply(WHOLE, b"Content-Type: text/html"),
}


@pytest.mark.parametrize("script", SOUND.values(), ids=SOUND.keys())
def test_a_whole_answer_is_read(script: Script) -> None:
    with serving(script) as server:
        assert client(server.url, **QUICK).get_ticket(4711).subject == "No ingresa nadie"


def test_environment_proxies_and_passwords_are_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    seen: list[requests.PreparedRequest] = []
    original = requests.adapters.HTTPAdapter.send

    def spy(self: Any, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        seen.append(request)
        assert kwargs["verify"] is True
        assert not kwargs["proxies"]
        return original(self, request, **kwargs)

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", spy)
    with serving(_reply(WHOLE)) as server:
        client(server.url).get_ticket(4711)
    headers = seen[0].headers
    assert headers["Authorization"] == requests.auth._basic_auth_str(KEY, "X")
    assert (headers["User-Agent"], headers["Accept"]) == (USER_AGENT, "application/json")


def test_cookies_are_not_kept() -> None:
    with serving(_reply(WHOLE, b"Set-Cookie: _helpkit_session=x; path=/")) as server:
        api = client(server.url)
        api.get_ticket(4711)
        assert not api._library._session.cookies


def test_asking_once_is_one_request_with_each_parameter_once() -> None:
    with serving(_reply(WHOLE)) as server:
        client(server.url).get_ticket(4711)
    assert server.asked == ["GET /api/v2/tickets/4711?include=conversations%2Crequester%2Cstats HTTP/1.1"]


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    with serving(sending(b"HTTP/1.1 204 No Content\r\n\r\n")) as server, pytest.raises(TemporaryError):
        client(server.url)._library._delete("tickets/4711")
    assert capfd.readouterr() == ("", "")
    assert server.asked == ["DELETE /api/v2/tickets/4711 HTTP/1.1"]


def test_a_forked_process_opens_connections_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    api = client()
    before = api._library
    assert api._library is before
    monkeypatch.setattr("os.getpid", lambda: -1)
    assert api._library is not before
