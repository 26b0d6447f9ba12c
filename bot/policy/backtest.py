"""What would past tickets have got from one set of rules, and what from another?

A past ticket is one line of a file: `subject` and `body`, and as far as known `id`, `portal`, `company`,
`type`, `source`, `created_at`, `answered_at`, `resolved_at` and the right `level`. Pauses are not in such a
line: a breach counted here is one before any waiting on the customer is taken off.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from bot.domain.level import Level
from bot.policy.matching import Circumstances, Classifier, compile_rules
from bot.policy.model import SOURCES, Policy, missing_sections, policy_of, version_of
from bot.policy.pauses import StatusInterval
from bot.policy.scorecard import Scorecard
from bot.policy.sections import Sections
from bot.policy.sla import ClockFacts, ClockState, resolution_clock, response_clock
from bot.policy.statuses import DEFAULT_PORTAL, PortalPolicy
from bot.policy.touched import Difference
from bot.policy.verdict import Verdict

# A ticket whose line says no `created_at` counts as issued at this moment: a Monday at 10:00 in Lima, in the
# middle of opening hours and with no holiday in the following two weeks.
DEFAULT_CREATED_AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)

_CLOSED = 5
_PORTAL = PortalPolicy(cerrados=frozenset({_CLOSED}))
_TIMES = ("created_at", "answered_at", "resolved_at")

TicketId = int | str | None


@dataclass(frozen=True, slots=True)
class PastTicket:
    """Hold one line; times in UTC, `label` the level that people say is right."""

    id: TicketId
    subject: str
    body: str
    portal: str | None = None
    company: str | None = None
    type: str | None = None
    source: str | None = None
    created_at: datetime | None = None
    answered_at: datetime | None = None
    resolved_at: datetime | None = None
    label: Level | None = None


@dataclass(frozen=True, slots=True)
class Dues:
    """Hold the promises of a ticket; `…_late` is None where the line does not say when it was kept."""

    response: tuple[datetime, datetime]
    resolution: tuple[datetime, datetime]
    response_late: bool | None
    resolution_late: bool | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Hold what one set of rules says of a ticket; no dues from a folder that promises none."""

    level: Level
    decided_by: str | None
    flags: tuple[str, ...]
    dues: Dues | None


