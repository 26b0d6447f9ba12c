"""How does one request reach Freshdesk without hanging, wandering off or leaking the key?

`python-freshdesk` sends through a plain `requests.Session`: no timeout, redirects followed (a redirected PUT
silently becomes a GET), proxies and netrc taken from the environment. This session takes its place.
"""

from __future__ import annotations

import io
import ssl
import time
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.auth import AuthBase, HTTPBasicAuth
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError

from bot.freshdesk.answers import place
from bot.freshdesk.errors import TemporaryError

USER_AGENT = "semaforo/1 (+python-freshdesk)"
_CHUNK = 64 * 1024
_REDIRECTS = 2


class Key(AuthBase):
    """Keep an API key out of every repr; ValueError when it cannot be one."""

    def __init__(self, api_key: str) -> None:
        # requests encodes credentials as Latin-1, and its UnicodeEncodeError would quote the key.
        if not api_key.isascii() or not api_key.isprintable() or not api_key.strip():
            raise ValueError("the API key must be plain printable ASCII")
        self.__basic = HTTPBasicAuth(api_key.strip(), "X")

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        self.__basic(request)
        return request

    def __repr__(self) -> str:
        return "Key(***)"

    def __reduce__(self) -> str:
        raise TypeError("a key is not to be pickled")


@dataclass(frozen=True, slots=True)
class Limits:
    """Hold how long, in seconds, and how much, in bytes, one request may take."""

    connect: float = 5.0
    read: float = 20.0
    whole: float = 30.0
    body: int = 5 * 1024 * 1024


class BoundedSession(requests.Session):
    """Send within limits; raise TemporaryError when no whole answer came, whatever the status would be."""

    def __init__(self, key: Key, limits: Limits) -> None:
        super().__init__()
        self._limits = limits
        self.auth = key
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.headers.update(
            {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": USER_AGENT}
        )

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        """Send, following a redirect only for a GET and only to the same origin, and read the whole body."""
        verb, target = _as_text(method), _as_text(url)
        ends = time.monotonic() + self._limits.whole
        failure: TemporaryError
        try:
            response = self._send(verb, target, ends, *args, **kwargs)
            for _ in range(_REDIRECTS):
                onward = _onward(verb, response)
                if onward is None:
                    break
                response = self._send(verb, onward, ends)
            return response
        except TemporaryError as error:
            failure = error
        except (requests.RequestException, HTTPError, OSError) as error:
            failure = _unanswered(verb, target, error)
        # Raised out here, without context: a requests exception holds the request, and that the key.
        raise failure

    def _send(self, verb: str, url: str, ends: float, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs |= {
            "timeout": (self._limits.connect, self._limits.read),
            "allow_redirects": False,
            "stream": True,
        }
        response = super().request(verb, url, *args, **kwargs)
        try:
            body = self._body(verb, url, response, ends)
        finally:
            response.close()
        response.raw = io.BytesIO(body)
        return response

    def _body(self, verb: str, url: str, response: requests.Response, ends: float) -> bytes:
        """Read within the limits: a read timeout is for each piece, so slow drops pass it for ever."""
        body = bytearray()
        # `read1` returns what has come; `read` and `iter_content` wait for a whole chunk, each byte anew.
        while piece := response.raw.read1(_CHUNK, decode_content=True):
            body += piece
            if len(body) > self._limits.body:
                raise _cut(verb, url, "the answer is too long", response.status_code)
            if time.monotonic() > ends:
                raise _cut(verb, url, "the answer came too slowly", response.status_code)
        return bytes(body)


def _onward(verb: str, response: requests.Response) -> str | None:
    """Return where to read on; an archived ticket's redirect is an answer in itself."""
    location = response.headers.get("Location", "")
    if verb != "GET" or not response.is_redirect or "/archived/" in location:
        return None
    onward = urljoin(response.url, location)
    return onward if urlsplit(onward)[:2] == urlsplit(response.url)[:2] else None


def _cut(verb: str, url: str, what: str, status: int | None = None) -> TemporaryError:
    return TemporaryError(f"{place(verb, url)}: {what}", status=status, sure_no_effect=verb == "GET")


def _unanswered(verb: str, url: str, error: Exception) -> TemporaryError:
    never_sent = verb == "GET" or _is_before_sending(error)
    reason = f"{place(verb, url)}: no answer ({type(error).__name__})"
    return TemporaryError(reason, sure_no_effect=never_sent)


def _is_before_sending(error: Exception) -> bool:
    """Tell refused connections, unknown names and bad certificates from answers that got lost."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    if isinstance(reason, NewConnectionError):
        return True
    return isinstance(error, requests.exceptions.SSLError) and any(
        isinstance(part, ssl.SSLCertVerificationError) for part in getattr(reason, "args", ())
    )


def _as_text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
