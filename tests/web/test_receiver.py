"""Does the receiver keep its contract, status by status and secret by secret?"""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from gunicorn.http.errors import InvalidChunkSize, NoMoreData

from bot.domain.ticket import TicketKey
from bot.engine.context import Context
from bot.settings import Settings
from bot.web import create_app

from .conftest import NOW, PREVIOUS, SECRET

PATH = "/webhooks/freshdesk/acelera"
KEY = TicketKey("acelera", 4711)
GOOD = json.dumps({"freshdesk_webhook": {"ticket_id": 4711, "triggered_event": "{ticket_action:created}"}})
BROKEN = '{"ticket_id": 4711, "agent": lead@acme.example, "body": "He said "no"\nand left"}'
LIMIT = 256 * 1024
AUTH = {"X-Webhook-Secret": SECRET}


def basic(password: bytes, user: bytes = b"freshdesk") -> str:
    return "Basic " + base64.b64encode(user + b":" + password).decode()


BODIES = {
    "simple": (GOOD, "application/json"),
    "simple without content type": (GOOD, None),
    "advanced, id as text": ('{"v":1,"ticket_id":"4711","status":"Open"}', "application/json"),
    "broken json": (BROKEN, "application/json"),
    "form": ("ticket_id=4711&triggered_event=x", "application/x-www-form-urlencoded"),
    "nested form": ("freshdesk_webhook%5Bticket_id%5D=4711", "application/x-www-form-urlencoded"),
    "xml": ("<freshdesk_webhook><ticket_id>4711</ticket_id></freshdesk_webhook>", "application/xml"),
    "just below the limit": ('{"ticket_id":4711,"x":"' + "a" * (LIMIT - 25) + '"}', "application/json"),
}


@pytest.mark.parametrize(("body", "content_type"), BODIES.values(), ids=BODIES.keys())
def test_rings_the_ticket_before_it_answers_202(
    client: FlaskClient, context: Context, body: str, content_type: str | None
) -> None:
    answer = client.post(PATH, data=body, content_type=content_type, headers=AUTH)
    assert (answer.status_code, answer.json) == (202, {"accepted": True, "ticket_id": 4711})
    assert context.wakeups.at(KEY) == NOW + timedelta(seconds=2)


SECRETS = {
    "header": (PATH, AUTH),
    "header, any case": (PATH, {"x-webhook-secret": SECRET}),
    "previous secret, not ASCII": (PATH, {"X-Webhook-Secret": PREVIOUS.encode().decode("latin-1")}),
    "Basic password": (PATH, {"Authorization": basic(SECRET.encode())}),
    "Basic password, not ASCII": (PATH, {"Authorization": basic(PREVIOUS.encode())}),
    "Basic, scheme in lower case": (PATH, {"Authorization": basic(SECRET.encode()).replace("B", "b", 1)}),
    "path": (f"{PATH}/{SECRET}", {}),
    "path, not ASCII and with a slash": (f"{PATH}/clave-a%C3%B1eja-y-larga/%2B=", {}),
    "good path beside a wrong header": (f"{PATH}/{SECRET}", {"X-Webhook-Secret": "wrong"}),
    "trailing slash": (f"{PATH}/", AUTH),
}


@pytest.mark.parametrize(("path", "headers"), SECRETS.values(), ids=SECRETS.keys())
def test_accepts_each_form_of_secret(client: FlaskClient, path: str, headers: dict[str, str]) -> None:
    assert client.post(path, data=GOOD, headers=headers).status_code == 202


REFUSALS = {
    "no secret": (PATH, {}, GOOD, 401),
    "wrong header": (PATH, {"X-Webhook-Secret": SECRET[:-1]}, GOOD, 401),
    "secret of another portal": (PATH, {"X-Webhook-Secret": "the secret of the north"}, GOOD, 401),
    "header not ASCII": (PATH, {"X-Webhook-Secret": "ñandú"}, GOOD, 401),
    "secret as Basic user": (PATH, {"Authorization": basic(b"x", SECRET.encode())}, GOOD, 401),
    "Basic without a colon": (PATH, {"Authorization": "Basic " + base64.b64encode(b"x").decode()}, GOOD, 401),
    "Basic that is not base64": (PATH, {"Authorization": "Basic %%%ñ"}, GOOD, 401),
    "Basic, nothing more": (PATH, {"Authorization": "Basic"}, GOOD, 401),
    "wrong path": (f"{PATH}/wrong", {}, GOOD, 401),
    "path not UTF-8": (f"{PATH}/%ff%fe", {}, GOOD, 401),
    "secret in the query": (f"{PATH}?secret={SECRET}", {}, GOOD, 401),
    "unknown portal": ("/webhooks/freshdesk/nobody", AUTH, GOOD, 404),
    "unknown portal, no secret": ("/webhooks/freshdesk/nobody", {}, GOOD, 404),
    "no portal": ("/webhooks/freshdesk/", AUTH, GOOD, 404),
    "empty body": (PATH, AUTH, "", 400),
    "no id": (PATH, AUTH, '{"ticket_subject":"hola"}', 400),
    "Freshservice id": (PATH, AUTH, '{"freshdesk_webhook":{"ticket_id":"INC-12"}}', 400),
    "negative id": (PATH, AUTH, '{"ticket_id":-1}', 400),
    "id with SQL": (PATH, AUTH, '{"ticket_id":"1;DROP TABLE x"}', 400),
    "id of thirty digits": (PATH, AUTH, '{"ticket_id":1' + "0" * 30 + "}", 400),
    "60,000 brackets": (PATH, AUTH, "[" * 60_000, 400),
    "NaN": (PATH, AUTH, '{"ticket_id":NaN}', 400),
    "wrong secret before bad body": (PATH, {}, "", 401),
    "too large": (PATH, AUTH, "x" * (LIMIT + 1), 413),
    "too large before unknown portal": ("/webhooks/freshdesk/nobody", {}, "x" * (LIMIT + 1), 413),
}


