"""What are tickets called, for people to see and nobody to keep?

Read from Freshdesk when a page asks, with the lowest priority, and held in this process for some minutes:
never in Redis, never in a log.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.ticket import TicketKey
from bot.engine.context import Context
from bot.engine.gate import Turn, taking
from bot.freshdesk.api import Headline
from bot.freshdesk.errors import FreshdeskError, NotFound
from bot.store.budget import Priority

LIFE = timedelta(minutes=10)
AGENTS_LIFE = timedelta(hours=1)
PATIENCE = timedelta(seconds=3)
MOST_KEPT = 5000
COST = 3  # the ticket and two includes
# A web process has few threads, and deliveries need them: no more of these may wait for Freshdesk.
AT_ONCE = 2
_GONE = Headline("", None, None)


@dataclass
class Glimpses:
    """Give headlines and the names of agents; what cannot be had now is left out, never an error."""

    context: Context
    _headlines: dict[TicketKey, tuple[datetime, Headline]] = field(default_factory=dict, repr=False)
    _agents: dict[str, tuple[datetime, Mapping[int, str]]] = field(default_factory=dict, repr=False)
    _places: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))

    def known(self, keys: Iterable[TicketKey]) -> dict[TicketKey, Headline]:
        """Return the headlines that this process holds."""
        now = self.context.now()
        found = {key: self._headlines[key] for key in keys if key in self._headlines}
        return {key: headline for key, (until, headline) in found.items() if until > now}

    def look(self, keys: Iterable[TicketKey]) -> dict[TicketKey, Headline]:
        """Return headlines, asking Freshdesk for those missing as far as budget and patience go."""
        wanted = list(keys)
        known = self.known(wanted)
        if self._places.acquire(blocking=False):
            try:
                self._fetch([key for key in wanted if key not in known])
            finally:
                self._places.release()
        return self.known(wanted)

    def known_agents(self, portal: str) -> Mapping[int, str]:
        """Return the names of a portal's agents by id, as far as this process holds them."""
        _, names = self._agents.get(portal, (None, {}))
        return names

    def look_at_agents(self, portal: str) -> Mapping[int, str]:
        """Return the names of a portal's agents, asking Freshdesk when they are old."""
        now = self.context.now()
        until, names = self._agents.get(portal, (now, {}))
        if until <= now:
            fresh = self._read_agents(portal)
            names = names if fresh is None else fresh
            self._agents[portal] = (now + (LIFE if fresh is None else AGENTS_LIFE), names)
        return names

    def _fetch(self, keys: list[TicketKey]) -> None:
        until = self.context.now() + PATIENCE
        silent: set[str] = set()
        for key in keys:
            if self.context.now() > until:
                return
            if key.portal not in silent and not self._fetch_one(key):
                silent.add(key.portal)

    def _fetch_one(self, key: TicketKey) -> bool:
        """Ask for one headline; False when its portal has none to give just now."""
        if not self.context.may_spend(key.portal, COST):
            return False
        try:
            with taking(Turn(Priority.BACKGROUND)):
                headline = self.context.freshdesk[key.portal].headline(key.ticket_id)
        except NotFound:
            headline = _GONE
        except FreshdeskError:
            return False
        self._keep(key, headline)
        return True

    def _keep(self, key: TicketKey, headline: Headline) -> None:
        if len(self._headlines) >= MOST_KEPT:
            self._headlines.clear()
        self._headlines[key] = (self.context.now() + LIFE, headline)

    def _read_agents(self, portal: str) -> dict[int, str] | None:
        if not self._places.acquire(blocking=False):
            return None
        try:
            if not self.context.may_spend(portal, 1):
                return None
            with taking(Turn(Priority.BACKGROUND)):
                agents = list(self.context.freshdesk[portal].list_agents())
        except FreshdeskError:
            return None
        finally:
            self._places.release()
        return {agent.id: agent.name for agent in agents if agent.name}
