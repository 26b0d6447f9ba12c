"""Outgoing webhooks over real HTTP: signed, bounded, never redirected, never raising."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from bot.hooks import BODY_LIMIT, Hooks, Outcome, signature_headers
from bot.settings.hooks import HookSettings
from tests.simulator.receiver import Receiver
from tests.test_settings import problems, read
from tests.world import MONDAY

SECRET = "secreto-de-prueba-largo"
BODY = '{"type":"ticket.escalated","text":"áé"}'


def hooks(url: str, secret: str = SECRET) -> Hooks:
    return Hooks({"chat": HookSettings("chat", url, secret)})


def test_a_receiver_can_verify_what_it_gets(receiver: Receiver) -> None:
    assert hooks(receiver.url).call("chat", "SMF-A", BODY, MONDAY) is Outcome.DELIVERED
    ((headers, raw),) = receiver.got
    assert raw.decode() == BODY
    signed = f"SMF-A.{int(MONDAY.timestamp())}.".encode() + raw
    digest = hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("SMF-A", str(int(MONDAY.timestamp())))


def test_the_signature_is_that_of_standard_webhooks() -> None:
    """The example every implementation of the specification is tried on."""
    found = signature_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        b'{"test": 2432232314}',
        datetime.fromtimestamp(1614265330, tz=UTC),
    )
    assert found["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.DELIVERED), (204, Outcome.DELIVERED), (301, Outcome.FAILED), (307, Outcome.FAILED),
        (400, Outcome.FAILED), (410, Outcome.REFUSED), (429, Outcome.FAILED), (503, Outcome.FAILED),
    ],
)  # fmt: skip
def test_what_an_answer_means(receiver: Receiver, status: int, outcome: Outcome) -> None:
    receiver.answers = [status]
    assert hooks(receiver.url).call("chat", "SMF-A", BODY, MONDAY) is outcome
    assert len(receiver.got) == 1, "no redirect is followed, nothing is repeated here"


def test_nobody_there_is_a_failure_and_no_error() -> None:
    gone = Receiver()
    gone.stop()
    assert hooks(gone.url).call("chat", "SMF-A", BODY, MONDAY) is Outcome.FAILED


@pytest.mark.parametrize(
    ("name", "body"), [("otro", BODY), ("chat", "x" * (BODY_LIMIT + 1))], ids=["unknown", "too long"]
)
def test_what_is_never_sent(receiver: Receiver, name: str, body: str) -> None:
    assert hooks(receiver.url).call(name, "SMF-A", body, MONDAY) is Outcome.REFUSED
    assert receiver.got == []


def test_no_secret_and_no_address_is_logged(receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    receiver.answers = [500]
    address = f"{receiver.url}/T000/B000/clavedelchat"
    with capture_logs() as logged, caplog.at_level(logging.INFO):
        for name in ("chat", "otro"):
            hooks(address).call(name, "SMF-A", BODY, MONDAY)
    said = f"{logged} {caplog.text} {hooks(address)!r} {HookSettings('chat', address, SECRET)!r}"
    assert len(logged) == 2
    assert "clavedelchat" not in said
    assert SECRET not in said


GOOD_SECRET = "0123456789abcdef"


@pytest.mark.parametrize(
    "url", ["https://hooks.chat.example/services/T0/B0/x", "http://127.0.0.1:9000/aviso", "http://[::1]/a"]
)
def test_good_addresses(url: str) -> None:
    found = read(HOOK_CHAT_URL=url, HOOK_CHAT_SECRET=GOOD_SECRET).hooks
    assert found == {"chat": HookSettings("chat", url, GOOD_SECRET)}


@pytest.mark.parametrize(
    "url",
    [
        None, "http://hooks.chat.example/x", "ftp://127.0.0.1/x", "https://", "https://u:clave@chat.example/",
        "file:///etc/passwd", "https://chat.example:99999/", "http://127.0.0.1.evil.example/", "https://[::1/",
    ],
)  # fmt: skip
def test_bad_addresses_are_refused_and_not_echoed(url: str | None) -> None:
    (problem,) = problems(HOOK_CHAT_URL=url, HOOK_CHAT_SECRET=GOOD_SECRET)
    assert problem.startswith("HOOK_CHAT_URL: expected https://")
    assert url is None or url.removeprefix("https://") == "" or url not in problem


@pytest.mark.parametrize("secret", [None, "corta", "whsec_Zm9v", "whsec_%%%%%%%%%%%%%%%%%%%%%%%%"])
def test_bad_secrets_are_refused_and_not_echoed(secret: str | None) -> None:
    (problem,) = problems(HOOK_CHAT_URL="https://chat.example/x", HOOK_CHAT_SECRET=secret)
    assert problem.startswith("HOOK_CHAT_SECRET: ")
    assert secret is None or secret not in problem
