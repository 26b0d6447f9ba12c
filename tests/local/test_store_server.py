"""Does the embedded Valkey keep its data, its folder and its promise to end with us?"""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis

from bot.local.child import StartError, wait_until
from bot.local.store_binary import find_server, trouble_with
from bot.local.store_folder import StoreError
from bot.local.store_server import EmbeddedStore, connect_existing

OWNER = """
import sys, time
from pathlib import Path
from bot.local.store_server import EmbeddedStore
store = EmbeddedStore(Path(sys.argv[1]))
print(store.start(), store.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    store = EmbeddedStore(tmp_path / "var")
    yield store
    store.stop()


def is_running(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def gone(pid: int) -> bool:
    return wait_until(lambda: not is_running(pid), 10)


def other_owner(folder: Path) -> tuple[subprocess.Popen[str], int]:
    """Start the store in another process; return it and the server's number."""
    process = subprocess.Popen([sys.executable, "-c", OWNER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, int(process.stdout.readline().split()[-1])


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_it_is_private_and_set_up_to_keep_data(store: EmbeddedStore, tmp_path: Path) -> None:
    client = redis.Redis.from_url(store.start())
    wanted = {
        "port": "0",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    assert client.config_get(*wanted) == wanted
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "var" / "valkey.sock").stat().st_mode) == 0o700
    pid = store.pid
    assert pid is not None
    assert psutil.Process(pid).net_connections("inet") == []


def test_a_folder_open_to_all_is_closed(store: EmbeddedStore, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir(mode=0o755)
    store.start()
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700


def test_stop_keeps_the_data_and_nothing_else(store: EmbeddedStore, tmp_path: Path) -> None:
    redis.Redis.from_url(store.start()).set("kept", "yes")
    pid = store.pid
    store.stop()
    assert pid is not None
    assert not is_running(pid)
    left = {path.name for path in (tmp_path / "var").iterdir()}
    assert left == {"appendonlydir", "owner.lock", "server.lock", "valkey.log"}
    assert redis.Redis.from_url(store.start()).get("kept") == b"yes"


def test_killing_the_server_loses_nothing_and_leaves_no_obstacle(store: EmbeddedStore) -> None:
    redis.Redis.from_url(store.start()).set("kept", "yes")
    pid = store.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not store.is_alive(), 10)
    assert redis.Redis.from_url(store.start()).get("kept") == b"yes"
    assert store.pid != pid


@pytest.mark.parametrize("name", ["sp ace é", "x" * 150], ids=["spaces and accents", "too long for a socket"])
def test_any_folder_will_do(tmp_path: Path, name: str) -> None:
    store = EmbeddedStore(tmp_path / name)
    with store as url:
        client = redis.Redis.from_url(url)
        path = Path(str(client.config_get("unixsocket")["unixsocket"]))
        assert client.ping()
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert not path.exists()
    assert (path.parent == tmp_path / name) or not path.parent.exists()


def test_a_second_start_is_refused_with_who_and_how(store: EmbeddedStore, tmp_path: Path) -> None:
    url = store.start()
    with pytest.raises(StoreError) as refused:
        EmbeddedStore(tmp_path / "var").start()
    assert f"process {os.getpid()} uses the data in {tmp_path / 'var'}" in str(refused.value)
    assert f"kill {os.getpid()}" in str(refused.value)
    assert "REDIS_URL" in str(refused.value)
    assert redis.Redis.from_url(url).ping()


def test_another_process_is_refused_too(tmp_path: Path, store: EmbeddedStore) -> None:
    process, server = other_owner(tmp_path / "var")
    with pytest.raises(StoreError, match=f"process {process.pid} uses"):
        store.start()
    assert is_running(server)
    end(process)
    assert gone(server)


def test_a_command_finds_the_live_server(store: EmbeddedStore, tmp_path: Path) -> None:
    assert connect_existing(tmp_path / "var") is None
    url = store.start()
    assert connect_existing(tmp_path / "var") == url
    store.stop()
    assert connect_existing(tmp_path / "var") is None


def test_a_note_that_outlived_its_server_is_not_believed(store: EmbeddedStore, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "server.json").write_text(f'{{"owner": 1, "socket": "{tmp_path}/var/valkey.sock"}}')
    (tmp_path / "var" / "valkey.sock").touch()
    assert connect_existing(tmp_path / "var") is None
    assert redis.Redis.from_url(store.start()).ping()


def test_a_broken_note_is_no_obstacle(store: EmbeddedStore, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "server.json").write_text('{"owner": ')
    assert connect_existing(tmp_path / "var") is None
    assert redis.Redis.from_url(store.start()).ping()


def test_the_owner_killed_the_server_ends_and_the_next_start_has_the_data(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    process, server = other_owner(tmp_path / "var")
    url = connect_existing(tmp_path / "var")
    assert url is not None
    redis.Redis.from_url(url).set("kept", "yes")
    end(process)
    # At once, without waiting for the old server: the start has to see to it that it is gone.
    assert redis.Redis.from_url(store.start()).get("kept") == b"yes"
    assert not is_running(server)


def test_an_orphan_that_nobody_ended_is_ended_by_the_next_start(store: EmbeddedStore, tmp_path: Path) -> None:
    process, server = other_owner(tmp_path / "var")
    for child in psutil.Process(process.pid).children():
        if child.pid != server:
            child.kill()  # the watchdog
    end(process)
    assert is_running(server)
    assert redis.Redis.from_url(store.start()).ping()
    assert gone(server)


def test_of_many_starts_at_one_moment_one_wins(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OWNER, str(tmp_path / "var")]
    racers = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)
    ]
    assert wait_until(lambda: sum(racer.poll() is None for racer in racers) == 1, 30)
    winner = next(racer for racer in racers if racer.poll() is None)
    assert winner.stdout is not None
    server = int(winner.stdout.readline().split()[-1])
    winner.kill()
    said = [racer.communicate()[1] for racer in racers if racer is not winner]
    assert all("Semáforo already runs here" in words for words in said)
    winner.communicate()
    assert gone(server)


