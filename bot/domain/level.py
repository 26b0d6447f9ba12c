"""Which of the four promises does a ticket carry?"""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """Name one of the four service levels of the contract, most severe first."""

    URGENTE = "URGENTE"
    IMPORTANTE = "IMPORTANTE"
    PREFERENTE = "PREFERENTE"
    NORMAL = "NORMAL"

    @property
    def rank(self) -> int:
        """Return 3 for URGENTE down to 0 for NORMAL, so that the most severe level is the greatest."""
        return 3 - list(Level).index(self)

    @property
    def emoji(self) -> str:
        """Return the traffic-light circle of the published policy."""
        return {"URGENTE": "🔴", "IMPORTANTE": "🟡", "PREFERENTE": "🔵", "NORMAL": "🟢"}[self.value]
