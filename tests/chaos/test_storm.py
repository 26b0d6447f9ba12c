"""A small storm on each run; the full ones come with `make chaos`."""

from __future__ import annotations

import pytest

from tests.chaos.schedule import Storm, schedule
from tests.chaos.storm import run_storm

SMALL = Storm(seed=7, tickets=40, seconds=14, wiped=True, down=1.0, drain=45)


def test_a_seed_says_it_all() -> None:
    assert schedule(SMALL) == schedule(SMALL)
    other = Storm(seed=8, tickets=40, seconds=14)
    assert schedule(other) != schedule(SMALL)


@pytest.mark.xdist_group("chaos")
def test_after_a_storm_every_ticket_has_exactly_its_effects() -> None:
    outcome = run_storm(SMALL)
    assert outcome.is_good, outcome.table()
