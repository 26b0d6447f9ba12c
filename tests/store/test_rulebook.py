"""Which rules hold: versions in a real Valkey, publications, loss and return."""

from __future__ import annotations

import itertools
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from bot.policy.model import version_of
from bot.store import rule_versions
from bot.store.rule_versions import ACTIVE, CONTENTS, HISTORY, Origin, Publication, RuleVersions
from bot.store.rulebook import LOOK_EVERY_SECONDS, Rulebook, RulesRefused, publish
from tests.rule_files import ADDED, BASE, WORD, files_of, folder_with, spoil

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.fixture
def versions(redis: Redis) -> RuleVersions:
    return RuleVersions(redis)


@pytest.fixture
def added(tmp_path: Path) -> Path:
    return folder_with(tmp_path / "added")


def put(versions: RuleVersions, folder: Path, origin: Origin = Origin.FOLDER, **more: str) -> str:
    files = files_of(folder)
    version = version_of(files)
    publish(versions, files, Publication(version, NOW, more.get("author", "ops"), origin))
    return version


def soon(rulebook: Rulebook) -> Rulebook:
    """Let the next look be due now."""
    rulebook._next_look = 0.0
    return rulebook


def knows(rulebook: Rulebook, word: str = WORD) -> bool:
    return rulebook.policy.rule_title(f"prueba-{word}") != f"prueba-{word}"


def test_a_publication_is_kept_whole_with_who_and_when(versions: RuleVersions) -> None:
    version = put(versions, BASE)
    assert versions.active() == version
    assert versions.files(version) == files_of(BASE)
    assert versions.history() == [Publication(version, NOW, "ops", Origin.FOLDER)]


def test_publishing_what_holds_already_changes_nothing(versions: RuleVersions) -> None:
    version = put(versions, BASE)
    files = files_of(BASE)
    assert not publish(versions, files, Publication(version, NOW, "otra", Origin.FOLDER))
    assert len(versions.history()) == 1


def test_a_refused_publication_names_the_line_and_leaves_the_last_good_one(
    versions: RuleVersions, added: Path
) -> None:
    version = put(versions, added)
    place = spoil(added)
    with pytest.raises(RulesRefused) as refused:
        put(versions, added)
    assert [str(problem).startswith(place) for problem in refused.value.problems] == [True]
    assert (versions.active(), len(versions.history())) == (version, 1)
    assert knows(Rulebook(BASE, versions))
    refusals = versions.refusals()
    assert (refusals.count, [f"{p.file}:{p.line}" for p in refusals.problems]) == (1, [place])


def test_a_success_ends_the_refusal_but_not_its_count(versions: RuleVersions, added: Path) -> None:
    spoil(added)
    with pytest.raises(RulesRefused):
        put(versions, added)
    put(versions, BASE)
    assert (versions.refusals().count, versions.refusals().problems) == (1, ())


@pytest.mark.parametrize("missing", ["niveles.yaml", "calendario.yaml"])
def test_rules_that_a_service_cannot_run_on_are_refused(
    versions: RuleVersions, tmp_path: Path, missing: str
) -> None:
    folder = folder_with(tmp_path / "rules")
    (folder / missing).unlink()
    with pytest.raises(RulesRefused, match=missing):
        put(versions, folder)
    assert versions.active() is None


def test_a_folder_too_large_to_keep_is_refused(versions: RuleVersions, added: Path) -> None:
    for number in range(22):
        (added / f"largo-{number}.yaml").write_text("version: 1\n#" + "x" * 200_000, encoding="utf-8")
    with pytest.raises(RulesRefused, match="KiB"):
        put(versions, added)


def test_a_process_takes_up_what_another_publishes(versions: RuleVersions, added: Path) -> None:
    rulebook = Rulebook(BASE, versions)
    assert not knows(rulebook)
    version = put(versions, added)
    assert not knows(rulebook), "Redis was asked again before it was time"
    assert knows(soon(rulebook))
    assert rulebook.policy.version == version
    assert LOOK_EVERY_SECONDS < 5


def test_a_rollback_brings_the_earlier_rules_back(versions: RuleVersions, added: Path) -> None:
    first, second = put(versions, BASE), put(versions, added)
    rulebook = Rulebook(BASE, versions)
    assert knows(rulebook)
    files = versions.files(first)
    assert files is not None
    publish(versions, files, Publication(first, NOW, "ops", Origin.ROLLBACK))
    assert not knows(soon(rulebook))
    assert [entry.version for entry in versions.history()] == [first, second, first]


def test_published_rules_hold_even_where_the_folder_is_broken(versions: RuleVersions, added: Path) -> None:
    put(versions, added)
    (added / "niveles.yaml").write_text("¿esto?", encoding="utf-8")
    assert knows(Rulebook(added, versions))


