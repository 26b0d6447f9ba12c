"""A publisher killed at any byte leaves the old version or the new one, never a mix."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from bot.policy.model import version_of
from bot.store.rule_versions import CONTENTS, Origin, Publication, RuleVersions
from bot.store.rulebook import Rulebook, publish
from tests.rule_files import BASE, files_of, folder_with

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def put(url: str, folder: Path) -> None:
    files = files_of(folder)
    with Redis.from_url(url) as redis:
        publish(RuleVersions(redis), files, Publication(version_of(files), NOW, "ops", Origin.FOLDER))


def put_and_die(url: str, folder: Path, sends: int, share: float) -> None:
    """Publish, but be killed when `share` of the bytes of the n-th send have gone out."""
    sent = 0
    plain: Callable[..., None] = socket.socket.sendall

    def sendall(self: socket.socket, data: Any, *flags: int) -> None:
        nonlocal sent
        sent += 1
        if sent < sends:
            return plain(self, data, *flags)
        plain(self, memoryview(data)[: int(len(data) * share)], *flags)
        os.kill(os.getpid(), signal.SIGKILL)
        return None

    socket.socket.sendall = sendall  # type: ignore[assignment, method-assign]
    put(url, folder)


def outcome(url: str, folder: Path, sends: int, share: float) -> int | None:
    """Return the exit code of such a publisher: 0 when it needed fewer sends."""
    process = multiprocessing.get_context("fork").Process(
        target=put_and_die, args=(url, folder, sends, share)
    )
    process.start()
    process.join(30)
    return process.exitcode


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0], ids=["before", "half-way", "after"])
def test_killed_at_any_send(valkey_url: str, redis: Redis, tmp_path: Path, share: float) -> None:
    versions, folder = RuleVersions(redis), folder_with(tmp_path / "rules")
    put(valkey_url, BASE)  # what loading builds once is then there in each child
    old, new = version_of(files_of(BASE)), version_of(files_of(folder))
    held = []
    for sends in range(1, 50):
        redis.flushall()
        versions.publish(files_of(BASE), Publication(old, NOW, "ops", Origin.FOLDER))
        redis.script_flush()
        code = outcome(valkey_url, folder, sends, share)
        if code == 0:
            break
        assert code == -signal.SIGKILL
        active = versions.active()
        assert active is not None
        assert versions.files(active) == files_of(BASE if active == old else folder)
        assert [entry.version for entry in versions.history()] == ([old] if active == old else [new, old])
        kept = {name.decode() for name in redis.hkeys(CONTENTS) if isinstance(name, bytes)}
        assert kept == ({old} if active == old else {new, old})
        assert Rulebook(folder, versions).policy.version == active
        held.append(active)
        versions.publish(files_of(folder), Publication(new, NOW, "ops", Origin.FOLDER))
        assert (versions.active(), versions.files(new)) == (new, files_of(folder))
    assert len(held) >= 3, "the script was loaded and run"
    assert held[-1] == (new if share == 1.0 else old)
    assert set(held[:-1]) == {old}
