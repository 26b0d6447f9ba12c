"""How does Freshdesk say no? One exception for every refusal, and the documented shapes of its body."""

from __future__ import annotations

from collections.abc import Iterable

from bot.simulator.records import Json


class ApiError(Exception):
    """A refusal: an HTTP status and its JSON body; a body of None is sent as an empty HTML page."""

    def __init__(self, status: int, body: Json | None = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body
        self.headers = headers or {}


def problem(field: str, message: str, code: str = "invalid_value") -> Json:
    """Return one entry of a validation error."""
    return {"field": field, "message": message, "code": code}


def unknown_field(field: str) -> Json:
    """Return the entry for a field that the endpoint does not take."""
    return problem(field, "Unexpected/invalid field in request", "invalid_field")


def invalid(*problems: Json, status: int = 400) -> ApiError:
    """Return the refusal that lists validation problems."""
    return ApiError(status, {"description": "Validation failed", "errors": list(problems)})


def refuse_if(problems: Iterable[Json]) -> None:
    """Raise one refusal listing every problem, if there is any."""
    found = list(problems)
    if found:
        raise invalid(*found)


def not_found() -> ApiError:
    """Return the empty 404."""
    return ApiError(404)


UNAUTHORIZED = {"code": "invalid_credentials", "message": "You have to be logged in to perform this action."}
FORBIDDEN = {"code": "access_denied", "message": "You are not authorized to perform this action."}
