"""Is every answer protected, errors included?"""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.engine.context import Context
from bot.web import create_app

from .conftest import build_context, build_settings, csrf_token
from .valkey import Valkey

ANSWERS = {
    "table": ("GET", "/ops/", 200),
    "home": ("GET", "/ops", 301),
    "ticket unknown": ("GET", "/ops/tickets/acelera/1", 404),
    "portal unknown": ("GET", "/ops/tickets/nobody/1", 404),
    "page unknown": ("GET", "/ops/nothing", 404),
    "path up": ("GET", "/static/../application.py", 404),
    "path up, encoded": ("GET", "/static/..%2fapplication.py", 404),
    "path up, twice encoded": ("GET", "/static/%252e%252e/application.py", 404),
    "path up, the other way": ("GET", "/static/..\\application.py", 404),
    "from the root": ("GET", "/static//etc/passwd", 404),
    "path up, ticket": ("GET", "/ops/tickets/acelera/..%2f..%2fetc", 404),
    "no token": ("POST", "/ops/salir", 400),
    "wrong method": ("DELETE", "/ops/", 405),
    "style": ("GET", "/static/ops.css", 200),
    "script": ("GET", "/static/live.js", 200),
    "health": ("GET", "/healthz", 200),
    "ready": ("GET", "/readyz", 503),
    "metrics": ("GET", "/metrics", 200),
    "api unknown": ("GET", "/ops/api/tickets/acelera/1", 404),
    "delivery refused": ("POST", "/webhooks/freshdesk/acelera", 401),
    "delivery by GET": ("GET", "/webhooks/freshdesk/acelera", 405),
    "nothing here": ("GET", "/", 404),
}


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS.values(), ids=ANSWERS.keys())
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_every_answer_carries_the_headers(
    ops: FlaskClient, method: str, path: str, status: int, scheme: str
) -> None:
    answer = ops.open(path, method=method, base_url=f"{scheme}://localhost")
    assert answer.status_code == status
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert ("Strict-Transport-Security" in answer.headers) == (scheme == "https")
    if not path.startswith("/static/") or status != 200:
        assert answer.headers["Cache-Control"] == "no-store"


def is_protected(answer: TestResponse) -> bool:
    policy = answer.headers["Content-Security-Policy"]
    kept = answer.headers["Cache-Control"] == "no-store"
    return (
        kept and "frame-ancestors 'none'" in policy and answer.headers["X-Content-Type-Options"] == "nosniff"
    )


def test_guesses_and_delays_are_protected(client: FlaskClient) -> None:
    form = {"csrf_token": csrf_token(client, "/ops/entrar"), "clave": "wrong"}
    answers = [client.post("/ops/entrar", data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [401, 429]
    assert all(map(is_protected, answers))


def test_what_is_too_large_is_protected(client: FlaskClient) -> None:
    for path in ("/ops/entrar", "/webhooks/freshdesk/acelera"):
        answer = client.post(path, data=b"x" * 300_000, content_type="application/x-www-form-urlencoded")
        assert (answer.status_code, is_protected(answer)) == (413, True)


@pytest.mark.parametrize("path", ["/ops/", "/ops/entrar", "/ops/api/tickets/acelera/1"])
def test_an_outage_is_protected(own_valkey: Valkey, path: str) -> None:
    client = create_app(build_settings(own_valkey.url), build_context(own_valkey.url)).test_client()
    own_valkey.stop()
    answer = client.get(path)
    assert (answer.status_code, is_protected(answer)) == (503, True)


def test_a_fault_of_our_own_is_protected(
    ops: FlaskClient, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context.journal, "open_tickets", lambda: 1 / 0)
    answer = ops.get("/ops/")
    assert (answer.status_code, is_protected(answer)) == (503, True)
    assert "ZeroDivision" not in answer.text


@pytest.mark.parametrize("path", ["/ops/", "/ops/tickets/acelera/1", "/ops/entrar", "/ops/nothing"])
def test_pages_hold_nothing_inline(ops: FlaskClient, path: str) -> None:
    page = ops.get(path, follow_redirects=True).text.lower()
    assert '<html lang="es-pe">' in page
    for word in (" style=", "<style", " onclick", " onload", "javascript:", "<script>"):
        assert word not in page