def test_without_any_usable_rules_nothing_starts(versions: RuleVersions, added: Path) -> None:
    (added / "niveles.yaml").write_text("¿esto?", encoding="utf-8")
    with pytest.raises(RulesRefused, match=r"niveles\.yaml:1"):
        Rulebook(added, versions)


def test_a_version_that_this_program_cannot_load_leaves_the_last_good_one(
    versions: RuleVersions, added: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = put(versions, added)
    rulebook = Rulebook(BASE, versions)
    files = files_of(BASE) | {"nuevo.yaml": b"version: 1\nseccion_de_manana: 1\n"}
    newer = version_of(files)
    versions.publish(files, Publication(newer, NOW, "otro programa", Origin.FOLDER))
    assert soon(rulebook).policy.version == held
    assert rulebook.unusable == newer
    with monkeypatch.context() as patch:
        patch.setattr("bot.store.rulebook.policy_from", lambda _: pytest.fail("loaded again, for nothing"))
        assert soon(rulebook).policy.version == held
    assert Rulebook(BASE, versions).policy.version == version_of(files_of(BASE))
    versions.publish(files_of(added), Publication(held, NOW, "ops", Origin.ROLLBACK))
    assert soon(rulebook).policy.version == held
    assert rulebook.unusable is None


@pytest.mark.parametrize("content", [b"", b"basura", b"\x78\x9c"], ids=["empty", "noise", "cut"])
def test_a_damaged_version_is_never_used(
    redis: Redis, versions: RuleVersions, added: Path, content: bytes
) -> None:
    rulebook = Rulebook(BASE, versions)
    version = put(versions, added)
    redis.hset(CONTENTS, version, content)
    assert not knows(soon(rulebook))
    assert rulebook.unusable == version
    put(versions, added)  # the same version again mends it
    assert knows(soon(rulebook))


def test_content_of_another_version_under_its_name_is_never_used(
    redis: Redis, versions: RuleVersions, added: Path
) -> None:
    shipped = put(versions, BASE)
    version = put(versions, added)
    redis.hset(CONTENTS, version, redis.hget(CONTENTS, shipped) or b"")
    assert versions.files(version) is None


def test_old_versions_go_and_the_active_one_stays(
    versions: RuleVersions, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_versions, "KEPT", 3)
    published = []
    for number in range(6):
        files = {"a.yaml": f"version: {number}".encode()}
        published.append(version_of(files))
        versions.publish(files, Publication(published[-1], NOW, "ops", Origin.FOLDER))
    assert [entry.version for entry in versions.history()] == published[:2:-1]
    assert {name.decode() for name in redis.hkeys(CONTENTS) if isinstance(name, bytes)} == set(published[3:])
    assert versions.active() == published[-1]


def test_two_publishers_at_once_leave_one_whole_version(
    versions: RuleVersions, redis: Redis, added: Path, tmp_path: Path
) -> None:
    folders = [added, folder_with(tmp_path / "other", "equidna")]
    start = threading.Barrier(2)

    def publisher(folder: Path) -> None:
        start.wait()
        for _ in range(10):
            put(RuleVersions(redis), folder)

    threads = [threading.Thread(target=publisher, args=(folder,)) for folder in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    history = versions.history()
    assert versions.active() == history[0].version
    assert {entry.version for entry in history} == {version_of(files_of(folder)) for folder in folders}
    neighbours = itertools.pairwise(history)
    assert all(newer.version != older.version for newer, older in neighbours)
    assert knows(Rulebook(BASE, versions)) is not knows(Rulebook(BASE, versions), "equidna")


def test_the_first_of_two_starts_wins(versions: RuleVersions, added: Path) -> None:
    for folder in (added, BASE):
        files = files_of(folder)
        entry = Publication(version_of(files), NOW, "semaforo", Origin.START)
        publish(versions, files, entry, only_first=True)
    assert versions.active() == version_of(files_of(added))
    assert len(versions.history()) == 1


def test_without_redis_the_rules_in_hand_hold(added: Path) -> None:
    nowhere = Redis(unix_socket_path="/nowhere/valkey.sock", retry=Retry(NoBackoff(), 0))
    rulebook = Rulebook(added, RuleVersions(nowhere))
    assert knows(rulebook)
    assert knows(soon(rulebook))


def test_all_of_it_lives_under_three_names_and_the_last_refusal(
    redis: Redis, versions: RuleVersions, added: Path
) -> None:
    put(versions, added)
    assert sorted(redis.keys()) == sorted(name.encode() for name in (ACTIVE, CONTENTS, HISTORY))
    assert ADDED.encode() not in (redis.hvals(CONTENTS)[0])


def test_rules_nobody_asked_for_are_not_read(versions: RuleVersions, tmp_path: Path) -> None:
    published = put(versions, BASE)
    rulebook = Rulebook(tmp_path / "nothing here", versions, at_once=False)
    rulebook.look(at_once=True)
    assert rulebook.version == published
    assert rulebook.policy.version == published
