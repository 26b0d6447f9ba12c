"""May this visitor see the ops pages?

With OPS_USERS_FILE: by name and password. With OPS_PASSWORD alone: by that one password. With neither: only
from this machine, by a link that works once.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Blueprint, abort, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from redis.exceptions import RedisError
from werkzeug.exceptions import TooManyRequests, Unauthorized

from bot.settings import Settings
from bot.settings.ops_users import fits
from bot.store.access import Access
from bot.telemetry import log
from bot.web.credentials import bearer, is_accepted

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")
Guard = Callable[[], ResponseReturnValue | None]
OWN_PAGES = {"same-origin", "none"}


class Login:
    """Let people in, keep others out, and slow down whoever guesses."""

    def __init__(self, access: Access, settings: Settings) -> None:
        self._access = access
        self._password = settings.ops_password
        self._users = settings.ops_users
        self._port = settings.port

    @property
    def _by_password(self) -> bool:
        return self._password is not None or bool(self._users)

    def blueprint(self) -> Blueprint:
        """Return the routes that anybody may call."""
        routes = Blueprint("login", __name__)
        routes.add_url_rule("/ops/entrar", view_func=self.entrance)
        routes.add_url_rule("/ops/entrar", view_func=self.enter, methods=["POST"])
        routes.add_url_rule("/ops/salir", view_func=self.leave, methods=["POST"])
        routes.before_request(self._check_origin)
        return routes

    def guard(self) -> ResponseReturnValue | None:
        """Let a page through to those who are in; show the others the entrance."""
        self._check_origin()
        if self._is_in():
            return None
        return redirect(url_for("login.entrance", sigue=request.path), 303)

    def guard_api(self) -> ResponseReturnValue | None:
        """Let the API through to those who are in or who bring the password as a bearer token."""
        self._check_origin()
        token = bearer(request.headers)
        if token and self._password is not None:
            self._check_password(token)
            g.by_bearer = True
        elif not self._is_in():
            raise Unauthorized("log in or send Authorization: Bearer")
        return None

    def entrance(self) -> ResponseReturnValue:
        """Show the form, or spend a one-time link."""
        if self._is_in():
            return redirect(_next_page(), 303)
        token = request.args.get("token", "")
        if not self._by_password and token and self._access.use_link(token):
            return self._welcome()
        self.announce_link()
        return self._form(spent=bool(token))

    def enter(self) -> ResponseReturnValue:
        """Take the password, and the name where people have one."""
        if not self._by_password:
            abort(404)
        name, given = request.form.get("nombre", "").strip(), request.form.get("clave", "")
        try:
            if self._users:
                self._slowed(lambda: fits(self._users, name, given))
            else:
                self._check_password(given.encode("utf-8", "replace"))
        except Unauthorized:
            return self._form(wrong=True, name=name), 401
        return self._welcome(name if self._users else "")

    def leave(self) -> ResponseReturnValue:
        """End the session everywhere."""
        self._access.close_session(session.get("token", ""))
        session.clear()
        return redirect(url_for("login.entrance"), 303)

    def announce_link(self) -> None:
        """Print a one-time link where the service was started: whoever reads it owns the machine."""
        if self._by_password:
            return
        try:
            token = self._access.offer_link()
        except RedisError:
            return
        if token is not None:
            log.warning(f"ops pages, once: {link(self._port, token)}")

    def _is_in(self) -> bool:
        token = session.get("token")
        return isinstance(token, str) and self._still_known() and self._access.is_open(token)

    def _still_known(self) -> bool:
        """Tell whether the session's person may still enter, by the same password as then."""
        digest = self._users.get(str(session.get("user", "")))
        return not self._users or (digest is not None and session.get("proof") == _proof(digest))

    def _check_origin(self) -> None:
        if not self._by_password and not _is_local():
            abort(403)
        if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "none") not in OWN_PAGES:
            abort(403)

    def _check_password(self, given: bytes) -> None:
        self._slowed(lambda: is_accepted([given], [self._password or ""]))

    def _slowed(self, is_right: Callable[[], bool]) -> None:
        """Check what somebody brings, and make his address wait when it is wrong."""
        address = _neighbourhood(request.remote_addr or "")
        seconds = self._access.delay(address)
        if seconds:
            raise TooManyRequests(retry_after=seconds)
        if not is_right():
            self._access.count_failure(address)
            log.warning("wrong ops password")
            raise Unauthorized("wrong password")
        self._access.clear_failures(address)

    def _form(self, **said: object) -> str:
        how = {"by_password": self._by_password, "by_name": bool(self._users)}
        return render_template("login.html", **how, **said)

    def _welcome(self, name: str = "") -> ResponseReturnValue:
        session.clear()
        session.permanent = True
        if name:
            session["user"], session["proof"] = name, _proof(self._users[name])
        session["token"] = self._access.open_session()
        return redirect(_next_page(), 303)


def _proof(digest: str) -> str:
    """Return what a session keeps of its person's password hash: enough to see that it was changed."""
    return hashlib.sha256(digest.encode()).hexdigest()[:16]


def link(port: int, token: str) -> str:
    """Return the address that lets one person in once; the token comes from `Access.offer_link`."""
    return f"http://127.0.0.1:{port}/ops/entrar?token={token}"


def _is_local() -> bool:
    # A proxy on this machine makes the whole world look local, and a hostile page may point its own
    # host name at 127.0.0.1 (DNS rebinding); hence the forwarding headers and the host.
    if any(name in request.headers for name in FORWARDED):
        return False
    host = urlsplit(f"//{request.host}").hostname or ""
    return _is_loopback(request.remote_addr or "") and (host == "localhost" or _is_loopback(host))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _neighbourhood(address: str) -> str:
    """Return whom to slow down: one IPv4 address, or the /64 that one IPv6 subscriber has to himself."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if found.version == 4 else str(ipaddress.ip_network((found, 64), strict=False))


def _next_page() -> str:
    """Return the page that was asked for, if it is one of ours: never a way out to another site."""
    asked = request.args.get("sigue", "")
    return asked if asked.startswith("/ops/") and "\\" not in asked else url_for("board.show")
