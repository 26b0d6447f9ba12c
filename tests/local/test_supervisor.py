"""Do our processes start in order, come back when they die, and end with us?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from bot.local.child import Child, Program, StartError, always, wait_until
from bot.local.supervisor import Supervisor, stop_signals
from bot.local.tether import Tether

POLITE = """
import signal, sys, time, pathlib
def leave(*_):
    print("left", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
signal.signal(signal.SIGINT, lambda *_: print("interrupted", flush=True))
print("up", flush=True)
time.sleep(60)
"""
DEAF = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
inner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("up", inner.pid, flush=True)
time.sleep(60)
"""
PARENT = """
import sys
from pathlib import Path
from bot.local.child import Child, Program
from bot.local.supervisor import Supervisor, stop_signals
from bot.local.tether import Tether
tether = Tether(grace_seconds=0.5)
programs = [
    Program(path.stem, (sys.executable, str(path)), path.with_suffix(".log"), {},
            lambda log=path.with_suffix(".log"): "up" in log.read_text())
    for path in map(Path, sys.argv[1:])
]
with stop_signals() as stop, Supervisor([Child(p, tether) for p in programs], print, stop) as supervisor:
    print("all up", flush=True)
    supervisor.watch()
tether.close()
print("all left", flush=True)
"""


@pytest.fixture
def tether() -> Iterator[Tether]:
    tether = Tether(grace_seconds=0.5)
    yield tether
    tether.close()


@pytest.fixture
def make(tmp_path: Path, tether: Tether) -> Callable[[str, str], Child]:
    """Return a maker of children that are ready once they have said so."""

    def child(name: str, script: str) -> Child:
        log = tmp_path / f"{name}.log"
        command = (sys.executable, "-c", script)
        return Child(Program(name, command, log, os.environ, lambda: "up" in log.read_text()), tether)

    return child


def running(pid: int | None) -> bool:
    try:
        return pid is not None and bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def look_until(supervisor: Supervisor, condition: Callable[[], bool]) -> bool:
    def looked() -> bool:
        supervisor.look()
        return condition()

    return wait_until(looked, 15)


def test_parts_start_once_the_one_before_is_ready_and_stop_the_other_way_round() -> None:
    calls: list[str] = []

    class Listed:
        def __init__(self, name: str) -> None:
            self.name = name
            self.looks = 0

        def start(self) -> None:
            calls.append(f"start {self.name}")

        def is_alive(self) -> bool:
            return True

        def is_ready(self) -> bool:
            self.looks += 1
            if self.looks == 3:
                calls.append(f"{self.name} is ready")
            return self.looks == 3

        def stop(self) -> None:
            calls.append(f"stop {self.name}")

        def ending(self) -> str:
            return ""

        def last_words(self) -> str:
            return ""

    with Supervisor([Listed("a"), Listed("b")], calls.append, threading.Event()):
        pass
    assert calls == ["start a", "a is ready", "start b", "b is ready", "stop b", "stop a"]


def test_children_get_sigterm_and_leave_nothing(make: Callable[[str, str], Child], tmp_path: Path) -> None:
    children = [make("one", POLITE), make("two", POLITE)]
    with Supervisor(children, print, threading.Event()):
        pids = [child.pid for child in children]
        assert all(running(pid) for pid in pids)
    assert not any(running(pid) for pid in pids)
    assert (tmp_path / "one.log").read_text() == "up\nleft\n"


def test_a_child_that_will_not_leave_is_killed_with_its_own_children(
    make: Callable[[str, str], Child], tmp_path: Path
) -> None:
    child = make("deaf", DEAF)
    child.start()
    assert wait_until(child.is_ready, 10)
    inner = int((tmp_path / "deaf.log").read_text().split()[1])
    child.stop(grace_seconds=0.1)
    assert not running(child.pid)
    assert wait_until(lambda: not running(inner), 10)


def test_a_dead_child_is_said_and_started_again(make: Callable[[str, str], Child]) -> None:
    said: list[str] = []
    child = make("one", POLITE)
    with Supervisor([child], said.append, threading.Event()) as supervisor:
        first = child.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        assert look_until(supervisor, lambda: child.pid != first)
        assert running(child.pid)
    assert said == ["one was ended by signal 9; starting it again in 0.5 s."]


def test_a_child_that_keeps_dying_is_given_ever_more_time(
    tmp_path: Path, tether: Tether, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.local.supervisor.BACK_OFF_SECONDS", (0.0, 0.01, 0.02))
    said: list[str] = []
    log = tmp_path / "brief.log"
    child = Child(Program("brief", ("/bin/sh", "-c", "exit 7"), log, {}), tether)
    supervisor = Supervisor([child], said.append, threading.Event())
    child.start()
    assert look_until(supervisor, lambda: len(said) == 4)
    assert [words.split(" in ")[1] for words in said] == ["0 s.", "0.01 s.", "0.02 s.", "0.02 s."]
    assert said[0].startswith("brief ended with code 7")


def test_the_rest_of_a_dead_child_s_group_is_ended(make: Callable[[str, str], Child], tmp_path: Path) -> None:
    child = make("deaf", DEAF)
    child.start()
    assert wait_until(child.is_ready, 10)
    inner = int((tmp_path / "deaf.log").read_text().split()[1])
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    assert wait_until(lambda: not child.is_alive(), 10)
    assert wait_until(lambda: not running(inner), 10)


def test_a_child_that_fails_at_the_start_is_quoted_and_the_others_stopped(
    make: Callable[[str, str], Child],
) -> None:
    good, bad = make("good", POLITE), make("bad", "raise SystemExit('no key')")
    with pytest.raises(StartError, match=r"bad ended with code 1\. It said:\nno key"):
        Supervisor([good, bad], print, threading.Event()).__enter__()
    assert not running(good.pid)


def test_a_child_that_dies_while_a_later_one_is_waited_for_is_quoted(tmp_path: Path, tether: Tether) -> None:
    first = Child(
        Program("first", ("/bin/sh", "-c", "echo no rules; exit 3"), tmp_path / "a.log", {}), tether
    )
    second = Child(Program("second", ("/bin/sleep", "60"), tmp_path / "b.log", {}, lambda: False), tether)
    with pytest.raises(StartError, match=r"first ended with code 3\. It said:\nno rules"):
        Supervisor([first, second], print, threading.Event()).__enter__()
    assert not running(second.pid)


def test_a_child_that_never_gets_ready_is_said(tmp_path: Path, tether: Tether) -> None:
    slow = Child(Program("slow", ("/bin/sleep", "60"), tmp_path / "slow.log", {}, lambda: False), tether)
    with pytest.raises(StartError, match=r"slow was not ready within 0\.05 s"):
        Supervisor([slow], print, threading.Event(), ready_seconds=0.05).__enter__()
    assert not running(slow.pid)


def test_a_program_that_is_not_there_is_said(tmp_path: Path, tether: Tether) -> None:
    ghost = Child(Program("ghost", ("/nowhere/ghost",), tmp_path / "ghost.log", {}, always), tether)
    with pytest.raises(StartError, match="ghost cannot be started"):
        ghost.start()


def test_being_told_to_stop_while_starting_starts_no_more(make: Callable[[str, str], Child]) -> None:
    stop = threading.Event()
    stop.set()
    child = make("one", POLITE)
    with Supervisor([child], print, stop):
        assert child.pid is None


def test_the_first_signal_asks_and_the_second_interrupts() -> None:
    with stop_signals() as stop:
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.is_set()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_an_ignored_hang_up_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stop_signals() as stop:
            os.kill(os.getpid(), signal.SIGHUP)
            assert not stop.is_set()
    finally:
        signal.signal(signal.SIGHUP, before)


class Whole:
    """Run a supervisor with children in a process of its own."""

    def __init__(self, folder: Path, *scripts: str) -> None:
        paths = [folder / f"child{number}.py" for number in range(len(scripts))]
        for path, script in zip(paths, scripts, strict=True):
            path.write_text(script)
        self.process = subprocess.Popen(
            [sys.executable, "-c", PARENT, *map(str, paths)], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "all up\n"
        self.below = psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number: signal.Signals) -> str:
        """Signal the supervisor and return what it said from then on."""
        self.process.send_signal(number)
        return self.process.communicate(timeout=30)[0]

    def all_gone(self) -> bool:
        return wait_until(lambda: not any(running(process.pid) for process in self.below), 15)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda n: n.name)
def test_a_signal_stops_everything_gently(tmp_path: Path, number: signal.Signals) -> None:
    whole = Whole(tmp_path, POLITE, POLITE)
    assert whole.end(number) == "all left\n"
    assert whole.process.returncode == 0
    assert whole.all_gone()
    assert (tmp_path / "child0.log").read_text() == "up\nleft\n"


def test_a_terminal_s_ctrl_c_reaches_only_the_supervisor(tmp_path: Path) -> None:
    whole = Whole(tmp_path, POLITE)
    groups = {os.getpgid(process.pid) for process in whole.below}
    assert os.getpgid(whole.process.pid) not in groups
    whole.end(signal.SIGINT)
    assert "interrupted" not in (tmp_path / "child0.log").read_text()


def test_killing_the_supervisor_ends_every_child_even_a_deaf_one(tmp_path: Path) -> None:
    whole = Whole(tmp_path, POLITE, DEAF)
    assert len(whole.below) == 4  # two children, one of their own, the watchdog
    whole.end(signal.SIGKILL)
    assert whole.all_gone()
    assert "left" in (tmp_path / "child0.log").read_text()
