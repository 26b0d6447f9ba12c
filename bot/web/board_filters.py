"""Which open tickets does a visitor want to see, as the address says?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.store.journal_rows import OpenTicket
from bot.web.standing import Standing

NOBODY = "nadie"
LONGEST_PAGE = 5


@dataclass(frozen=True, slots=True)
class Filters:
    """Hold what the visitor chose; empty means all."""

    level: str = ""
    state: str = ""
    portal: str = ""
    agent: str = ""
    waits_for: str = ""
    page: int = 1

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Filters:
        """Read the address's query; what makes no sense is taken as not given."""
        page = query.get("pagina", "1")
        sane = page.isascii() and page.isdigit() and len(page) <= LONGEST_PAGE
        return cls(
            level=query.get("nivel", ""),
            state=query.get("estado", ""),
            portal=query.get("portal", ""),
            agent=query.get("agente", ""),
            waits_for=query.get("espera", ""),
            page=max(1, int(page)) if sane else 1,
        )

    @property
    def are_set(self) -> bool:
        """Tell whether anything was chosen."""
        return any((self.level, self.state, self.portal, self.agent, self.waits_for))

    def admit(self, ticket: OpenTicket, standing: Standing) -> bool:
        """Tell whether a ticket is among those chosen, whatever its level: levels are counted first."""
        agent = NOBODY if ticket.agent is None else str(ticket.agent)
        pairs = (
            (self.state, standing.state),
            (self.portal, ticket.key.portal),
            (self.agent, agent),
            (self.waits_for, ticket.waits_for),
        )
        return all(chosen in {"", actual} for chosen, actual in pairs)

    def query(self, page: int = 1, **changes: str) -> dict[str, str | int]:
        """Return the query of another page, or of a choice that differs in the names given."""
        chosen = {
            "nivel": self.level,
            "estado": self.state,
            "portal": self.portal,
            "agente": self.agent,
            "espera": self.waits_for,
            **changes,
        }
        kept: dict[str, str | int] = {name: value for name, value in chosen.items() if value}
        return kept | ({"pagina": page} if page > 1 else {})