@dataclass(frozen=True)
class RuleSet:
    """Hold rules ready for use; `policy` is None for a folder of rules without levels and calendar."""

    version: str
    classifier: Classifier
    policy: Policy | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Hold the rules in force and the ones that may follow them; what is the same is worked out once.

    `difference` is there when both differ in their rules at most; `kept` are the levels whose promises stay.
    """

    base: RuleSet
    candidate: RuleSet
    same_reading: bool = False
    same_tables: bool = False
    difference: Difference | None = None
    kept: frozenset[Level] = frozenset()

    @property
    def with_dues(self) -> bool:
        """Tell whether both sides promise times."""
        return self.base.policy is not None and self.candidate.policy is not None

    def outcomes(self, ticket: PastTicket) -> tuple[Outcome, Outcome]:
        """Return what a ticket gets from either side."""
        before, after = self._verdicts(ticket)
        dues = self._dues(self.base, before.level, ticket)
        same = before.level is after.level and after.level in self.kept
        later = dues if same else self._dues(self.candidate, after.level, ticket)
        return _outcome(before, dues), _outcome(after, later)

    def _verdicts(self, ticket: PastTicket) -> tuple[Verdict, Verdict]:
        about = Circumstances(ticket.portal, ticket.company, ticket.type, ticket.source)
        base, candidate = self.base.classifier, self.candidate.classifier
        day, other_day = _day(self.base, ticket), _day(self.candidate, ticket)
        reading = base.read(ticket.subject, ticket.body)
        count = base.count(reading)
        before = base.judge(reading, count, about, day, with_evidence=False)
        if self.difference and day == other_day and not self.difference.touches(reading):
            return before, before
        if not self.same_reading:
            reading = candidate.read(ticket.subject, ticket.body)
        if not self.same_tables:
            count = candidate.count(reading)
        return before, candidate.judge(reading, count, about, other_day, with_evidence=False)

    def _dues(self, rules: RuleSet, level: Level, ticket: PastTicket) -> Dues | None:
        if rules.policy is None or not self.with_dues:
            return None
        return _dues(rules.policy, level, ticket)


def pair_of(base: Sections, candidate: Sections) -> Pair:
    """Prepare two valid folders for comparison."""

    def same(*names: str) -> bool:
        return all(base.get(name) == candidate.get(name) for name in names)

    before = _rule_set(base)
    same_reading, same_tables = same("lectura"), same("lectura", "balanza", "pesos")
    after = _rule_set(candidate, before.classifier.scorecard if same_tables else None)
    only_rules = same_tables and same("vocabulario", "filtros")
    difference = Difference(before.classifier, after.classifier) if only_rules else None
    kept = _kept(before.policy, after.policy) if same("calendario", "portales") else frozenset()
    return Pair(before, after, same_reading, same_tables, difference, kept)


def _kept(before: Policy | None, after: Policy | None) -> frozenset[Level]:
    """Return the levels whose promises are the same."""
    if before is None or after is None:
        return frozenset()
    return frozenset(level for level in Level if before.levels.of(level) == after.levels.of(level))


def _rule_set(sections: Sections, scorecard: Scorecard | None = None) -> RuleSet:
    classifier = compile_rules(sections, scorecard)
    whole = not missing_sections(sections)
    policy = policy_of(sections, classifier) if whole else None
    return RuleSet(version_of(sections.files), classifier, policy)


def past_ticket(line: bytes) -> PastTicket:
    """Read one line; ValueError, in words that never quote the line, when it is of no use."""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None
    if not isinstance(data, dict):
        raise ValueError("expected a JSON object")
    identity = data.get("id")
    if isinstance(identity, bool) or not isinstance(identity, int | str | None):
        raise ValueError("id must be a number or text")
    texts = {name: _text(data, name) for name in ("subject", "body", "portal", "type")}
    times = {name: _moment(data, name) for name in _TIMES}
    return PastTicket(
        id=identity,
        subject=texts["subject"] or "",
        body=texts["body"] or "",
        portal=texts["portal"],
        company=_company(data),
        type=texts["type"],
        source=_source(data),
        created_at=times["created_at"],
        answered_at=times["answered_at"],
        resolved_at=times["resolved_at"],
        label=_label(data),
    )


def _text(data: Mapping[str, Any], name: str) -> str | None:
    value = data.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{name} must be text")
    return value


def _moment(data: Mapping[str, Any], name: str) -> datetime | None:
    value = _text(data, name)
    if value is None:
        return None
    try:
        return _aware(datetime.fromisoformat(value))
    except (ValueError, OverflowError):
        raise ValueError(f"{name} must be ISO 8601 with its offset, as 2026-03-02T10:00-05:00") from None


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError
    # The calendar counts years ahead and must not fall off either end of what a date can say.
    if not 2000 <= at.year <= 2100:
        raise ValueError
    return at.astimezone(UTC)


def _company(data: Mapping[str, Any]) -> str | None:
    value = data.get("company")
    if isinstance(value, bool) or not isinstance(value, int | str | None):
        raise ValueError("company must be a number or text")
    return None if value is None else str(value)


def _source(data: Mapping[str, Any]) -> str | None:
    value = data.get("source")
    return SOURCES.get(value) if isinstance(value, int) else _text(data, "source")


def _label(data: Mapping[str, Any]) -> Level | None:
    value = data.get("level")
    if value is None:
        return None
    if value not in list(Level):
        raise ValueError(f"level must be one of {', '.join(Level)}")
    return Level(value)


def _day(rules: RuleSet, ticket: PastTicket) -> date:
    """Return the day of issue in the zone of the ticket's portal."""
    issued = ticket.created_at or DEFAULT_CREATED_AT
    zone = UTC if rules.policy is None else rules.policy.zone(ticket.portal or DEFAULT_PORTAL)
    return issued.astimezone(zone).date()


def _outcome(verdict: Verdict, dues: Dues | None) -> Outcome:
    return Outcome(verdict.level, verdict.decided_by, verdict.flags, dues)


def _dues(policy: Policy, level: Level, ticket: PastTicket) -> Dues:
    issued = ticket.created_at or DEFAULT_CREATED_AT
    promise, calendar = policy.levels.of(level), policy.calendar(ticket.portal or DEFAULT_PORTAL)
    # Without its own `created_at` a ticket's later moments have nothing to be measured from.
    answered = ticket.answered_at if ticket.created_at else None
    resolved = ticket.resolved_at if ticket.created_at else None
    history = () if resolved is None else (StatusInterval(_CLOSED, max(resolved, issued)),)
    facts = ClockFacts(issued, answered, history)
    now = max(moment for moment in (issued, answered, resolved) if moment is not None)
    response = response_clock(promise, calendar, _PORTAL, facts, now)
    resolution = resolution_clock(promise, calendar, _PORTAL, facts, response, now)
    return Dues(
        response=(response.target, response.limit),
        resolution=(resolution.target, resolution.limit),
        response_late=_late(response.state, response.met_at),
        resolution_late=_late(resolution.state, resolution.met_at),
    )


def _late(state: ClockState, met_at: datetime | None) -> bool | None:
    return None if met_at is None else state is ClockState.BREACHED
