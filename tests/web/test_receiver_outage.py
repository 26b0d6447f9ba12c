"""What does the receiver answer while Redis is away, frozen or full?"""

from __future__ import annotations

import os
import signal
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.domain.ticket import TicketKey
from bot.web import create_app

from .conftest import NOW, SECRET, build_context, build_settings
from .valkey import Valkey

HEADERS = {"X-Webhook-Secret": SECRET}


@pytest.fixture
def receiver(own_valkey: Valkey) -> FlaskClient:
    return create_app(build_settings(own_valkey.url), build_context(own_valkey.url)).test_client()


def deliver(client: FlaskClient, ticket_id: int = 1) -> TestResponse:
    return client.post("/webhooks/freshdesk/acelera", data=f'{{"ticket_id":{ticket_id}}}', headers=HEADERS)


def assert_postponed(answer: TestResponse) -> None:
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert set(answer.json or {}) == {"error"}


def test_redis_away_and_back(own_valkey: Valkey, receiver: FlaskClient) -> None:
    assert deliver(receiver).status_code == 202
    own_valkey.stop()
    assert_postponed(deliver(receiver))
    own_valkey.start()
    assert deliver(receiver, 2).status_code == 202
    assert build_context(own_valkey.url).wakeups.at(TicketKey("acelera", 2)) is not None


@pytest.mark.timeout(20)
def test_redis_frozen_and_thawed(own_valkey: Valkey, receiver: FlaskClient) -> None:
    os.kill(own_valkey.pid, signal.SIGSTOP)
    try:
        assert_postponed(deliver(receiver))
    finally:
        os.kill(own_valkey.pid, signal.SIGCONT)
    assert deliver(receiver).status_code == 202


def test_redis_full_says_503_and_never_202(own_valkey: Valkey, receiver: FlaskClient) -> None:
    own_valkey.client.config_set("maxmemory", "1")
    for number in range(1, 20):
        assert_postponed(deliver(receiver, number))
    assert build_context(own_valkey.url).wakeups.overdue(NOW + timedelta(days=1))[0] == 0
    own_valkey.client.config_set("maxmemory", "0")
    assert deliver(receiver, 7).status_code == 202


def test_redis_read_only_says_503(own_valkey: Valkey, receiver: FlaskClient) -> None:
    own_valkey.client.replicaof("127.0.0.1", "1")
    assert_postponed(deliver(receiver))


def test_refuses_without_asking_redis(own_valkey: Valkey, receiver: FlaskClient) -> None:
    own_valkey.stop()
    for path, headers, body, status in (
        ("/webhooks/freshdesk/nobody", HEADERS, '{"ticket_id":1}', 404),
        ("/webhooks/freshdesk/acelera", {}, '{"ticket_id":1}', 401),
        ("/webhooks/freshdesk/acelera", HEADERS, "", 400),
    ):
        assert receiver.post(path, data=body, headers=headers).status_code == status


def test_starts_while_redis_is_away(own_valkey: Valkey) -> None:
    own_valkey.stop()
    for password in (None, "a password"):
        context = build_context(own_valkey.url)
        client = create_app(build_settings(own_valkey.url, password), context).test_client()
        assert client.get("/healthz").status_code == 200
        assert_postponed(deliver(client))
        page = client.get("/ops/entrar")
        assert page.status_code == 503
        assert "Content-Security-Policy" in page.headers
        assert "Intente de nuevo" in page.text


def test_an_accepted_ring_is_there_for_another_process(own_valkey: Valkey, receiver: FlaskClient) -> None:
    assert deliver(receiver, 5).status_code == 202
    taken = build_context(own_valkey.url).wakeups.take_due(NOW + timedelta(seconds=2), timedelta(seconds=9))
    assert [one.key for one in taken] == [TicketKey("acelera", 5)]
