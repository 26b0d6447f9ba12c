"""What does the client see when the network or Freshdesk misbehaves? A WSGI layer around the app."""

from __future__ import annotations

import contextlib
import io
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from werkzeug.wrappers import Response

from bot.simulator.endpoints import Endpoint, endpoint_of
from bot.simulator.errors import FORBIDDEN, UNAUTHORIZED
from bot.simulator.exchange import answer
from bot.simulator.faults import Kind
from bot.simulator.gate import API
from bot.simulator.schedule import Schedule
from bot.simulator.state import RequestRecord, State

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]

GATEWAY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
AFTER: set[Kind] = {
    "error_500_after_write",
    "drop_after_write",
    "truncated_body",
    "slow_drip",
    "wrong_content_type",
}
DRIPS = 20


class ConnectionCutError(ConnectionError):
    """The connection is to end without another byte."""


class Network:
    """Counts each API request, draws its fate and lets it through to the app, or not."""

    def __init__(self, app: Wsgi, state: State, schedule: Schedule) -> None:
        self._app, self._state, self._schedule = app, state, schedule
        self.closing = threading.Event()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one WSGI request."""
        path = str(environ["PATH_INFO"])
        if not path.startswith(API):
            return self._through(environ)(environ, start_response)
        try:
            return self._api(environ, path)(environ, start_response)
        except ConnectionCutError:
            _cut(environ)
            raise

    def _api(self, environ: Environ, path: str) -> Wsgi:
        endpoint = endpoint_of(environ["REQUEST_METHOD"], path.removeprefix(API))
        with self._state.lock:
            record = RequestRecord(self._state.now(), environ["REQUEST_METHOD"], path, endpoint)
            self._state.requests.append(record)
            fate = self._state.dice.fate(endpoint)
        self.closing.wait(fate.latency_seconds)
        self._stay_down(endpoint)
        early = _maintenance() if self._down(endpoint) == "503" else self._early(fate.kind, environ)
        response = early or self._through(environ)
        record.status, record.agent_id = response.status_code, environ.get("simulator.agent_id")
        record.cost = int(response.headers.get("X-RateLimit-Used-CurrentRequest", 1))
        return response if early else self._late(fate.kind, response, environ)

    def _through(self, environ: Environ) -> Response:
        with self._state.lock:
            return Response.from_app(self._app, environ, buffered=True)

    def _stay_down(self, endpoint: Endpoint) -> None:
        hung = False
        while self._down(endpoint) == "hang" and not self.closing.is_set():
            hung = True
            self.closing.wait(0.02)
        if hung:
            raise ConnectionCutError

    def _down(self, endpoint: Endpoint) -> str:
        faults = self._state.faults
        return faults.down if endpoint.belongs_to(faults.only) else "no"

    def _early(self, kind: Kind | None, environ: Environ) -> Response | None:
        """Return the answer of a request that never reaches the app."""
        match kind:
            case "unauthorized":
                return answer(UNAUTHORIZED, 401)
            case "forbidden":
                return answer(FORBIDDEN, 403)
            case "error_500":
                return answer({"message": "Something went wrong"}, 500)
            case "html_502":
                return Response(GATEWAY_PAGE, 502, content_type="text/html")
            case "drop_read" | "drop_before_write":
                raise ConnectionCutError
            case "late_effect":
                self._write_later(environ)
                raise ConnectionCutError
        return None

    def _write_later(self, environ: Environ) -> None:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        copy = {**environ, "wsgi.input": io.BytesIO(body)}
        self._schedule.after(self._state.faults.late_effect.seconds, lambda: self._effect_only(copy))

    def _effect_only(self, environ: Environ) -> None:
        self._through(environ)

    def _late(self, kind: Kind | None, response: Response, environ: Environ) -> Wsgi:
        """Return the answer of a request whose effect has happened, spoiled as its fate wants."""
        match kind:
            case "error_500_after_write":
                return answer({"message": "Something went wrong"}, 500)
            case "drop_after_write":
                raise ConnectionCutError
            case "wrong_content_type":
                response.headers["Content-Type"] = "text/html"
            case "truncated_body":
                response.response = _half(response.get_data(), environ)
            case "slow_drip":
                response.response = self._drip(response.get_data())
        return response

    def _drip(self, data: bytes) -> Iterator[bytes]:
        size = max(1, -(-len(data) // DRIPS))
        pause = self._state.faults.slow_drip_seconds / DRIPS
        for start in range(0, len(data), size):
            yield data[start : start + size]
            self.closing.wait(pause)


def _maintenance() -> Response:
    return Response("<html><body>Service Unavailable</body></html>", 503, content_type="text/html")


def _half(data: bytes, environ: Environ) -> Iterator[bytes]:
    yield data[: len(data) // 2]
    _cut(environ)
    raise ConnectionCutError


def _cut(environ: Environ) -> None:
    connection: socket.socket | None = environ.get("werkzeug.socket")
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
