"""What a worker knows before it forks a job."""

from __future__ import annotations

from bot.engine.forking import bring_up_to_date
from tests.world import PORTAL, World


def test_the_years_around_now_are_worked_out(world: World) -> None:
    calendar = world.ctx.rulebook.policy.calendar(PORTAL)
    calendar._openings.clear()
    calendar._days.clear()
    bring_up_to_date(world.ctx)
    around = {world.clock.now.year + n for n in (-1, 0, 1)}
    assert around <= calendar._openings.keys()
    assert around <= calendar._days.keys()
