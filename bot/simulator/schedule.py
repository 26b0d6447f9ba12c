"""What has to be done later? Tasks in order of their moment, run by a few threads."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

Task = Callable[[], None]


class Schedule:
    """Runs tasks after a delay; `stop` forgets those not yet begun and waits for those under way."""

    def __init__(self, workers: int = 4) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="simulator-task")
        self._thread = threading.Thread(target=self._run, name="simulator-schedule", daemon=True)
        self._changed = threading.Condition()
        self._waiting: list[tuple[float, int, Task]] = []
        self._order = itertools.count()
        self._under_way = 0
        self._stopped = False

    def start(self) -> None:
        """Begin to run tasks."""
        self._thread.start()

    def after(self, seconds: float, task: Task) -> None:
        """Run a task once, `seconds` from now."""
        with self._changed:
            if not self._stopped:
                heapq.heappush(self._waiting, (time.monotonic() + seconds, next(self._order), task))
                self._changed.notify_all()

    def wait_idle(self, timeout: float) -> bool:
        """Wait until nothing is waiting or under way; False if that takes longer than `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._under_way, timeout)

    def clear(self) -> None:
        """Forget the tasks that have not begun."""
        with self._changed:
            self._waiting.clear()
            self._changed.notify_all()

    def stop(self) -> None:
        """Forget what waits, and return once nothing runs."""
        with self._changed:
            self._stopped = True
            self._waiting.clear()
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self) -> None:
        while True:
            with self._changed:
                if self._stopped:
                    return
                delay = self._waiting[0][0] - time.monotonic() if self._waiting else None
                if delay is None or delay > 0:
                    self._changed.wait(delay)
                    continue
                task = heapq.heappop(self._waiting)[2]
                self._under_way += 1
            self._pool.submit(self._perform, task)

    def _perform(self, task: Task) -> None:
        try:
            task()
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()
