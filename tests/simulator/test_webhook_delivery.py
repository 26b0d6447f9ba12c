"""Is a webhook sent again when it must be, and does it suffer the faults that were ordered?"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import requests

from .client import Client
from .receiver import Receiver


class TestRetries:
    """A failed webhook is sent again three times, with the same body."""

    @pytest.mark.parametrize(
        ("answers", "state"),
        [
            pytest.param([500, 404, 202], "delivered", id="third time lucky"),
            pytest.param([500, 500, 302, 400], "failed", id="given up"),
        ],
    )
    def test_schedule(
        self, rigged: Callable[..., Client], receiver: Receiver, answers: list[int], state: str
    ) -> None:
        receiver.answers = list(answers)
        desk = rigged(on="creation")
        desk.customer_opens()
        assert desk.server.wait_webhooks()
        [delivery] = desk.sim("GET", "webhooks")
        assert (delivery["state"], [a["status"] for a in delivery["attempts"]]) == (state, answers)
        assert len({body for _, body in receiver.got}) == 1

    def test_waits_are_five_thirty_and_sixty_minutes(
        self, rigged: Callable[..., Client], receiver: Receiver
    ) -> None:
        desk, waits = rigged(on="creation"), []
        receiver.answers = [500] * 4
        schedule = desk.server.webhooks._schedule
        after = schedule.after

        def watched(seconds: float, task: Callable[[], None]) -> None:
            waits.append(seconds)
            after(seconds, task)

        schedule.after = watched  # type: ignore[method-assign]
        desk.customer_opens()
        assert desk.server.wait_webhooks()
        assert waits == pytest.approx([0, 300 * 0.00002, 1800 * 0.00002, 3600 * 0.00002])

    def test_a_double_that_fails_does_not_undo_the_delivery(
        self, rigged: Callable[..., Client], receiver: Receiver
    ) -> None:
        receiver.answers = [202, *[500] * 9]
        desk = rigged(on="creation")
        desk.faults(webhooks={"duplicate": 1})
        desk.customer_opens()
        assert desk.server.wait_webhooks()
        assert [delivery["state"] for delivery in desk.sim("GET", "webhooks")] == ["delivered"]

    def test_nobody_listens(self, rigged: Callable[..., Client], receiver: Receiver) -> None:
        desk = rigged(on="creation")
        receiver.stop()
        desk.customer_opens()
        assert desk.server.wait_webhooks()
        [delivery] = desk.sim("GET", "webhooks")
        assert delivery["state"] == "failed"
        assert [a["error"] for a in delivery["attempts"]] == ["ConnectionError"] * 4


class TestFaults:
    """What may befall a webhook on its way."""

    def test_lost(self, rigged: Callable[..., Client], receiver: Receiver) -> None:
        desk = rigged(on="creation")
        desk.faults(webhooks={"lose": 1})
        desk.customer_opens()
        assert desk.server.wait_webhooks()
        assert receiver.got == []
        assert desk.sim("GET", "webhooks")[0]["state"] == "lost"

    def test_doubled(self, rigged: Callable[..., Client], receiver: Receiver) -> None:
        desk = rigged(on="creation")
        desk.faults(webhooks={"duplicate": 1})
        desk.customer_opens()
        assert desk.server.wait_webhooks()
        assert len(receiver.got) == 2
        assert len({body for _, body in receiver.got}) == 1

    def test_out_of_order(self, rigged: Callable[..., Client], receiver: Receiver) -> None:
        desk = rigged(on="creation")
        desk.faults(webhooks={"reorder": 1, "reorder_seconds": 0.2})
        desk.customer_opens()
        desk.faults()
        desk.customer_opens()
        assert desk.server.wait_webhooks()
        assert [body["freshdesk_webhook"]["ticket_id"] for body in receiver.bodies()] == [2, 1]

    def test_delayed_until_reset(self, rigged: Callable[..., Client], receiver: Receiver) -> None:
        desk = rigged(on="creation")
        desk.faults(webhooks={"delay": 3600})
        desk.customer_opens()
        assert not desk.server.wait_webhooks(0.1)
        assert desk.sim("GET", "webhooks")[0]["state"] == "pending"
        assert receiver.got == []
        desk.sim("POST", "reset")
        assert desk.server.wait_webhooks(1)

    def test_invalid_json(self, rigged: Callable[..., Client], receiver: Receiver) -> None:
        desk = rigged(on="creation")
        desk.faults(webhooks={"invalid_json": 1})
        desk.customer_opens()
        assert desk.server.wait_webhooks()
        with pytest.raises(ValueError):
            json.loads(receiver.got[0][1])

    def test_wrong_auth(self, rigged: Callable[..., Client], receiver: Receiver) -> None:
        desk = rigged(on="creation", headers={"X-Webhook-Secret": "s3"}, username="bot", password="clave")
        desk.faults(webhooks={"wrong_auth": 1})
        desk.customer_opens()
        assert desk.server.wait_webhooks()
        headers = receiver.got[0][0]
        assert headers["X-Webhook-Secret"] == "wrong"
        assert headers["Authorization"] == requests.auth._basic_auth_str("bot", "wrong")
        assert headers["Content-Type"] == "application/json"


def test_webhooks_share_the_budget(rigged: Callable[..., Client], receiver: Receiver) -> None:
    desk = rigged(on="creation")
    desk.faults(rate_limit_per_minute=2)
    desk.switch(webhook_retry_scale=0)
    desk.customer_opens()
    assert desk.server.wait_webhooks()
    assert desk.get("agents/me").headers["X-RateLimit-Remaining"] == "0"
    desk.customer_opens()
    assert desk.server.wait_webhooks()  # postponed by an hour, 24 times, then dropped
    assert [d["state"] for d in desk.sim("GET", "webhooks")] == ["delivered", "dropped"]
    desk.switch(webhooks_spend_budget=False)
    desk.customer_opens()
    assert desk.server.wait_webhooks()
    assert len(receiver.got) == 2
