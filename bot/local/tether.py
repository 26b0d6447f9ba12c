"""Who stops the children when their parent is killed with -9?

A small watchdog process holds the reading end of a pipe. The parent tells it which children live; when
the parent ends in whatever way, the kernel closes the pipe, and the watchdog stops what is left. This is
the same on Linux and macOS; Linux' PR_SET_PDEATHSIG is not, hangs on the thread that forked, and cannot
end a child that ignores its signal. This file is also the watchdog's script: standard library only.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from typing import Self, TextIO

GRACE_SECONDS = 10.0


class Tether:
    """Bind child process groups to the life of this process; each child must lead its own group."""

    def __init__(self, grace_seconds: float = GRACE_SECONDS) -> None:
        self._watchdog = subprocess.Popen(
            # -I and -S: start in 10 ms, and read nothing from the folder or the environment we are in.
            [sys.executable, "-I", "-S", __file__, str(grace_seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def hold(self, pid: int) -> None:
        """Have this group stopped when we are gone."""
        self._tell(f"+{pid}\n")

    def release(self, pid: int) -> None:
        """Forget a group that has ended; its number may be given to a stranger."""
        self._tell(f"-{pid}\n")

    def close(self) -> None:
        """End the watchdog; it first stops whatever is still held."""
        pipe = self._watchdog.stdin
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        self._watchdog.wait()

    def _tell(self, line: str) -> None:
        pipe = self._watchdog.stdin
        if pipe is None or pipe.closed:
            return
        with contextlib.suppress(BrokenPipeError):
            pipe.write(line)
            pipe.flush()


def group_lives(pid: int) -> bool:
    """Tell whether any process of the group led by `pid` is left."""
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        # macOS answers EPERM for a group of which only zombies are left.
        return sys.platform != "darwin"
    return True


def kill_group(pid: int, number: signal.Signals) -> None:
    """Signal a whole group; silent when it is gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def stop_groups(pids: Iterable[int], grace_seconds: float) -> None:
    """Ask each leader to end, wait, then kill what is left of the groups."""
    left = list(pids)
    for pid in left:
        # Only the leader: gunicorn and RQ tell their own children, and RQ's end at once when signalled.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + grace_seconds
    while left and time.monotonic() < end:
        left = [pid for pid in left if group_lives(pid)]
        time.sleep(0.05)
    for pid in left:
        kill_group(pid, signal.SIGKILL)


def watch(pipe: TextIO, grace_seconds: float) -> None:
    """Read `+pid` and `-pid` lines until the other end is closed, then stop what is held, newest first."""
    held: dict[int, None] = {}
    for line in pipe:
        pid = int(line[1:])
        if line[0] == "+":
            held[pid] = None
        else:
            held.pop(pid, None)
    stop_groups(reversed(held), grace_seconds)


if __name__ == "__main__":
    watch(sys.stdin, float(sys.argv[1]))
