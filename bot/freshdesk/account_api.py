"""What can be asked of an account's settings?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Protocol


class RuleKind(IntEnum):
    """Name the three kinds of automation rules by Freshdesk's numbers."""

    CREATION = 1
    HOURLY = 3
    UPDATE = 4


@dataclass(frozen=True, slots=True)
class AutomationRule:
    """Hold one automation rule; `raw` is all Freshdesk said of it, secrets of its webhooks included."""

    id: int
    kind: RuleKind
    name: str
    active: bool
    raw: Mapping[str, Any] = field(repr=False, hash=False)

    @property
    def actions(self) -> tuple[Mapping[str, Any], ...]:
        """Return the rule's actions."""
        found = self.raw.get("actions")
        return tuple(each for each in found if isinstance(each, Mapping)) if isinstance(found, list) else ()


@dataclass(frozen=True, slots=True)
class SlaPolicy:
    """Hold one of the account's own SLA policies."""

    name: str
    active: bool


class AccountApi(Protocol):
    """Speak of one portal's settings; most need an administrator's key, and others get PermanentError."""

    def list_rules(self, kind: RuleKind) -> tuple[AutomationRule, ...]:
        """Read all automation rules of a kind."""
        ...

    def save_rule(self, kind: RuleKind, rule_id: int | None, body: Mapping[str, Any]) -> int:
        """Change a rule, or add one where there is no id, and return its id."""
        ...

    def list_sla_policies(self) -> tuple[SlaPolicy, ...]:
        """Read the account's own SLA policies."""
        ...

    def status_timers(self) -> Mapping[int, bool]:
        """Return, by status, whether the account's SLA timer runs in it; empty where it does not say."""
        ...

    def company_fields(self) -> frozenset[str]:
        """Return the names of the custom fields of companies."""
        ...

    def count_tickets(self, query: str) -> int:
        """Return how many tickets a search finds; the index lags some minutes behind."""
        ...
