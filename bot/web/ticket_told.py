"""What else is there to tell of a ticket beside its last journal entry?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.ticket import TicketKey
from bot.engine.context import Context
from bot.policy.model import Policy
from bot.store.journal_rows import open_ticket, row_text
from bot.web.board_rows import WAITS, Bar, bars_of
from bot.web.standing import STATES, standing
from bot.web.timeline import Look, timeline
from bot.web.times import Moment, moment
from bot.web.wording import texts_of, who_decided


@dataclass(frozen=True, slots=True)
class NamedRule:
    """Hold a rule that matched, with the clause of the contract it cites."""

    id: str
    title: str
    clause: str
    is_deciding: bool


@dataclass(frozen=True, slots=True)
class Corrected:
    """Hold that a person gave the ticket another level."""

    before: str
    after: str
    at: Moment


@dataclass(frozen=True, slots=True)
class Told:
    """Hold the clocks as bars, the rules by name, a person's correction, and the looks so far."""

    state: str
    state_text: str
    waits: str
    decided_by: str
    bars: tuple[Bar, ...]
    rules: tuple[NamedRule, ...]
    corrected: Corrected | None
    looks: list[Look]


def told(context: Context, key: TicketKey, entry: Mapping[str, Any]) -> Told:
    """Gather it from Redis and the rules in force; Freshdesk is not asked."""
    now, policy = context.now(), context.rulebook.policy
    ticket = open_ticket(key, row_text(entry))
    how = standing(ticket, int(now.timestamp()))
    rules, is_closed = _rules(policy, entry), entry.get("state") == "closed"
    return Told(
        state="met" if is_closed else how.state,
        state_text="Cerrado" if is_closed else STATES.get(how.state, how.state),
        waits="" if is_closed else WAITS.get(str(entry.get("waits_for")), ""),
        decided_by=next(
            (rule.title for rule in rules if rule.is_deciding), who_decided(entry.get("decided_by"))
        ),
        bars=bars_of(ticket, now, policy.zone(key.portal)),
        rules=rules,
        corrected=_corrected(context, key),
        looks=timeline(context.journal.past(key), now, policy.rule_title),
    )


def _rules(policy: Policy, entry: Mapping[str, Any]) -> tuple[NamedRule, ...]:
    """Return the rules by name, the deciding one first."""
    decided_by = entry.get("decided_by")
    rules = (
        NamedRule(rule, policy.rule_title(rule), policy.rule_clause(rule), rule == decided_by)
        for rule in texts_of(entry.get("rules"))
    )
    return tuple(sorted(rules, key=lambda rule: not rule.is_deciding))


def _corrected(context: Context, key: TicketKey) -> Corrected | None:
    found = context.corrections.read(key)
    if found is None:
        return None
    at = moment(found.at, context.rulebook.policy.zone(key.portal), context.now())
    return Corrected(found.before.value, found.after.value, at)
