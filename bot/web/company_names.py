"""What are the clients called? Asked of Freshdesk when shown, remembered in this process, never stored."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping

from bot.engine.context import Context
from bot.engine.gate import Turn, taking
from bot.freshdesk.errors import FreshdeskError
from bot.store.budget import Priority

REMEMBERED_SECONDS = 900.0
MOST_READ = 5_000  # fifty pages of the list; a client beyond is shown by its number
Client = tuple[str, int]  # portal and company


class CompanyNames:
    """Know the names of client companies as long as one looks; without Freshdesk there are none."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._lock = threading.Lock()
        self._names: dict[str, Mapping[int, str]] = {}
        self._read_at: dict[str, float] = {}

    def of(self, clients: Iterable[Client]) -> dict[Client, str]:
        """Return the names that can be had, at low priority and within the account's budget."""
        wanted = set(clients)
        with self._lock:
            for portal in sorted({portal for portal, _ in wanted}):
                self._look(portal)
            return {(p, number): name for p, number in wanted if (name := self._names.get(p, {}).get(number))}

    def _look(self, portal: str) -> None:
        """Read a portal's names if they are old; one try each time they are, whether or not it succeeds."""
        now = time.monotonic()
        if now - self._read_at.get(portal, float("-inf")) < REMEMBERED_SECONDS:
            return
        self._read_at[portal] = now
        found: dict[int, str] = {}
        try:
            with taking(Turn(Priority.BACKGROUND)):
                for number, name in self._context.freshdesk[portal].company_names():
                    found[number] = name
                    if len(found) >= MOST_READ:
                        break
        except FreshdeskError:
            # A half-read list is better than none; those it lacks are tried again in a minute.
            self._read_at[portal] = now - REMEMBERED_SECONDS + 60
        self._names[portal] = {**self._names.get(portal, {}), **found}