@pytest.mark.parametrize(("path", "headers", "body", "status"), REFUSALS.values(), ids=REFUSALS.keys())
def test_refuses_and_stores_nothing(
    client: FlaskClient, context: Context, path: str, headers: dict[str, str], body: str, status: int
) -> None:
    answer = client.post(path, data=body, content_type="application/json", headers=headers)
    assert answer.status_code == status
    assert set(answer.json or {}) == {"error"}
    assert not body or body not in answer.text
    assert context.wakeups.overdue(NOW + timedelta(days=1)) == (0, 0.0)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_only_posts(client: FlaskClient, method: str) -> None:
    for path in (PATH, f"{PATH}/{SECRET}"):
        answer = client.open(path, method=method, data=GOOD, headers=AUTH)
        assert answer.status_code == 405
        assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize(("size", "status"), [(LIMIT, 202), (LIMIT + 1, 413), (4 * LIMIT, 413)])
def test_caps_a_body_sent_in_chunks(client: FlaskClient, size: int, status: int) -> None:
    body = (b'{"ticket_id":4711,"x":"' + b"a" * size)[: size - 2] + b'"}'
    stream = {"wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True}
    answer = client.post(PATH, headers=AUTH, environ_overrides=stream)
    assert answer.status_code == status


@pytest.mark.parametrize("error", [InvalidChunkSize(b"ZZZ"), NoMoreData(), ConnectionResetError()])
def test_a_body_that_breaks_off_is_the_senders_fault(client: FlaskClient, error: Exception) -> None:
    class Broken:
        def read(self, *_: object) -> bytes:
            raise error

    stream = {"wsgi.input": Broken(), "wsgi.input_terminated": True}
    assert client.post(PATH, headers=AUTH, environ_overrides=stream).status_code == 400


def test_asks_for_basic_credentials(client: FlaskClient) -> None:
    assert client.post(PATH, data=GOOD).headers["WWW-Authenticate"].startswith("Basic")


def test_gathers_a_burst_into_the_first_alarm(client: FlaskClient, context: Context) -> None:
    context.wakeups.ring(KEY, NOW)
    for _ in range(3):
        client.post(PATH, data=GOOD, headers=AUTH)
    assert context.wakeups.at(KEY) == NOW
    assert context.wakeups.overdue(NOW)[0] == 1


def test_keeps_portals_apart(client: FlaskClient, context: Context) -> None:
    headers = {"X-Webhook-Secret": "the secret of the north"}
    client.post("/webhooks/freshdesk/norte", data=GOOD, headers=headers)
    assert context.wakeups.at(KEY) is None
    assert context.wakeups.at(TicketKey("norte", 4711)) is not None


def test_no_redirect_sends_a_delivery_elsewhere(client: FlaskClient) -> None:
    for path in (f"/webhooks//freshdesk/acelera/{SECRET}", f"{PATH}//{SECRET}", f"{PATH}/{SECRET}/"):
        assert client.post(path, data=GOOD).status_code in {401, 404}


def test_no_delivery_is_lost_while_the_secret_is_changed(settings: Settings, context: Context) -> None:
    """Both are accepted until Freshdesk sends the new one; then the old one is not any more."""
    old, new = (
        {"X-Webhook-Secret": "the secret of last year"},
        {"X-Webhook-Secret": "the secret of this year"},
    )
    answers = []
    for accepted in ((old,), (new, old), (new,)):
        secrets = tuple(one["X-Webhook-Secret"] for one in accepted)
        portal = replace(settings.portals["acelera"], webhook_secrets=secrets)
        client = create_app(replace(settings, portals={"acelera": portal}), context).test_client()
        answers.append([client.post(PATH, data=GOOD, headers=one).status_code for one in (old, new)])
    assert answers == [[202, 401], [202, 202], [401, 202]]
