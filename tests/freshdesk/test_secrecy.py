"""Can the API key, or a customer, be found in anything that may be logged?"""

from __future__ import annotations

import base64
import logging
import pickle
import traceback
from collections.abc import Callable

import pytest
import requests
import responses

from bot.domain.actions import SetFields
from bot.freshdesk.client import FreshdeskClient
from bot.freshdesk.errors import FreshdeskError
from bot.freshdesk.transport import Key

from .samples import API, BASE, KEY, client
from .sockets import Script, closed_port, resetting, sending, serving

SECRETS = {KEY, base64.b64encode(f"{KEY}:X".encode()).decode()}
CUSTOMER = "ana@customer.example"

CALLS: dict[str, Callable[[FreshdeskClient], object]] = {
    "GET": lambda api: api.get_ticket(4711),
    "PUT": lambda api: api.update_ticket(4711, SetFields(tags=("x",))),
    "POST": lambda api: api.reply(4711, f"<p>{CUSTOMER}</p>"),
    "list": lambda api: list(api.list_agents()),
}


def everything_told_of(error: BaseException, *, with_locals: bool) -> str:
    """Return all that a log, or an error reporter that adds local variables, would write down."""
    told = traceback.TracebackException.from_exception(error, capture_locals=with_locals)
    return "".join(told.format()) + repr(error) + repr(vars(error))


def assert_silent(error: FreshdeskError, caplog: pytest.LogCaptureFixture) -> None:
    assert error.__cause__ is None
    assert error.__context__ is None
    for secret in SECRETS:
        assert secret not in everything_told_of(error, with_locals=True)
        assert secret not in caplog.text
    for told in (everything_told_of(error, with_locals=False), caplog.text):
        assert CUSTOMER not in told


SCRIPTS: dict[str, Script] = {
    "reset": resetting,
    "not HTTP": sending(f"{KEY} {CUSTOMER}\r\n".encode()),
    "cut off": sending(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", CUSTOMER.encode()),
}


@pytest.mark.parametrize("verb", CALLS)
@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_a_lost_answer_tells_nothing(script: Script, verb: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(script) as server, pytest.raises(FreshdeskError) as caught:
        CALLS[verb](client(server.url))
    assert_silent(caught.value, caplog)


@pytest.mark.parametrize("verb", CALLS)
def test_a_refused_connection_tells_nothing(verb: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(FreshdeskError) as caught:
        CALLS[verb](client(f"http://127.0.0.1:{closed_port()}"))
    assert_silent(caught.value, caplog)


def _echo(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    """Answer as a proxy does that shows the request it could not pass on."""
    return 400, {}, f"{request.headers} {CUSTOMER}"


@pytest.mark.parametrize("status", [200, 301, 400, 401, 403, 404, 409, 429, 500, 503])
@pytest.mark.parametrize("verb", CALLS)
def test_a_refusal_tells_nothing(verb: str, status: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    body = f'{{"description":"{CUSTOMER}","message":"{CUSTOMER}","code":"x"}}' if verb == "PUT" else CUSTOMER
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        for method, path in [
            ("GET", "tickets/4711"),
            ("PUT", "tickets/4711"),
            ("POST", "tickets/4711/reply"),
            ("GET", "agents"),
        ]:
            wire.add(method, f"{API}/{path}", status=status, body=body)
        with pytest.raises(FreshdeskError) as caught:
            CALLS[verb](client())
    assert_silent(caught.value, caplog)


def test_a_proxy_that_echoes_the_request_is_not_quoted(caplog: pytest.LogCaptureFixture) -> None:
    with responses.RequestsMock() as wire:
        wire.add_callback("GET", f"{API}/tickets/4711", _echo)
        with pytest.raises(FreshdeskError) as caught:
            client().get_ticket(4711)
    assert_silent(caught.value, caplog)


def test_the_key_is_in_no_repr() -> None:
    api = client()
    parts = [api, api._library, api._library._session, api._key, api._limits, api._library._session.auth]
    for text in [repr(part) for part in parts] + [str(vars(api)), str(vars(api._library))]:
        assert not any(secret in text for secret in SECRETS)


def test_the_key_cannot_be_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Key(KEY))


@pytest.mark.parametrize("key", ["", " ", "clave-ñ", "a\nb", "a\0b"], ids=repr)
def test_what_cannot_be_a_key_is_refused_without_being_quoted(key: str) -> None:
    with pytest.raises(ValueError, match="plain printable ASCII") as caught:
        FreshdeskClient("acelera", BASE, key)
    assert "ñ" not in str(caught.value)


URLS = ["", "acme.freshdesk.com", "ftp://acme.freshdesk.com", "https://", "https://u:p@acme.freshdesk.com"]
URLS += ["https://acme.freshdesk.com/other", "https://acme.freshdesk.com?x=1", "file:///etc/passwd"]


@pytest.mark.parametrize("url", URLS, ids=repr)
def test_what_cannot_be_a_base_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="base URL"):
        FreshdeskClient("acelera", url, KEY)


@pytest.mark.parametrize("url", [BASE, f"{BASE}/", f"{BASE}/api/v2", f"{BASE}/api/v2/"])
def test_a_base_url_may_end_as_people_write_it(url: str) -> None:
    with responses.RequestsMock() as wire:
        wire.add("GET", f"{API}/agents/me", json={"id": 5})
        assert client(url).me().id == 5
