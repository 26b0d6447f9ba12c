"""What the tests of this room share."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.engine import executor
from bot.store.rulebook import Rulebook
from tests.chaos.attempts import pause
from tests.policy.planner.desk import rules_folder


@pytest.fixture(scope="session")
def plain_rules() -> Iterator[Rulebook]:
    """Load a few plain rules once."""
    with rules_folder() as folder:
        yield Rulebook(folder)


@pytest.fixture(autouse=True)
def points_are_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let attempts stand still where a fault test would let them die."""
    monkeypatch.setattr(executor, "crash_point", pause)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
