"""How are facts read by a process that only looks?"""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.ticket import Company
from bot.store.facts import Facts


class FactsForLooking(Facts):
    """Read facts and keep none.

    Who the bot's agent is decides which notes count as its own, so the web's user may not write it in Redis.
    """

    def keep_companies(self, portal: str, companies: Iterable[Company]) -> int:  # noqa: ARG002
        """Keep nothing."""
        return 0

    def keep_bot_agent(self, portal: str, agent_id: int) -> None:
        """Keep nothing."""
