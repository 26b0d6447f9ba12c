"""How is the cookie of an ops session signed, and where does it go?"""

from __future__ import annotations

import hmac

from flask import Flask, Request, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from redis.exceptions import RedisError

from bot.store.access import IDLE_LIMIT, Access

PAGES = "/ops"
API = "/ops/api/"


class OpsSessions(SecureCookieSessionInterface):
    """Sign with one key for all workers, under /ops only: a delivery must not cost a question to Redis.

    The password is mixed into the key, so that changing it ends every session.
    """

    def __init__(self, access: Access, secret_key: str | None, password: str | None) -> None:
        self._access = access
        self._secret_key = secret_key
        self._password = password or ""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Open the session of an ops page; None, a session that cannot be written, elsewhere."""
        if not f"{request.path}/".startswith(f"{PAGES}/"):
            return None
        try:
            app.secret_key = self._key()
        except RedisError as error:
            # Flask opens sessions where no error handler answers; the first hook raises it again.
            g.session_error = error
            return None
        return super().open_session(app, request)

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002
        """Keep the cookie to https where https is spoken; `make run` speaks http on loopback."""
        return request.is_secure

    def _key(self) -> bytes:
        base = (
            self._secret_key.encode("utf-8", "surrogateescape")
            if self._secret_key
            else self._access.signing_key()
        )
        purpose = f"ops session:{self._password}".encode("utf-8", "surrogateescape")
        return hmac.digest(base, purpose, "sha256")


def raise_session_error() -> None:
    """Say now, where it can be answered, that the session could not be opened."""
    if "session_error" in g:
        raise g.session_error


COOKIE = {
    "SESSION_COOKIE_NAME": "semaforo_ops",
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Strict",
    "SESSION_COOKIE_PATH": PAGES,
    "PERMANENT_SESSION_LIFETIME": IDLE_LIMIT,
}
