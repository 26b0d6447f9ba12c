"""Who may act on a ticket: one worker at a time, as long as it lives."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from redis import Redis

from bot.domain.ticket import TicketKey
from bot.store.leases import Lease, Leases

KEY, OTHER = TicketKey("acelera", 7), TicketKey("mda", 7)
NAME = "semaforo:lease:acelera:7"
LONG, BRIEF = timedelta(seconds=60), timedelta(milliseconds=40)


@pytest.fixture
def leases(redis: Redis) -> Leases:
    return Leases(redis, LONG)


def test_a_lease_is_for_one_and_comes_back(leases: Leases) -> None:
    with leases.hold(KEY) as first, leases.hold(KEY) as second, leases.hold(OTHER) as other:
        assert first is not None
        assert first.is_held()
        assert second is None
        assert other is not None
    with leases.hold(KEY) as again:
        assert again is not None


def test_one_who_did_not_get_it_does_not_release_it(leases: Leases) -> None:
    with leases.hold(KEY) as holder:
        with leases.hold(KEY) as refused:
            assert refused is None
        assert holder is not None
        assert holder.is_held()


def test_it_is_released_after_an_error(leases: Leases) -> None:
    with pytest.raises(ZeroDivisionError), leases.hold(KEY):
        raise ZeroDivisionError
    with leases.hold(KEY) as held:
        assert held is not None


def test_it_is_renewed_while_its_holder_works(redis: Redis) -> None:
    with Leases(redis, timedelta(seconds=2)).hold(KEY) as holder:
        redis.pexpire(NAME, 1500)
        end = time.monotonic() + 10
        while int(redis.pttl(NAME)) <= 1500:
            assert time.monotonic() < end, "the lease is not renewed"
            time.sleep(0.02)
        assert holder is not None
        assert holder.is_held()


def test_a_dead_holders_lease_runs_out(redis: Redis, leases: Leases) -> None:
    assert Lease(redis, KEY, BRIEF).take(), "and nobody renews it"
    time.sleep(BRIEF.total_seconds() * 2)
    with leases.hold(KEY) as successor:
        assert successor is not None


def test_a_frozen_holder_sees_that_it_lost_and_releases_nothing(redis: Redis, leases: Leases) -> None:
    frozen = Lease(redis, KEY, BRIEF)
    assert frozen.take()
    time.sleep(BRIEF.total_seconds() * 2)
    assert not frozen.is_held()
    with leases.hold(KEY) as successor:
        assert not frozen.is_held()
        frozen.release()
        assert successor is not None
        assert successor.is_held()


def test_a_lost_lease_is_not_renewed_for_its_successor(redis: Redis) -> None:
    with Leases(redis, BRIEF).hold(KEY) as holder:
        redis.set(NAME, "another", px=60_000)
        time.sleep(BRIEF.total_seconds())
        assert holder is not None
        assert not holder.is_held()
        assert int(redis.pttl(NAME)) > 1000
    assert redis.get(NAME) == b"another"


def test_of_many_at_once_one_gets_it(leases: Leases) -> None:
    start, finish = threading.Barrier(8), threading.Barrier(8)

    def attempt() -> bool:
        start.wait()
        with leases.hold(KEY) as held:
            finish.wait()
            return held is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(job.result() for job in [pool.submit(attempt) for _ in range(8)]) == 1


def test_no_thread_stays_behind(leases: Leases) -> None:
    before = threading.active_count()
    with leases.hold(KEY):
        assert threading.active_count() == before + 1
    assert threading.active_count() == before
