"""How often does each rule match and decide, and which tickets does none of them know?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.ticket import TicketKey
from bot.engine.context import Context
from bot.policy.corrections import RuleRecord, rule_records
from bot.policy.decision import PERSON
from bot.policy.scorecard import NAME as SCORECARD

MOST_LOOKED_AT = 5000
_PAGE = 500


@dataclass(slots=True)
class Usage:
    """Hold what the newest journal entries say of rules; `unknown` newest first.

    Unknown are tickets without a level from a rule: by default, or by the weight of words alone.
    """

    looked_at: int = 0
    since: datetime | None = None
    decided: Counter[str] = field(default_factory=Counter)
    matched: Counter[str] = field(default_factory=Counter)
    unknown: list[TicketKey] = field(default_factory=list)
    records: dict[str | None, RuleRecord] = field(default_factory=dict)


def usage(ctx: Context, most: int = MOST_LOOKED_AT) -> Usage:
    """Count over the newest entries; what a person decided counts as a match, never as a decision."""
    found, deciders = Usage(), dict[TicketKey, str | None]()
    for start in range(0, most, _PAGE):
        page = list(ctx.journal.latest(_PAGE, start))
        for entry in page:
            found.looked_at += 1
            found.since = datetime.fromisoformat(entry["updated_at"])
            found.matched.update(entry.get("rules") or ())
            by = entry.get("decided_by")
            if by == PERSON:
                continue
            key = TicketKey(entry["portal"], entry["ticket_id"])
            deciders[key] = by
            if by is not None:
                found.decided[by] += 1
            if by is None or (by == SCORECARD and not entry.get("rules")):
                found.unknown.append(key)
        if len(page) < _PAGE:
            break
    found.records = _records(ctx, deciders, found.since)
    return found


def _records(
    ctx: Context, deciders: dict[TicketKey, str | None], since: datetime | None
) -> dict[str | None, RuleRecord]:
    start = since or ctx.now() - timedelta(days=90)
    records: Sequence[RuleRecord] = rule_records(deciders, ctx.corrections.since(start))
    return {record.rule: record for record in records}
