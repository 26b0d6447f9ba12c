"""Are all our processes up, and what happens when one dies or we are told to stop?"""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Protocol, Self

from bot.local.child import StartError

READY_SECONDS = 30.0
BACK_OFF_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
STEADY_SECONDS = 60.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Part(Protocol):
    """Be something that is started, watched and stopped: a child process or the embedded store."""

    @property
    def name(self) -> str:
        """Name the part in messages."""
        ...

    def start(self) -> object:
        """Start the part; also again, after it has died."""
        ...

    def is_alive(self) -> bool:
        """Tell whether its process runs."""
        ...

    def is_ready(self) -> bool:
        """Tell whether it can be used."""
        ...

    def stop(self) -> None:
        """End it, gently at first; nothing of it is left afterwards."""
        ...

    def ending(self) -> str:
        """Say in words how its process ended."""
        ...

    def last_words(self) -> str:
        """Return the end of its log."""
        ...


@dataclass(slots=True)
class _Restarts:
    """Count how often a part died lately, and when it may be started again (monotonic seconds)."""

    failures: int = 0
    due: float | None = None
    started: float = 0.0

    def note_death(self, now: float) -> float:
        """Return the seconds to wait before the next start."""
        if now - self.started > STEADY_SECONDS:
            self.failures = 0
        delay = BACK_OFF_SECONDS[min(self.failures, len(BACK_OFF_SECONDS) - 1)]
        self.failures += 1
        self.due = now + delay
        return delay


class Supervisor:
    """Start parts in order, each once the one before is ready, and stop them in the opposite order.

    Entering raises StartError when a part cannot be started; when `stop` is set meanwhile, it returns early.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        say: Callable[[str], None],
        stop: threading.Event,
        ready_seconds: float = READY_SECONDS,
    ) -> None:
        self._parts = parts
        self._say = say
        self._stop = stop
        self._ready_seconds = ready_seconds
        self._restarts = {part.name: _Restarts() for part in parts}

    def __enter__(self) -> Self:
        try:
            for part in self._parts:
                if not self._stop.is_set():
                    self._bring_up(part)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def watch(self, also: Callable[[], None] = lambda: None) -> None:
        """Keep every part alive until the stop event is set, calling `also` at every look."""
        while not self._stop.wait(0.2):
            self.look()
            also()

    def look(self) -> None:
        """Look at every part once, and start again those that died as soon as their delay is over."""
        for part in self._parts:
            state = self._restarts[part.name]
            if state.due is None and not part.is_alive():
                delay = state.note_death(time.monotonic())
                self._say(f"{part.name} {part.ending()}; starting it again in {delay:g} s.")
            elif state.due is not None and time.monotonic() >= state.due:
                self._start_again(part, state)

    def stop(self) -> None:
        """Stop every part, the last started first."""
        for part in reversed(self._parts):
            part.stop()

    def _start_again(self, part: Part, state: _Restarts) -> None:
        state.due, state.started = None, time.monotonic()
        try:
            part.start()
        except StartError as error:
            delay = state.note_death(time.monotonic())
            self._say(f"{error}\nTrying again in {delay:g} s.")

    def _bring_up(self, part: Part) -> None:
        part.start()
        self._restarts[part.name].started = time.monotonic()
        end = time.monotonic() + self._ready_seconds
        while not part.is_ready():
            if self._stop.wait(0.02):
                return
            self._require_alive(upto=part)
            if time.monotonic() > end:
                waited = f"{part.name} was not ready within {self._ready_seconds:g} s"
                raise StartError(f"{waited}. It said:\n{part.last_words()}")

    def _require_alive(self, upto: Part) -> None:
        """Raise StartError for a part that died, be it the one waited for or one it depends on."""
        for part in self._parts[: self._parts.index(upto) + 1]:
            if not part.is_alive():
                raise StartError(f"{part.name} {part.ending()}. It said:\n{part.last_words()}")


@contextlib.contextmanager
def stop_signals() -> Iterator[threading.Event]:
    """Set an event on the first SIGINT, SIGTERM or SIGHUP; a second one interrupts the stopping itself."""
    asked = threading.Event()

    def note(_number: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    # nohup hands SIGHUP over as ignored, and means it.
    numbers = [n for n in STOP_SIGNALS if n != signal.SIGHUP or signal.getsignal(n) != signal.SIG_IGN]
    before = {number: signal.signal(number, note) for number in numbers}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
