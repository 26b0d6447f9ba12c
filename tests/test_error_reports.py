"""What does an error service learn? What the log says of an error, and nothing of a ticket's content."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from bot import error_reports
from bot.error_reports import error_reporter, without_more
from bot.telemetry import log, set_up_logging

DSN = "https://key@sentry.example/1"
# What the library puts into events by itself, and what its integrations would.
MADE = {
    "event_id": "ab", "timestamp": 1, "platform": "python", "level": "error", "message": "hook given up",
    "tags": {"ticket": "acelera:7"}, "server_name": "pc-de-ana", "user": {"email": "ana@cliente.pe"},
    "request": {"data": "No puedo ingresar"}, "extra": {"sys.argv": ["x"]}, "modules": {"flask": "3"},
    "contexts": {"device": "pc-de-ana"}, "breadcrumbs": [{"message": "Ana Quispe"}],
    "exception": {"values": [{"value": "invalid literal: No puedo ingresar"}]},
}  # fmt: skip
CONTENT = ("ana@cliente.pe", "Ana Quispe", "No puedo ingresar", "pc-de-ana", "987654321")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Stand in for the library: what it would send, after it added what it adds."""
    events: list[Any] = []
    told: dict[str, Any] = {}

    def capture_event(event: dict[str, Any]) -> None:
        before_send: Callable[[Any, Any], Any] = told["before_send"]
        events.append(before_send({**MADE, **event}, {}))

    library = SimpleNamespace(
        init=lambda **options: told.update(options),
        capture_event=capture_event,
        flush=lambda seconds: events.append("flushed"),
    )
    monkeypatch.setitem(sys.modules, error_reports.PACKAGE, library)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    return events


def test_only_errors_are_sent_as_they_stand_in_the_log(sent: list[Any]) -> None:
    set_up_logging("INFO", "json", "web", DSN)
    log.info("reconciled", ticket="acelera:7")
    log.warning("ops pages, once: http://127.0.0.1/ops/enter/secret")
    log.error("hook given up", ticket="acelera:98765432", reason="ana@cliente.pe", at=["x.py:7", "987654321"])
    (event,) = sent
    assert event["message"] == "hook given up"
    assert event["tags"] == {
        "ticket": "acelera:98765432", "reason": "[oculto]", "at": "['x.py:7', '[oculto]']",
        "level": "error", "process": "web",
    }  # fmt: skip
    assert not [word for word in CONTENT if word in json.dumps(event)]


def test_a_worker_sends_before_its_job_ends(sent: list[Any]) -> None:
    set_up_logging("INFO", "json", "worker-urgent", DSN)
    log.error("ticket in quarantine", ticket="acelera:7", reason="KeyError")
    assert sent[1:] == ["flushed"]


def test_what_the_library_adds_is_dropped() -> None:
    assert without_more(MADE).keys() == {"event_id", "timestamp", "platform", "level", "message", "tags"}
    assert not [word for word in CONTENT if word in json.dumps(without_more(MADE))]


def test_without_the_package_the_log_says_so_and_works(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    set_up_logging("INFO", "json", "web", DSN)
    log.error("hook given up")
    lines = capsys.readouterr().err.splitlines()
    assert "needs the package sentry-sdk" in lines[0]
    assert "hook given up" in lines[1]


def test_the_library_itself_sends_no_more() -> None:
    sdk = pytest.importorskip(error_reports.PACKAGE, reason="sentry-sdk is not installed")
    from sentry_sdk.transport import Transport

    class Kept(Transport):  # type: ignore[misc, unused-ignore]
        def capture_envelope(self, envelope: Any) -> None:
            envelopes.append(envelope.get_event())

    envelopes: list[Any] = []
    report = error_reporter(DSN, at_once=False)
    assert report is not None
    sdk.get_client().transport = Kept()
    try:
        report("hook given up", {"ticket": "acelera:7", "long": "x" * 300})
    finally:
        sdk.init(dsn=None)
    (event,) = envelopes
    assert event["tags"] == {"ticket": "acelera:7", "long": "x" * 200}
    assert event.keys() <= error_reports.KEPT | {"release", "environment", "sdk", "_meta"}
