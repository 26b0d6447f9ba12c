"""What about a portal is read once and kept for a while: companies in arrears, the bot's own agent.

Ids, marks and dates only. Everything here is a cache of Freshdesk and may be lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from redis import Redis

from bot.domain.ticket import Company
from bot.store.connection import NAMESPACE, as_text

COMPANY_LIFE = timedelta(hours=1)
AGENT_LIFE = timedelta(hours=24)


class Facts:
    """Keep facts per portal, each for its time."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def company(self, portal: str, company_id: int) -> Company | None:
        """Return a company's marks if they were read lately."""
        raw = self._redis.get(f"{NAMESPACE}:company:{portal}:{company_id}")
        if raw is None:
            return None
        data = json.loads(raw)
        due = None if data["due"] is None else date.fromisoformat(data["due"])
        return Company(company_id, data["overdue"], due)

    def keep_companies(self, portal: str, companies: Iterable[Company]) -> int:
        """Keep companies' marks and return how many."""
        with self._redis.pipeline(transaction=False) as pipe:
            for company in companies:
                due = None if company.invoice_due is None else company.invoice_due.isoformat()
                text = json.dumps({"overdue": company.overdue, "due": due})
                pipe.set(f"{NAMESPACE}:company:{portal}:{company.id}", text, ex=COMPANY_LIFE)
            return len(pipe.execute())

    def bot_agent(self, portal: str) -> int | None:
        """Return the id of the agent that the portal's key belongs to, if read lately."""
        raw = self._redis.get(f"{NAMESPACE}:bot:{portal}")
        return None if raw is None else int(raw)

    def keep_bot_agent(self, portal: str, agent_id: int) -> None:
        """Keep the id of the portal's bot agent."""
        self._redis.set(f"{NAMESPACE}:bot:{portal}", agent_id, ex=AGENT_LIFE)

    def born(self, now: datetime) -> datetime:
        """Return since when this store remembers; `now` when it is new or was emptied."""
        name = f"{NAMESPACE}:born"
        self._redis.set(name, now.isoformat(), nx=True)
        raw = self._redis.get(name)
        return now if raw is None else datetime.fromisoformat(as_text(raw))

    def take_turn(self, name: str, every: timedelta) -> bool:
        """Tell one caller per period that it is its turn, whoever asks first on whichever machine."""
        return bool(self._redis.set(f"{NAMESPACE}:turn:{name}", 1, nx=True, px=every))

    def last_sweep(self, portal: str) -> datetime | None:
        """Return up to when changes were swept: the begin of the last good sweep, or how far one came."""
        raw = self._redis.get(f"{NAMESPACE}:swept:{portal}")
        return None if raw is None else datetime.fromisoformat(as_text(raw))

    def keep_last_sweep(self, portal: str, up_to: datetime) -> None:
        """Keep up to when changes were swept."""
        self._redis.set(f"{NAMESPACE}:swept:{portal}", up_to.isoformat())

    def looked_through(self, portal: str) -> datetime | None:
        """Return up to which time of update the look through all open tickets has come; None between two."""
        raw = self._redis.get(f"{NAMESPACE}:looked:{portal}")
        return None if raw is None else datetime.fromisoformat(as_text(raw))

    def keep_looked_through(self, portal: str, up_to: datetime | None) -> None:
        """Keep how far the look through all open tickets has come; None at its end."""
        name = f"{NAMESPACE}:looked:{portal}"
        if up_to is None:
            self._redis.delete(name)
        else:
            self._redis.set(name, up_to.isoformat())
