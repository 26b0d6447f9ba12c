"""What tests of the contract stand on: rules whose sections of the contract are the shipped ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.store.rulebook import Rulebook
from tests.engine.contract.desk import CONTRACT
from tests.policy.planner.desk import rules_folder
from tests.world import World


@pytest.fixture(scope="package")
def rulebook() -> Iterator[Rulebook]:
    """Load the rules of the contract."""
    with rules_folder(**CONTRACT) as folder:
        yield Rulebook(folder)


@pytest.fixture(autouse=True)
def as_it_comes(world: World) -> Iterator[None]:
    """Put the simulator's switches back, and let no ticket end in a failure."""
    before = world.control("GET", "switches")
    yield
    world.control("PUT", "switches", before)
    assert list(world.ctx.failures.all()) == []
