"""How does a process tell the others that it runs, and on which rules?"""

from __future__ import annotations

import os
import platform
import threading
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from redis.exceptions import RedisError

from bot.engine.context import Context
from bot.store.processes import REPORT_EVERY, Process
from bot.telemetry import log


class Presence:
    """Report one process of a kind (`web`, `worker`, `worker-urgent`, `clock`), not oftener than needed."""

    def __init__(self, ctx: Context, kind: str) -> None:
        self._ctx, self._kind = ctx, kind
        self._name = f"{platform.node()[:40]}/{os.getpid()}"
        self._started: datetime = ctx.now()
        self._reported: datetime | None = None

    def report(self) -> None:
        """Write the process down if it is time to; raises RedisError."""
        now = self._ctx.now()
        if self._reported is not None and now - self._reported < REPORT_EVERY:
            return
        self._reported = now
        rules = self._ctx.rulebook.version or ""
        self._ctx.processes.report(
            Process(self._kind, self._name, self._started, now, rules, product_version())
        )

    def leave(self) -> None:
        """Take the process off the list: it ends; raises RedisError."""
        self._ctx.processes.leave(self._kind, self._name)

    def keep_reporting(self) -> None:
        """Report from a thread of its own, for a process that has no loop; ends with the process."""
        threading.Thread(target=self._report_forever, name="presence", daemon=True).start()

    def _report_forever(self) -> None:
        pause = threading.Event()
        while True:
            try:
                self.report()
            except RedisError as error:
                log.debug("presence not told", error=type(error).__name__)
            pause.wait(REPORT_EVERY.total_seconds())


def product_version() -> str:
    """Return the version of the installed program."""
    try:
        return version("semaforo")
    except PackageNotFoundError:  # run from a folder that was never installed
        return "?"
