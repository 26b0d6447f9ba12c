"""Does anything of a delivery but its ticket id stay anywhere: in a log, in Redis, in an answer?"""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import cast

import pytest
from flask import Flask

from bot.engine.context import Context
from bot.settings import Settings
from bot.web import create_app

from .conftest import SECRET
from .valkey import Valkey

PATH = "/webhooks/freshdesk/acelera"
CANARY = "canario-privado"
BODY = f'{{"ticket_id": 12, "ticket_subject": "{CANARY}", "ticket_contact_email": "{CANARY}@x.pe"}}'
REQUESTS = {
    "accepted": (PATH, SECRET, BODY, 202),
    "unusable": (PATH, SECRET, BODY.replace("ticket_id", "x"), 400),
    "wrong secret": (PATH, CANARY, BODY, 401),
    "wrong secret in the path": (f"{PATH}/{CANARY}", CANARY, BODY, 401),
    "unknown portal": (f"/webhooks/freshdesk/{CANARY}", SECRET, BODY, 404),
    "unknown page": (f"/{CANARY}", SECRET, BODY, 404),
    "too large": (PATH, SECRET, BODY + "x" * 300_000, 413),
}


@pytest.mark.parametrize(("path", "secret", "body", "status"), REQUESTS.values(), ids=REQUESTS.keys())
def test_nothing_of_a_delivery_is_kept(
    app: Flask,
    valkey: Valkey,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    path: str,
    secret: str,
    body: str,
    status: int,
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = app.test_client().post(path, data=body, headers={"X-Webhook-Secret": secret})
    assert answer.status_code == status
    printed = capfd.readouterr()
    for text in (answer.text, str(answer.headers), caplog.text, printed.out, printed.err, dump(valkey)):
        assert CANARY not in text
        assert SECRET not in text
    metrics = app.test_client().get("/metrics").text
    assert CANARY not in metrics


def test_a_fault_of_our_own_is_a_503_that_tells_nothing(
    settings: Settings,
    context: Context,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def ring(*_: object) -> None:
        raise ValueError(f"invalid literal: {CANARY}")

    broken = SimpleNamespace(**{**vars(context), "wakeups": SimpleNamespace(ring=ring)})
    client = create_app(settings, cast(Context, broken)).test_client()
    answer = client.post(PATH, data=BODY, headers={"X-Webhook-Secret": SECRET})
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    printed = capfd.readouterr()
    assert "ValueError" in printed.out + printed.err
    for text in (answer.text, caplog.text, printed.out, printed.err):
        assert CANARY not in text


def dump(valkey: Valkey) -> str:
    return "".join(f"{name!r}{valkey.client.dump(name)!r}" for name in valkey.client.scan_iter())
