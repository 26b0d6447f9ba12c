"""Lease, write-ahead, settling and read-back: at most one effect ever, and at least one in the end."""

from __future__ import annotations

import os

from redis import Redis

from bot.store.rulebook import Rulebook
from tests.chaos.machine import check_protocol

EXAMPLES = int(os.environ.get("CHAOS_EXAMPLES", "25"))


def test_one_effect_whatever_happens(redis: Redis, plain_rules: Rulebook) -> None:
    check_protocol(redis, plain_rules, EXAMPLES)
