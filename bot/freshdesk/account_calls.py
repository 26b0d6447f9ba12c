"""Which requests read and change an account's settings?

python-freshdesk knows none of these endpoints; its own GET, POST and PUT are used.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from bot.freshdesk import codec
from bot.freshdesk.account_api import AutomationRule, RuleKind, SlaPolicy
from bot.freshdesk.wrapped import Library

_MOST_PAGES = 20


class AccountCalls:
    """Implement `AccountApi` on a client's library."""

    @property
    def _library(self) -> Library:
        raise NotImplementedError

    def list_rules(self, kind: RuleKind) -> tuple[AutomationRule, ...]:
        """Read all automation rules of a kind."""
        rows = self._settings(f"automations/{kind:d}/rules")
        return tuple(
            AutomationRule(
                codec.identity(row), kind, str(row.get("name") or ""), row.get("active") is True, row
            )
            for row in rows
        )

    def save_rule(self, kind: RuleKind, rule_id: int | None, body: Mapping[str, Any]) -> int:
        """Change a rule, or add one where there is no id, and return its id."""
        api, path, data = self._library, f"automations/{kind:d}/rules", json.dumps(body)
        if rule_id is None:
            return api.ask(api._post, path, data=data).read(codec.identity)
        return api.ask(api._put, f"{path}/{rule_id:d}", data=data).read(codec.identity)

    def list_sla_policies(self) -> tuple[SlaPolicy, ...]:
        """Read the account's own SLA policies."""
        return tuple(
            SlaPolicy(str(row.get("name") or ""), row.get("active") is not False)
            for row in self._settings("sla_policies")
        )

    def status_timers(self) -> Mapping[int, bool]:
        """Return, by status, whether the account's SLA timer runs in it; empty where it does not say."""
        status = next(
            (row for row in self._settings("admin/ticket_fields") if row.get("name") == "status"), {}
        )
        choices = status.get("choices")
        return {
            codec.identity(each): each["stop_sla_timer"] is not True
            for each in (choices if isinstance(choices, list) else [])
            if isinstance(each, Mapping) and "stop_sla_timer" in each
        }

    def company_fields(self) -> frozenset[str]:
        """Return the names of the custom fields of companies."""
        return frozenset(str(row.get("name")) for row in self._settings("company_fields"))

    def count_tickets(self, query: str) -> int:
        """Return how many tickets a search finds; the index lags some minutes behind."""
        api = self._library
        answer = api.ask(api._get, "search/tickets", {"query": f'"{query}"'})
        return answer.read(lambda raw: int(raw.get("total") or 0))

    def _settings(self, path: str) -> Iterator[Mapping[str, Any]]:
        """Walk all rows of a list of settings, which Freshdesk may or may not cut into pages."""
        api = self._library
        for page in range(1, _MOST_PAGES + 1):
            # Some of these lists know no pages, and Freshdesk refuses parameters it does not know.
            answer = api.ask_page(api._get, path, {"page": page} if page > 1 else {})
            yield from answer.read_rows(lambda row: row)
            if not answer.has_next:
                return
