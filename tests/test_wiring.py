"""Do the parts that a process works with know each other?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from redis import Redis

from bot import wiring
from bot.freshdesk.errors import Held
from bot.settings import read_settings
from bot.store.budget import Priority

REAL = {
    "PORTAL_ACELERA_DOMAIN": "demo.freshdesk.com",
    "PORTAL_ACELERA_API_KEY": "key",
    "PORTAL_ACELERA_WEBHOOK_SECRET": "secreto-del-webhook",
}


def test_requests_and_sweeps_draw_on_one_budget(redis: Redis, valkey_url: str) -> None:
    ctx = wiring.build(read_settings({**REAL, "REDIS_URL": valkey_url, "API_SHARE": "0.8"}), redis=redis)
    assert ctx.budget is not None
    assert ctx.budget.state("acelera").allowed == 40
    assert ctx.may_spend("acelera", 15)
    assert isinstance(ctx.budget.reserve("acelera", Priority.URGENT, 40, 40), str)
    assert not ctx.may_spend("acelera", 1)
    with pytest.raises(Held):
        ctx.freshdesk["acelera"].get_ticket(1)


def test_the_settings_reach_the_lines(redis: Redis, valkey_url: str) -> None:
    environment = {**REAL, "REDIS_URL": valkey_url, "URGENT_WITHIN_SECONDS": "600", "QUARANTINE_AFTER": "3"}
    ctx = wiring.build(read_settings(environment), redis=redis)
    assert (ctx.wakeups.near, ctx.most_attempts) == (timedelta(minutes=10), 3)
