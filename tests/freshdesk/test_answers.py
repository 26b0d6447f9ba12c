"""Does every status with every body mean the right thing, and is it tried as often as it may be?"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator

import pytest
import responses

from bot.domain.actions import SetFields
from bot.freshdesk.answers import RateHeaders
from bot.freshdesk.client import FreshdeskClient
from bot.freshdesk.errors import (
    FieldError,
    FreshdeskError,
    NotFound,
    PermanentError,
    RateLimited,
    TemporaryError,
    Unauthorized,
)

from .samples import API, NEVER, client, ticket

CALLS: dict[str, tuple[str, str, Callable[[FreshdeskClient], object]]] = {
    "GET": ("GET", f"{API}/tickets/4711", lambda api: api.get_ticket(4711)),
    "PUT": ("PUT", f"{API}/tickets/4711", lambda api: api.update_ticket(4711, SetFields(priority=4))),
    "POST": ("POST", f"{API}/tickets/4711/notes", lambda api: api.add_note(4711, "<p>x</p>")),
}
REFUSED = (
    FieldError("due_by", "incompatible_field", "el estado no corre"),
    FieldError("status", "datatype_mismatch", "no es un entero"),
)
VALIDATION = {
    "description": "Validation failed",
    "errors": [{"field": e.field, "message": e.message, "code": e.code} for e in REFUSED],
}
NO_FIELDS: tuple[FieldError, ...] = ()
# name: (body, code, fields, is it JSON that is merely of another shape)
BODIES: dict[str, tuple[bytes, str | None, tuple[FieldError, ...], bool]] = {
    "validation": (json.dumps(VALIDATION).encode(), None, REFUSED, True),
    "code and message": (b'{"code":"access_denied","message":"no"}', "access_denied", NO_FIELDS, True),
    "message only": (b'{"message":"no"}', None, NO_FIELDS, True),
    "empty": (b"", None, NO_FIELDS, False),
    "html": (b"<html><body>Bad gateway</body></html>", None, NO_FIELDS, False),
    "cut off": (b'{"code":"acc', None, NO_FIELDS, False),
    "null": (b"null", None, NO_FIELDS, False),
    "list": (b'["no", 1, null]', None, NO_FIELDS, True),
    "errors not a list": (b'{"errors":"no","code":7}', None, NO_FIELDS, True),
    "errors of odd kinds": (
        b'{"errors":["no",null,{"field":1,"code":null}]}',
        None,
        (FieldError("", ""),),
        True,
    ),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\xff", None, NO_FIELDS, False),
    "nested without end": (b"[" * 50_000, None, NO_FIELDS, False),
    "number too long": (b'{"id": ' + b"9" * 5000 + b"}", None, NO_FIELDS, False),
}
# status: (meaning, is a write surely without effect, is a fault of the moment)
STATUSES: dict[int, tuple[type[FreshdeskError], bool, bool]] = {
    200: (TemporaryError, False, True),
    201: (TemporaryError, False, True),
    202: (TemporaryError, False, True),
    204: (TemporaryError, False, True),
    301: (NotFound, True, False),
    302: (PermanentError, False, False),
    304: (PermanentError, True, False),
    307: (PermanentError, True, False),
    400: (PermanentError, True, False),
    401: (Unauthorized, True, False),
    403: (PermanentError, True, False),
    404: (NotFound, True, False),
    405: (PermanentError, True, False),
    406: (PermanentError, True, False),
    408: (TemporaryError, False, True),
    409: (PermanentError, True, False),
    410: (NotFound, True, False),
    415: (PermanentError, True, False),
    418: (PermanentError, True, False),
    422: (PermanentError, True, False),
    429: (RateLimited, True, False),
    500: (TemporaryError, False, True),
    501: (TemporaryError, False, True),
    502: (TemporaryError, False, True),
    503: (TemporaryError, False, True),
    504: (TemporaryError, False, True),
    599: (TemporaryError, False, True),
}


@pytest.fixture(autouse=True)
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def _cases() -> Iterator[tuple[str, int, str]]:
    """Pair every status with every body; 204 and 304 have none on the wire."""
    for verb, status in itertools.product(CALLS, STATUSES):
        for shape in ["empty"] if status in (204, 304) else BODIES:
            yield verb, status, shape


@pytest.mark.parametrize(("verb", "status", "shape"), list(_cases()))
def test_meaning_of_an_answer(wire: responses.RequestsMock, verb: str, status: int, shape: str) -> None:
    method, url, call = CALLS[verb]
    body, code, fields, other_shape = BODIES[shape]
    meaning, sure_of_writes, passing = STATUSES[status]
    wire.add(method, url, body=body, status=status, headers={"X-Request-Id": "r-1"})

    with pytest.raises(FreshdeskError) as caught:
        call(client())

    error = caught.value
    assert type(error) is meaning
    assert error.sure_no_effect == (verb == "GET" or sure_of_writes)
    assert (error.status, error.request_id, error.retry_after) == (status, "r-1", None)
    assert (error.code, error.fields) == ((None, ()) if status < 300 else (code, fields))
    repeatable = verb != "POST" and passing and not (status < 300 and other_shape)
    assert len(wire.calls) == (3 if repeatable else 1)


@pytest.mark.parametrize("verb", CALLS)
def test_repeating_can_be_switched_off(wire: responses.RequestsMock, verb: str) -> None:
    method, url, call = CALLS[verb]
    wire.add(method, url, status=500)
    with pytest.raises(TemporaryError):
        call(client(repeats=NEVER))
    assert len(wire.calls) == 1


def test_a_passing_fault_of_a_read_is_not_seen(wire: responses.RequestsMock) -> None:
    for status in (502, 500):
        wire.add("GET", f"{API}/tickets/4711", status=status)
    wire.add("GET", f"{API}/tickets/4711", json=ticket())
    assert client().get_ticket(4711).key.ticket_id == 4711


def test_a_write_in_doubt_stays_in_doubt(wire: responses.RequestsMock) -> None:
    wire.add("PUT", f"{API}/tickets/4711", status=502)
    wire.add("PUT", f"{API}/tickets/4711", status=429)
    with pytest.raises(RateLimited) as caught:
        client().update_ticket(4711, SetFields(priority=4))
    assert caught.value.sure_no_effect is False


RETRY_AFTER = {
    "seconds": ({"Retry-After": "37"}, 37.0),
    "hourly account": ({"Retry-After": "1521"}, 1521.0),
    "fraction": ({"Retry-After": " 1.5 "}, 1.5),
    "date": (
        {"Retry-After": "Wed, 04 Mar 2026 10:00:30 GMT", "Date": "Wed, 04 Mar 2026 10:00:00 GMT"},
        30.0,
    ),
    "date in the past": (
        {"Retry-After": "Wed, 04 Mar 2026 09:00:30 GMT", "Date": "Wed, 04 Mar 2026 10:00:00 GMT"},
        0.0,
    ),
    "missing": ({}, None),
    "date without a clock": ({"Retry-After": "Wed, 04 Mar 2026 10:00:30 GMT"}, None),
    "words": ({"Retry-After": "soon"}, None),
    "negative": ({"Retry-After": "-5"}, None),
    "not a number": ({"Retry-After": "nan"}, None),
    "endless": ({"Retry-After": "1e999"}, None),
}


@pytest.mark.parametrize(("headers", "seconds"), RETRY_AFTER.values(), ids=RETRY_AFTER.keys())
def test_reads_how_long_to_wait(
    wire: responses.RequestsMock, headers: dict[str, str], seconds: float | None
) -> None:
    wire.add("POST", f"{API}/tickets/4711/reply", body="slow down", status=429, headers=headers)
    with pytest.raises(RateLimited) as caught:
        client().reply(4711, "<p>x</p>")
    assert caught.value.retry_after == seconds


def test_told_to_wait_a_read_is_not_repeated(wire: responses.RequestsMock) -> None:
    wire.add("GET", f"{API}/tickets/4711", status=503, headers={"Retry-After": "20"})
    with pytest.raises(TemporaryError) as caught:
        client().get_ticket(4711)
    assert (caught.value.retry_after, len(wire.calls)) == (20.0, 1)


REDIRECTS = {
    "archived": (301, f"{API}/tickets/archived/4711", NotFound, NotFound),
    "archived, relative": (302, "/api/v2/tickets/archived/4711", NotFound, NotFound),
    "another host": (301, "https://evil.example/api/v2/tickets/4711", PermanentError, PermanentError),
    "another scheme": (301, "http://acme.freshdesk.com/api/v2/tickets/1", PermanentError, PermanentError),
    "another port": (301, "https://acme.freshdesk.com:8443/api/v2/x", PermanentError, PermanentError),
    "same host": (301, f"{API}/tickets/moved", None, PermanentError),
    "same host, temporarily": (307, "/api/v2/tickets/moved", None, PermanentError),
    "in circles": (302, f"{API}/tickets/4711", PermanentError, PermanentError),
}


@pytest.mark.parametrize(
    ("status", "location", "reading", "writing"), REDIRECTS.values(), ids=REDIRECTS.keys()
)
def test_follows_a_redirect_only_to_read_and_only_at_home(
    wire: responses.RequestsMock,
    status: int,
    location: str,
    reading: type[FreshdeskError] | None,
    writing: type[FreshdeskError],
) -> None:
    for verb in ("GET", "PUT"):
        wire.add(verb, f"{API}/tickets/4711", status=status, headers={"Location": location})
    for verb in ("GET", "PUT"):
        wire.add(verb, f"{API}/tickets/moved", json=ticket())

    if reading is None:
        assert client().get_ticket(4711).key.ticket_id == 4711
    else:
        with pytest.raises(reading) as caught:
            client().get_ticket(4711)
        assert type(caught.value) is reading
    with pytest.raises(writing) as refused:
        client().update_ticket(4711, SetFields(priority=4))
    assert type(refused.value) is writing
    hosts = {str(call.request.url).partition("/api/")[0] for call in wire.calls}
    assert hosts == {"https://acme.freshdesk.com"}
    assert sum(call.request.method == "PUT" for call in wire.calls) == 1


LIMIT_HEADERS = {
    "counts": (
        {
            "X-RateLimit-Total": "700",
            "X-RateLimit-Remaining": "699",
            "X-RateLimit-Used-CurrentRequest": "1",
        },
        (700.0, 699.0, 1.0),
    ),
    "decimals": ({"X-RateLimit-Total": "100.0", "X-RateLimit-Remaining": "0.0"}, (100.0, 0.0, None)),
    "none": ({}, (None, None, None)),
    "odd": ({"X-RateLimit-Total": "many", "X-RateLimit-Remaining": "-1"}, (None, None, None)),
}


@pytest.mark.parametrize(("headers", "amounts"), LIMIT_HEADERS.values(), ids=LIMIT_HEADERS.keys())
def test_tells_of_the_limit(
    wire: responses.RequestsMock,
    headers: dict[str, str],
    amounts: tuple[float | None, float | None, float | None],
) -> None:
    told: list[RateHeaders] = []
    wire.add("GET", f"{API}/tickets/4711", json=ticket(), headers=headers)
    client(on_headers=told.append).get_ticket(4711)
    assert told == [RateHeaders(*amounts, None, "other")]


def test_tells_of_the_limit_on_every_answer(wire: responses.RequestsMock) -> None:
    told: list[RateHeaders] = []
    api = client(on_headers=told.append)
    wire.add("PUT", f"{API}/tickets/4711", status=500, headers={"X-RateLimit-Remaining": "9"})
    wire.add("PUT", f"{API}/tickets/4711", status=429, headers={"Retry-After": "3"})
    with pytest.raises(RateLimited):
        api.update_ticket(4711, SetFields(priority=4))
    assert told == [
        RateHeaders(None, 9.0, None, None, "ticket_update"),
        RateHeaders(None, None, None, 3.0, "ticket_update"),
    ]


@pytest.mark.parametrize("verb", ["GET", "PUT"])
def test_another_ticket_is_not_taken_for_the_one_asked_for(wire: responses.RequestsMock, verb: str) -> None:
    method, url, call = CALLS[verb]
    wire.add(method, url, json=ticket(id=4712))
    with pytest.raises(TemporaryError):
        call(client())
