# mypy: allow-subclassing-any
# python-freshdesk ships no types.
"""How is python-freshdesk used without its faults?

The library builds and sends the requests. Its answers are not used: its models raise KeyError on sources and
priorities it does not know and TypeError on null times, its errors lose Freshdesk's codes and treat 500 as
unknown, and its lists throw away what was read when a later page fails. `_action`, which every answer passes,
keeps the JSON instead.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import requests
from freshdesk.v2.api import API

from bot.freshdesk.answers import Answer, RateHeaders, rate_headers, read
from bot.freshdesk.errors import FreshdeskError, RateLimited, TemporaryError
from bot.freshdesk.gate import Call, Gate, call_of
from bot.freshdesk.transport import BoundedSession

_JITTER = secrets.SystemRandom()
# What the library's models must find in order to be made at all.
_STAND_IN = {"created_at": "2000-01-01T00:00:00Z", "updated_at": "2000-01-01T00:00:00Z"}


@dataclass(frozen=True, slots=True)
class Repeats:
    """Say how many times in all a repeatable call is made, and within how many seconds of the first."""

    attempts: int = 3
    within: float = 5.0
    pause: Callable[[float], None] = time.sleep


class Library(API):
    """Speak to one account through python-freshdesk's request methods; for one thread at a time."""

    def __init__(
        self,
        base_url: str,
        session: BoundedSession,
        repeats: Repeats,
        on_headers: Callable[[RateHeaders], None] | None,
        gate: Gate | None = None,
    ) -> None:
        # The library insists on https and on a name holding "freshdesk.com", wherever; it gets this one,
        # and then its real address and session.
        super().__init__("account.freshdesk.com", "")
        self._api_prefix = f"{base_url}/api/v2/"
        self._session = session
        self._repeats = repeats
        self._on_headers = on_headers
        self._gate = gate
        self._heard: RateHeaders | None = None
        self._kept: list[Answer] = []
        self._stand_in: object = None

    def ask(self, method: Callable[..., object], *args: object, **kwargs: object) -> Answer:
        """Make one of the library's calls for one object; return the whole answer in place of its model."""
        return self._ask(dict(_STAND_IN), partial(method, *args, **kwargs))

    def ask_page(self, method: Callable[..., object], *args: object, **kwargs: object) -> Answer:
        """Make one of the library's calls for one page of a list; return the whole answer."""
        return self._ask([], partial(method, *args, **kwargs))

    def _ask(self, stand_in: object, call: Callable[[], object]) -> Answer:
        self._stand_in = stand_in
        self._kept.clear()
        call()
        return self._kept.pop()

    def forward(self, ticket_id: int, body: str, to_emails: list[str]) -> object:
        """Forward a ticket, which the library cannot."""
        return self._post(
            f"tickets/{ticket_id}/forward", data=json.dumps({"body": body, "to_emails": to_emails})
        )

    def _action(self, req: requests.Response) -> object:
        """Keep the answer, raise our errors, and give the library's model something it cannot fail on."""
        self._heard = rate_headers(req)
        if self._on_headers:
            self._on_headers(self._heard)
        self._kept.append(read(req))
        return self._stand_in

    def _get(self, url: str, params: dict[str, Any] | None = None) -> object:
        # The library puts the same parameters into the URL and beside it, some of them raw.
        path, _, query = url.partition("?")
        once = dict(parse_qsl(query)) | (params or {})
        call = call_of("GET", path, str(once.get("include", "")))
        return self._repeated(partial(self._gated, call, partial(super()._get, path, params=once)))

    def _put(self, url: str, data: object = "") -> object:
        send = partial(super()._put, url, data=data)
        return self._repeated(partial(self._gated, call_of("PUT", url), send))

    def _post(self, url: str, data: object = "", **kwargs: object) -> object:
        return self._gated(call_of("POST", url), partial(super()._post, url, data=data, **kwargs))

    def _delete(self, url: str) -> object:
        # The library prints the response to standard output.
        send = partial(self._session.delete, self._api_prefix + url)
        return self._gated(call_of("DELETE", url), lambda: self._action(send()))

    def _gated(self, call: Call, send: Callable[[], object]) -> object:
        """Send one request if the gate lets it through, and tell it what came of it."""
        if self._gate is None:
            return send()
        leave, self._heard = self._gate.enter(call), None
        try:
            result = send()
        except FreshdeskError as error:
            leave(self._heard, error)
            raise
        leave(self._heard, None)
        return result

    def _repeated(self, call: Callable[[], object]) -> object:
        """Make a call that may be made twice, again after a fault; never after 401, 403 or 429.

        A write left in doubt stays in doubt, whatever a later attempt is told.
        """
        started, in_doubt = time.monotonic(), False
        for attempt in range(1, self._repeats.attempts + 1):
            try:
                return call()
            except FreshdeskError as error:
                in_doubt = in_doubt or not error.sure_no_effect
                error.sure_no_effect = not in_doubt
                late = time.monotonic() - started > self._repeats.within
                if attempt == self._repeats.attempts or late or not _may_pass_soon(error):
                    raise
            self._repeats.pause(_JITTER.uniform(0.1, 0.3) * 2**attempt)
        raise ValueError("at least one attempt is needed")


def _may_pass_soon(error: FreshdeskError) -> bool:
    """Tell a fault of the moment; told to wait, we do so by a wake-up and not here."""
    return isinstance(error, TemporaryError) and not isinstance(error, RateLimited) and not error.retry_after
