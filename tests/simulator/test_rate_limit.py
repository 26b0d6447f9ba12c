"""Does the account run out of requests the way Freshdesk's does?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.simulator.rate_limit import RateLimiter
from bot.simulator.seed import Seed
from bot.simulator.switches import UNLIMITED, Limits, Switches

from .client import Client

NOON = datetime(2026, 3, 4, 12, 0, 0, tzinfo=UTC)
LIMITS = UNLIMITED.model_copy(update={"total": 3})


def spend(
    limiter: RateLimiter, seconds: float, switches: Switches, *, cost: int = 1, limits: Limits = LIMITS
) -> tuple[int, int | None]:
    verdict = limiter.spend(NOON + timedelta(seconds=seconds), cost, "ticket_list", limits, switches)
    return verdict.remaining, verdict.retry_after


@pytest.mark.parametrize(
    ("switches", "spent", "expected"),
    [
        pytest.param(
            {}, [50, 51, 52, 53, 60], [(2, None), (1, None), (0, None), (0, 7), (2, None)], id="fixed"
        ),
        pytest.param(
            {"rate_window_kind": "sliding"},
            [50, 51, 52, 60, 110.1, 110.2],
            [(2, None), (1, None), (0, None), (0, 50), (0, None), (0, 1)],
            id="sliding",
        ),
        pytest.param(
            {"rate_window": "hour"},
            [50, 51, 52, 1000, 3600],
            [(2, None), (1, None), (0, None), (0, 2600), (2, None)],
            id="hourly",
        ),
    ],
)
def test_windows(switches: Any, spent: list[float], expected: list[tuple[int, int | None]]) -> None:
    limiter, chosen = RateLimiter(), Switches(**switches)
    assert [spend(limiter, at, chosen) for at in spent] == expected


def test_a_request_may_cost_more_than_is_left(desk: Client) -> None:
    limiter, switches = RateLimiter(), Switches()
    assert spend(limiter, 0, switches, cost=2) == (1, None)
    assert spend(limiter, 0, switches, cost=2) == (1, 60)
    assert spend(limiter, 0, switches) == (0, None)


@pytest.mark.parametrize(
    ("limit", "method", "path", "body"),
    [
        ("ticket_list", "GET", "tickets", None),
        ("contact_list", "GET", "contacts", None),
        ("ticket_update", "PUT", "tickets/1", {"priority": 2}),
        ("ticket_create", "POST", "tickets", {"subject": "a", "description": "b", "email": "a@b.example"}),
    ],
)
def test_sub_limits_leave_the_rest_alone(desk: Client, limit: str, method: str, path: str, body: Any) -> None:
    desk.customer_opens()
    desk.faults(**{f"rate_limit_{limit}": 1})
    assert desk.send(method, path, body).status_code < 300
    refused = desk.send(method, path, body)
    assert refused.status_code == 429
    assert int(refused.headers["X-RateLimit-Remaining"]) > 0
    assert desk.get("tickets/1").status_code == 200


def test_headers_count_down_and_429_says_when(desk: Client) -> None:
    desk.customer_opens()
    desk.faults(rate_limit_per_minute=3)
    responses = [desk.get("tickets/1") for _ in range(4)]
    assert [r.status_code for r in responses] == [200, 200, 200, 429]
    assert [r.headers["X-RateLimit-Remaining"] for r in responses] == ["2", "1", "0", "0"]
    assert {r.headers["X-RateLimit-Total"] for r in responses} == {"3"}
    assert 1 <= int(responses[-1].headers["Retry-After"]) <= 60
    assert responses[-1].json() == {"message": "Rate limit exceeded for this account"}
    desk.sim("PUT", "clock", {"offset_seconds": 60})
    assert desk.get("tickets/1").status_code == 200


def test_odd_answers_by_switch(desk: Client) -> None:
    desk.switch(rate_total_format="decimal", rate_retry_after=False, rate_text_body=True)
    desk.faults(rate_limit_per_minute=1)
    assert desk.get("agents/me").headers["X-RateLimit-Total"] == "1.0"
    refused = desk.get("agents/me")
    assert "Retry-After" not in refused.headers
    assert refused.headers["Content-Type"].startswith("text/plain")


def test_refused_and_invalid_requests(desk: Client) -> None:
    desk.faults(rate_limit_per_minute=2)
    assert Client(desk.server, "nope").get("agents/me").status_code == 401  # costs nothing
    assert desk.get("tickets/77").status_code == 404  # costs one
    assert desk.get("agents/me").status_code == 200
    assert desk.get("agents/me").status_code == 429


def test_limits_of_the_account(start: Callable[..., Client]) -> None:
    desk = start(seed=Seed(switches=Switches(limits=Limits(total=50))))
    assert desk.get("agents/me").headers["X-RateLimit-Total"] == "50"
    free = start(switches=Switches(limits=UNLIMITED))
    assert "X-RateLimit-Total" not in free.get("agents/me").headers
