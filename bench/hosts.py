"""What stands for machines here? Network namespaces on one bridge, or, without root, mere folders."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.local.ports import LOOPBACK, free_port
from bot.local.processes import HOME
from bot.local.tether import Tether

BRIDGE = "semaforo-br"
NET = "10.77.31"
CENTRE = f"{NET}.1"


@dataclass(slots=True)
class Host:
    """Hold one machine: its address, its own folder, and what runs on it."""

    name: str
    address: str
    prefix: tuple[str, ...]
    folder: Path
    tether: Tether
    port: int
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, label: str, words: Sequence[str], environ: Mapping[str, str]) -> None:
        """Run one of our commands here; its log stays in the host's folder."""
        with (self.folder / f"{label}.log").open("ab") as log:
            process = subprocess.Popen(
                [*self.prefix, sys.executable, "-m", "bot.cli", *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={**environ, "PYTHONPATH": str(HOME), "PATH": os.environ["PATH"]},
                start_new_session=True,
            )
        self.tether.hold(process.pid)
        self.running[label] = process

    def kill(self, label: str) -> None:
        """Kill a process with all its children, as a lost machine would."""
        process = self.running.pop(label)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.tether.release(process.pid)

    def stop(self) -> None:
        """End all that runs here."""
        for process in self.running.values():
            process.terminate()
        for label in list(self.running):
            with suppress(subprocess.TimeoutExpired):
                self.running[label].wait(12)
            self._end(label)

    def _end(self, label: str) -> None:
        process = self.running.pop(label)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.tether.release(process.pid)


def can_have_namespaces() -> bool:
    """Tell whether this user may make network namespaces here."""
    return os.geteuid() == 0 and shutil.which("ip") is not None


@contextmanager
def hosts(names: Sequence[str], folder: Path, rules: Path, *, apart: bool) -> Iterator[list[Host]]:
    """Make machines, each with a folder and a copy of the rules of its own, and take them down afterwards."""
    with ExitStack() as stack:
        tether = stack.enter_context(Tether())
        if apart:
            stack.enter_context(_bridge())
        made = []
        for number, name in enumerate(names, start=11):
            own = folder / name
            shutil.copytree(rules, own / "rules")
            address, prefix = LOOPBACK, ()
            if apart:
                stack.enter_context(_namespace(name, number))
                address, prefix = f"{NET}.{number}", ("ip", "netns", "exec", _space(name))
            made.append(Host(name, address, prefix, own, tether, 8000 if apart else free_port()))
            stack.callback(made[-1].stop)
        yield made


@contextmanager
def _bridge() -> Iterator[None]:
    _ip("link", "add", BRIDGE, "type", "bridge")
    try:
        _ip("addr", "add", f"{CENTRE}/24", "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
        yield
    finally:
        _ip("link", "del", BRIDGE)


@contextmanager
def _namespace(name: str, number: int) -> Iterator[None]:
    space, near, far = _space(name), f"sem{number}a", f"sem{number}b"
    _ip("netns", "add", space)
    try:
        _ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", space)
        _ip("link", "set", near, "master", BRIDGE, "up")
        _ip("-n", space, "addr", "add", f"{NET}.{number}/24", "dev", far)
        _ip("-n", space, "link", "set", far, "up")
        _ip("-n", space, "link", "set", "lo", "up")
        yield
    finally:
        # Of itself the pair would go with its namespace, but some time after.
        subprocess.run(["ip", "link", "del", near], check=False, capture_output=True)
        _ip("netns", "del", space)


def _space(name: str) -> str:
    return f"semaforo-{name}"


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
