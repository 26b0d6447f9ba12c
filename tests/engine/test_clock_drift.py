"""How far the clocks are apart, measured against a real answer of the simulator and of Valkey."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis

from bot.engine.clock_drift import clock_findings
from bot.engine.findings import Verdict
from tests.world import PORTAL, World


@pytest.mark.parametrize(
    ("seconds", "verdict", "said"),
    [
        pytest.param(0, Verdict.GOOD, "agrees", id="together"),
        pytest.param(30, Verdict.WARNING, "s ahead of", id="ahead"),
        pytest.param(-30, Verdict.WARNING, "s behind", id="behind"),
        pytest.param(-400, Verdict.BAD, "s behind", id="far behind"),
        pytest.param(86400, Verdict.BAD, "s ahead of", id="a day ahead"),
    ],
)
def test_each_clock_is_judged_by_its_distance(
    world: World, redis: Redis, seconds: int, verdict: Verdict, said: str
) -> None:
    world.with_context(now=lambda: datetime.now(UTC) + timedelta(seconds=seconds))
    ours, theirs = clock_findings(world.ctx, redis, [PORTAL])
    assert (ours.verdict, theirs.verdict) == (verdict, verdict)
    assert said in ours.text
    assert said in theirs.text
    assert "Redis'" in ours.text
    assert f"Freshdesk's ({PORTAL})" in theirs.text


def test_a_portal_that_refuses_is_said_to_be_unread(world: World, redis: Redis) -> None:
    world.control("PUT", "faults", {"unauthorized": 1.0})
    _, finding = clock_findings(world.ctx, redis, [PORTAL])
    assert (finding.verdict, finding.text) == (
        Verdict.WARNING,
        f"Freshdesk's ({PORTAL}) could not be read (Unauthorized 401)",
    )
