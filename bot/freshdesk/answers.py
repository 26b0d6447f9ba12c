"""What does an answer of Freshdesk mean: content, or which error?"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from urllib.parse import urlsplit

from bot.freshdesk.codec import Raw, UnreadableError
from bot.freshdesk.errors import (
    FieldError,
    FreshdeskError,
    NotFound,
    PermanentError,
    RateLimited,
    TemporaryError,
    Unauthorized,
)

if TYPE_CHECKING:  # 9 MB that a process which only asks the gate does without
    import requests
    from requests.structures import CaseInsensitiveDict

T = TypeVar("T")
Endpoint = Literal["ticket_list", "ticket_update", "ticket_create", "contact_list", "other"]


@dataclass(frozen=True, slots=True)
class RateHeaders:
    """Hold what one answer told of the account's limit; None where it told nothing. Seconds and calls."""

    total: float | None
    remaining: float | None
    used: float | None
    retry_after: float | None
    endpoint: Endpoint


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold a readable 2xx answer."""

    where: str
    writes: bool
    status: int
    body: dict[str, Any] | list[Any]
    has_next: bool
    request_id: str | None
    date: datetime | None = None

    def read(self, reader: Callable[[Raw], T]) -> T:
        """Read the one object of this answer; TemporaryError when it is not there or not readable."""
        if isinstance(self.body, dict):
            try:
                return reader(self.body)
            except UnreadableError as error:
                missing = str(error)
        else:
            missing = "object"
        raise self.unreadable(missing)

    def read_rows(self, reader: Callable[[Raw], T]) -> list[T]:
        """Read the rows of this answer; TemporaryError when it is not a list of readable objects."""
        if isinstance(self.body, list) and all(isinstance(row, dict) for row in self.body):
            try:
                return [reader(row) for row in self.body]
            except UnreadableError as error:
                missing = str(error)
        else:
            missing = "list"
        raise self.unreadable(missing)

    def unreadable(self, what: str) -> TemporaryError:
        """Return the error for a 2xx that cannot be read; what was written may well stand."""
        return TemporaryError(
            f"{self.where}: {self.status} without a readable {what}",
            status=self.status,
            request_id=self.request_id,
            sure_no_effect=not self.writes,
        )


def read(response: requests.Response) -> Answer:
    """Return a 2xx answer with JSON in it; raise what any other one means."""
    body = _json(response.content)
    if not 200 <= response.status_code < 300:
        raise _error(response, body)
    answer = Answer(
        where=_where(response),
        writes=response.request.method != "GET",
        status=response.status_code,
        body=body if isinstance(body, dict | list) else {},
        has_next="next" in response.links,
        request_id=_header(response, "X-Request-Id"),
        date=_date(response),
    )
    if not isinstance(body, dict | list):  # empty, HTML of a proxy, cut off, or the JSON word null
        raise answer.unreadable("body")
    return answer


def rate_headers(response: requests.Response) -> RateHeaders:
    """Read the limit's headers; some accounts send `100.0` for a count."""
    path, verb = urlsplit(response.url).path.rstrip("/"), str(response.request.method)
    return RateHeaders(
        total=_amount(response, "X-RateLimit-Total"),
        remaining=_amount(response, "X-RateLimit-Remaining"),
        used=_amount(response, "X-RateLimit-Used-CurrentRequest"),
        retry_after=_retry_after(response),
        endpoint=endpoint_of(verb, path.rpartition("/api/v2/")[2]),
    )


def endpoint_of(verb: str, path: str) -> Endpoint:
    """Name the sub-limit a call falls under."""
    resource, *rest = path.split("/")
    if resource == "tickets" and not rest:
        return "ticket_create" if verb == "POST" else "ticket_list"
    if resource == "tickets" and len(rest) == 1 and verb == "PUT":
        return "ticket_update"
    return "contact_list" if (resource, rest, verb) == ("contacts", [], "GET") else "other"


def place(verb: str, url: str) -> str:
    """Name a request for people: no host, no query, nothing of a customer."""
    return f"{verb} {urlsplit(url).path.removeprefix('/api/v2/')}"


def _error(response: requests.Response, body: object) -> FreshdeskError:
    said = body if isinstance(body, Mapping) else {}
    code, refused, status = _word(said.get("code")), _field_errors(said), response.status_code
    details = [part for part in (code, *(f"{error.field}={error.code}" for error in refused)) if part]
    return _kind(response)(
        " ".join([f"{_where(response)}: {status}", *details]),
        status=status,
        code=code or None,
        fields=refused,
        retry_after=_retry_after(response),
        request_id=_header(response, "X-Request-Id"),
        sure_no_effect=response.request.method == "GET" or not _may_have_acted(status),
    )


def _kind(response: requests.Response) -> type[FreshdeskError]:
    status = response.status_code
    if status in (301, 302, 303, 307, 308):
        location = response.headers.get("Location", "")
        # An archived ticket has moved to /tickets/archived/{id}, where nothing can be written any more.
        archived = "/archived/" in location or (status == 301 and not location)
        return NotFound if archived else PermanentError
    if status >= 500 or status == 408:
        return TemporaryError
    special: dict[int, type[FreshdeskError]] = {
        401: Unauthorized,
        404: NotFound,
        410: NotFound,
        429: RateLimited,
    }
    return special.get(status, PermanentError)


def _may_have_acted(status: int) -> bool:
    """Tell after which answers a write may stand: 302 and 303 may follow a whole one, 5xx a half one."""
    return status in (302, 303, 408) or status >= 500


def _field_errors(said: Mapping[str, Any]) -> tuple[FieldError, ...]:
    errors = said.get("errors")
    rows = [row for row in errors if isinstance(row, Mapping)] if isinstance(errors, list) else []
    return tuple(
        FieldError(_word(row.get("field")), _word(row.get("code")), str(row.get("message") or "")[:300])
        for row in rows
    )


def _word(value: object) -> str:
    return value[:80] if isinstance(value, str) else ""


def _json(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _where(response: requests.Response) -> str:
    return place(str(response.request.method), response.url)


def _header(response: requests.Response, name: str) -> str | None:
    headers: CaseInsensitiveDict[str] = response.headers
    return headers.get(name)


def _amount(response: requests.Response, name: str) -> float | None:
    try:
        amount = float(_header(response, name) or "")
    except ValueError:
        return None
    return amount if math.isfinite(amount) and amount >= 0 else None


def _date(response: requests.Response) -> datetime | None:
    """Return the moment of the answer by Freshdesk's own clock, in whole seconds."""
    try:
        told = parsedate_to_datetime(response.headers["Date"])
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)


def _retry_after(response: requests.Response) -> float | None:
    """Return seconds, also from the date form, which a proxy may send, by the answer's own clock."""
    seconds = _amount(response, "Retry-After")
    if seconds is not None:
        return seconds
    try:
        then, now = (parsedate_to_datetime(response.headers[name]) for name in ("Retry-After", "Date"))
        return max(0.0, (then - now).total_seconds())
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
