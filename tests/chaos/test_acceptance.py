"""Accepted means stored: acknowledged less stored is nought after kill -9 of the store."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from bot.domain.ticket import TicketKey
from bot.local.store_server import EmbeddedStore
from bot.store.wakeups import Wakeups
from bot.web import create_app
from tests.chaos.acceptance import Deliver, accept_through_kills
from tests.web.conftest import SECRET, build_context, build_settings

HEADERS = {"X-Webhook-Secret": SECRET}


@dataclass
class Receiver:
    """Hold a receiver and the store of its own."""

    store: EmbeddedStore

    def deliver(self) -> Deliver:
        """Return how to deliver one ticket's webhook, from any thread."""
        url = self.store.url
        app = create_app(build_settings(url), build_context(url))
        own = threading.local()

        def post(number: int) -> int:
            if not hasattr(own, "client"):
                own.client = app.test_client()
            answer = own.client.post(
                "/webhooks/freshdesk/acelera", data=f'{{"ticket_id":{number}}}', headers=HEADERS
            )
            return int(answer.status_code)

        return post


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    folder = Path(tempfile.mkdtemp(prefix="sem-"))
    store = EmbeddedStore(folder)
    try:
        store.start()
        yield Receiver(store)
    finally:
        store.stop()
        shutil.rmtree(folder, ignore_errors=True)


def test_what_was_accepted_outlives_kill_9_of_the_store(receiver: Receiver) -> None:
    seen = accept_through_kills(receiver.store, receiver.deliver(), kills=2, every=0.7)
    assert seen.accepted > 50, "the clients must have got through"
    assert seen.refused > 0, "the kills must have been felt"
    assert seen.gone == frozenset()


def test_the_checker_notices_a_202_before_the_store_has_it(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = Wakeups.ring

    def ring_and_hope(self: Wakeups, key: TicketKey, at: datetime) -> None:
        with contextlib.suppress(RedisError):
            ring(self, key, at)

    monkeypatch.setattr(Wakeups, "ring", ring_and_hope)
    seen = accept_through_kills(receiver.store, receiver.deliver(), kills=2, every=0.7)
    assert seen.gone
