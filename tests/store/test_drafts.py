"""Is a draft of rules kept whole, and never overwritten unseen?"""

from __future__ import annotations

from dataclasses import replace

import pytest
from redis import Redis

from bot.store.drafts import LIFE, MOST_BYTES, Draft, Drafts, DraftTooLarge
from tests.world import MONDAY

FILES = {"a.yaml": b"version: 1\n", "b.yaml": b"version: 1\n", "c.yaml": b"version: 1\n"}
DRAFT = Draft("v1", {"a.yaml": "version: 1 # ñandú\n", "b.yaml": None, "nuevo.yaml": "version: 1\n"})


@pytest.fixture
def drafts(redis: Redis) -> Drafts:
    return Drafts(redis)


def test_a_draft_is_read_as_it_was_saved_and_by_its_owner_alone(drafts: Drafts, redis: Redis) -> None:
    assert drafts.read("ana") is None
    assert drafts.save("ana", DRAFT, MONDAY)
    assert drafts.read("ana") == replace(DRAFT, revision=1, at=MONDAY)
    assert drafts.read("eva") is None
    (name,) = redis.keys("*")
    assert 0 < redis.ttl(name) <= LIFE.total_seconds()
    assert b"ana" not in name
    drafts.discard("ana")
    assert drafts.read("ana") is None


def test_of_two_windows_the_second_to_save_is_told(drafts: Drafts) -> None:
    assert drafts.save("ana", DRAFT, MONDAY)
    seen = drafts.read("ana")
    assert seen is not None
    assert drafts.save("ana", replace(seen, files={}), MONDAY)
    assert not drafts.save("ana", seen, MONDAY)
    assert drafts.read("ana") == Draft("v1", {}, 2, MONDAY)


def test_a_draft_is_bounded(drafts: Drafts) -> None:
    huge = Draft("v1", {"a.yaml": "x" * MOST_BYTES, "b.yaml": "x"})
    with pytest.raises(DraftTooLarge):
        drafts.save("ana", huge, MONDAY)
    assert drafts.read("ana") is None


@pytest.mark.parametrize("spoilt", [b"", b"no zlib"])
def test_a_damaged_draft_counts_as_none(drafts: Drafts, redis: Redis, spoilt: bytes) -> None:
    drafts.save("ana", DRAFT, MONDAY)
    (name,) = redis.keys("*")
    redis.hset(name, "files", spoilt)
    assert drafts.read("ana") is None


def test_a_draft_lies_over_files() -> None:
    assert DRAFT.over(FILES) == {
        "a.yaml": "version: 1 # ñandú\n".encode(),
        "c.yaml": b"version: 1\n",
        "nuevo.yaml": b"version: 1\n",
    }


def test_changes_that_make_no_difference_are_dropped() -> None:
    same = Draft("v1", {"a.yaml": "version: 1\n", "gone.yaml": None, "b.yaml": "version: 1\n\n"})
    assert same.without_idle(FILES) == {"b.yaml": "version: 1\n\n"}