def test_a_program_that_cannot_run_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "valkey-server"
    broken.write_bytes(b"\x7fELF nothing")
    broken.chmod(0o755)
    monkeypatch.setattr("bot.local.store_binary.candidates", lambda: [broken])
    with pytest.raises(StartError) as refused:
        EmbeddedStore(tmp_path / "var").start()
    assert str(broken) in str(refused.value)
    assert "REDIS_URL" in str(refused.value)


def test_a_server_that_ends_at_once_is_quoted(tmp_path: Path) -> None:
    program = tmp_path / "valkey-server"
    program.write_text("#!/bin/sh\necho 'no se pudo' >&2\nexit 3\n")
    program.chmod(0o755)
    with pytest.raises(StartError, match=r"ended with code 3\. It said:\nno se pudo"):
        EmbeddedStore(tmp_path / "var", program).start()


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ("Redis server v=6.0.16 sha=0", "version 6.0 is older than 7.0"),
        ("Redis server v=7.0.15 sha=0", None),
        ("Valkey server v=10.1.0 sha=0", None),
        ("hello", "it does not say its version (hello)"),
    ],
)
def test_only_a_server_new_enough_is_taken(tmp_path: Path, answer: str, trouble: str | None) -> None:
    program = tmp_path / "redis-server"
    program.write_text(f"#!/bin/sh\necho '{answer}'\n")
    program.chmod(0o755)
    assert trouble_with(program) == trouble


def test_the_machine_s_own_server_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "valkey-server"
    own.write_text("#!/bin/sh\necho 'Valkey server v=9.0.0 sha=0'\n")
    own.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert find_server() == own
    own.write_text("#!/bin/sh\necho 'Redis server v=5.0.0 sha=0'\n")
    assert find_server() != own


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be used"):
        EmbeddedStore(tmp_path / "file" / "var").start()
