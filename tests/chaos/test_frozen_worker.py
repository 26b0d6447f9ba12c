"""A worker that stands still past the end of its lease, between its intent and its sending, sends nothing."""

from __future__ import annotations

import time

import psutil
import pytest

from bot.local.child import wait_until
from tests.chaos.checker import check
from tests.chaos.fleet import Fleet, fleet
from tests.chaos.schedule import Storm
from tests.chaos.storm import open_ticket

PACE = Storm(seed=0, tickets=1, seconds=0, workers=0, lease=2, settle=1, sweep=2)


def frozen_jobs(here: Fleet) -> list[psutil.Process]:
    children = psutil.Process(here.processes.running["frozen"].pid).children(recursive=True)
    return [child for child in children if child.status() == psutil.STATUS_STOPPED]


@pytest.mark.xdist_group("chaos")
@pytest.mark.parametrize("point", ["before_addnote", "before_reply"])
def test_a_frozen_worker_comes_too_late_to_send(point: str) -> None:
    with fleet(PACE) as here:
        here.start("worker", "frozen", FREEZE_AT=point)
        cause = open_ticket(here, 0)
        assert wait_until(lambda: bool(frozen_jobs(here)), 40)
        here.start("worker", "other")
        assert wait_until(lambda: check([cause], here.found(), []).is_clean, 40)
        for job in frozen_jobs(here):
            job.resume()
        time.sleep(2)
        verdict = check([cause], here.found(), [])
    assert verdict.is_clean, verdict.table()
