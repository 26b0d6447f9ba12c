"""Is every answer protected, errors included?"""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

ANSWERS = {
    "table": ("GET", "/ops/", 200),
    "home": ("GET", "/ops", 301),
    "ticket unknown": ("GET", "/ops/tickets/acelera/1", 404),
    "portal unknown": ("GET", "/ops/tickets/nobody/1", 404),
    "page unknown": ("GET", "/ops/nothing", 404),
    "path up": ("GET", "/static/../application.py", 404),
    "path up, encoded": ("GET", "/static/..%2fapplication.py", 404),
    "no token": ("POST", "/ops/salir", 400),
    "wrong method": ("DELETE", "/ops/", 405),
    "style": ("GET", "/static/ops.css", 200),
    "script": ("GET", "/static/refresh.js", 200),
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


@pytest.mark.parametrize("path", ["/ops/", "/ops/tickets/acelera/1", "/ops/entrar", "/ops/nothing"])
def test_pages_hold_nothing_inline(ops: FlaskClient, path: str) -> None:
    page = ops.get(path, follow_redirects=True).text.lower()
    assert '<html lang="es-pe">' in page
    for word in (" style=", "<style", " onclick", " onload", "javascript:", "<script>"):
        assert word not in page
