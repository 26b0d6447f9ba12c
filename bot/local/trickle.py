"""What keeps the pages of a simulated desk alive, and shows how to enter them?"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import requests

from bot.local.demo_tickets import SAMPLES
from bot.local.stand_in import StandIn

EVERY_SECONDS = 20.0
MOST_TICKETS = 300
LINK = re.compile(r"http://\S+/ops/entrar\?token=[\w-]+")


class Trickle:
    """Open all sample tickets at once, then one every 20 s, up to a limit."""

    def __init__(
        self, stand_in: StandIn, say: Callable[[str], None], seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._stand_in = stand_in
        self._say = say
        self._seconds = seconds
        self._samples = itertools.islice(itertools.cycle(SAMPLES), MOST_TICKETS)
        self._opened = 0
        self._due = 0.0

    def look(self) -> None:
        """Open the next ticket when it is due; a simulator that is just being restarted is tried later."""
        now = self._seconds()
        if now < self._due or (sample := next(self._samples, None)) is None:
            return
        try:
            self._stand_in.open_ticket(sample, datetime.now(UTC))
        except requests.RequestException:
            self._due = now + EVERY_SECONDS
            return
        self._opened += 1
        self._due = now + (EVERY_SECONDS if self._opened >= len(SAMPLES) else 0.0)
        if self._opened == len(SAMPLES):
            self._say(f"{self._opened} sample tickets opened; one more every {EVERY_SECONDS:g} s.")


class LinkEcho:
    """Show the one-time links of the ops pages, which the web process writes to its log, on the terminal."""

    def __init__(self, log: Path, say: Callable[[str], None]) -> None:
        self._log = log
        self._say = say
        self._read = 0

    def look(self) -> None:
        """Say every link that has been written since the last look."""
        with self._log.open("rb") as file:
            file.seek(self._read)
            fresh = file.read()
        whole = fresh[: fresh.rfind(b"\n") + 1]
        self._read += len(whole)
        for link in LINK.findall(whole.decode("utf-8", "replace")):
            self._say(f"Enter the pages, once, at: {link}")
