"""What went wrong at Freshdesk, and may the call be made again?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """Name one refused field with Freshdesk's code; branch on these, never on `message`."""

    field: str
    code: str
    message: str = ""


class FreshdeskError(Exception):
    """Carry what Freshdesk said; `status` is None when no answer came.

    `sure_no_effect` is False when a write may have taken effect although the call failed.
    """

    def __init__(
        self,
        reason: str,
        *,
        status: int | None = None,
        code: str | None = None,
        fields: tuple[FieldError, ...] = (),
        retry_after: float | None = None,
        request_id: str | None = None,
        sure_no_effect: bool = True,
    ) -> None:
        super().__init__(reason)
        self.status = status
        self.code = code
        self.fields = fields
        self.retry_after = retry_after
        self.request_id = request_id
        self.sure_no_effect = sure_no_effect

    def names(self, *fields: str) -> bool:
        """Tell whether Freshdesk refused any of these fields."""
        return any(error.field in fields for error in self.fields)


class TemporaryError(FreshdeskError):
    """The same call may succeed later: no answer, cut answer, 5xx."""


class RateLimited(TemporaryError):
    """429: surely no effect; `retry_after` in seconds when Freshdesk said so."""


class Held(RateLimited):
    """Our own budget or breaker let no request through; `retry_after` says when one may be.

    Also stands in the place of a failure that opened the breaker, and then keeps its `sure_no_effect`.
    """


class PermanentError(FreshdeskError):
    """The same call will fail again: 400, 403, 405, 409, 415."""


class NotFound(PermanentError):
    """404, or an archived ticket: nothing to act on here."""


class Unauthorized(PermanentError):
    """401: the key is wrong or dead; trying on can lock the agent out."""
