"""Who publishes when nobody does: first starts, an emptied Redis, a watched folder."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis import Redis

from bot.policy.model import version_of
from bot.store.rule_check import check_apart, check_here
from bot.store.rule_keeping import RuleKeeper
from bot.store.rule_versions import Origin, Publication, RuleVersions
from bot.store.rulebook import Rulebook, publish
from tests.rule_files import BASE, add_rule, files_of, folder_with, spoil

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.fixture
def versions(redis: Redis) -> RuleVersions:
    return RuleVersions(redis)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_with(tmp_path / "rules", "uno")


class Clock:
    """Stand for one clock process: its rulebook and its keeper."""

    def __init__(self, versions: RuleVersions, folder: Path, *, watch: bool) -> None:
        self.rulebook = Rulebook(folder, versions)
        self.keeper = RuleKeeper(versions, folder, folder if watch else None)

    def look(self, times: int = 2) -> None:
        """Look as often as it takes to see that the folder stands still."""
        for _ in range(times):
            self.keeper._next_look = self.rulebook._next_look = 0.0
            self.keeper.look(NOW)


def origins(versions: RuleVersions) -> list[Origin]:
    return [entry.origin for entry in versions.history()]


def version(folder: Path) -> str:
    return version_of(files_of(folder))


def by_command(versions: RuleVersions, folder: Path) -> str:
    publish(versions, files_of(folder), Publication(version(folder), NOW, "ops", Origin.FOLDER))
    return version(folder)


@pytest.mark.parametrize("watch", [True, False])
def test_the_first_start_publishes_its_folder(versions: RuleVersions, folder: Path, watch: bool) -> None:
    Clock(versions, folder, watch=watch).look(4)
    assert (versions.active(), origins(versions)) == (version(folder), [Origin.START])


def test_in_production_the_published_version_holds(versions: RuleVersions, folder: Path) -> None:
    published = by_command(versions, BASE)
    clock = Clock(versions, folder, watch=False)
    clock.look(4)
    add_rule(folder, "dos")
    clock.look(4)
    assert versions.active() == published


def test_a_changed_folder_is_published_once_it_stands_still(versions: RuleVersions, folder: Path) -> None:
    clock = Clock(versions, folder, watch=True)
    clock.look()
    first = version(folder)
    add_rule(folder, "dos")
    clock.look(1)
    assert versions.active() == first
    clock.look(1)
    assert (versions.active(), origins(versions)) == (version(folder), [Origin.WATCH, Origin.START])


def test_a_folder_changed_while_nobody_watched_is_published(versions: RuleVersions, folder: Path) -> None:
    Clock(versions, folder, watch=True).look()
    add_rule(folder, "dos")
    Clock(versions, folder, watch=True).look()
    assert versions.active() == version(folder)


def test_a_folder_that_was_never_watched_holds_once_it_is(versions: RuleVersions, folder: Path) -> None:
    Clock(versions, folder, watch=False).look()
    by_command(versions, BASE)
    Clock(versions, folder, watch=True).look()
    assert versions.active() == version(folder)


def test_a_restart_does_not_undo_what_was_published_by_hand(versions: RuleVersions, folder: Path) -> None:
    Clock(versions, folder, watch=True).look()
    published = by_command(versions, BASE)
    Clock(versions, folder, watch=True).look(4)
    assert versions.active() == published


def test_a_folder_changed_back_is_published_too(versions: RuleVersions, folder: Path) -> None:
    clock = Clock(versions, folder, watch=True)
    clock.look()
    first = version(folder)
    add_rule(folder, "dos")
    clock.look()
    add_rule(folder, "uno")
    clock.look()
    assert versions.active() == first


def test_a_spoilt_folder_is_said_once_and_leaves_the_last_good_one(
    versions: RuleVersions, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = Clock(versions, folder, watch=True)
    clock.look()
    good = version(folder)
    place = spoil(folder)
    clock.look(6)
    assert (versions.active(), versions.refusals().count) == (good, 1)
    said = capsys.readouterr()
    assert (said.out + said.err).count(place) == 1
    add_rule(folder, "dos")
    clock.look()
    assert versions.active() == version(folder)


def test_a_file_that_is_not_read_is_said_and_no_reason_to_stay_behind(
    versions: RuleVersions, folder: Path
) -> None:
    clock = Clock(versions, folder, watch=True)
    clock.look()
    add_rule(folder, "dos")
    (folder / "suelto.yml").write_text("version: 1\n", encoding="utf-8")
    clock.look(4)
    assert [problem.file for problem in versions.refusals().problems] == ["suelto.yml"]
    (folder / "suelto.yml").unlink()
    clock.look()
    assert versions.active() == version(folder)


def test_a_vanished_folder_changes_nothing(versions: RuleVersions, folder: Path) -> None:
    clock = Clock(versions, folder, watch=True)
    clock.look()
    good = version(folder)
    folder.rename(folder.with_name("away"))
    clock.look(4)
    assert versions.active() == good


@pytest.mark.parametrize("watch", [True, False])
def test_an_emptied_redis_gets_back_the_version_that_held(
    redis: Redis, versions: RuleVersions, folder: Path, watch: bool
) -> None:
    clock = Clock(versions, folder, watch=watch)
    clock.look()
    published = by_command(versions, BASE)
    clock.look()
    redis.flushall()
    clock.look(4)
    assert (versions.active(), versions.files(published)) == (published, files_of(BASE))


def test_a_first_start_with_false_examples_is_said_and_goes_on(versions: RuleVersions, folder: Path) -> None:
    spoil(folder)
    clock = Clock(versions, folder, watch=True)
    clock.look(6)
    assert (versions.active(), versions.refusals().count) == (None, 1)
    assert clock.rulebook.policy.version == version(folder)
    add_rule(folder, "dos")
    clock.look()
    assert versions.active() == version(folder)


def test_what_this_program_refuses_gives_way_to_the_folder(
    redis: Redis, versions: RuleVersions, folder: Path, tmp_path: Path
) -> None:
    foreign = folder_with(tmp_path / "foreign")
    spoil(foreign)
    versions.publish(files_of(foreign), Publication(version(foreign), NOW, "ops", Origin.FOLDER))
    clock = Clock(versions, folder, watch=False)
    clock.look()
    redis.flushall()
    clock.look(4)
    assert (versions.active(), versions.refusals().count) == (version(folder), 1)


def test_a_check_in_a_process_of_its_own_finds_the_same(folder: Path) -> None:
    assert check_apart(files_of(folder), ()) == []
    spoil(folder)
    found = check_apart(files_of(folder), ())
    assert found == check_here(files_of(folder), ())
    assert found
