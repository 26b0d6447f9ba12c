"""What is known and worked out about one ticket, before anything is decided?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.record import Decision, Record, StatusSeen
from bot.domain.ticket import Company, Ticket
from bot.policy.decision import Memory, decide, recall
from bot.policy.marks import Marks, first_answer
from bot.policy.model import Policy
from bot.policy.pauses import intervals
from bot.policy.sla import ClockFacts, ResolutionClock, ResponseClock, resolution_clock, response_clock
from bot.policy.statuses import PortalPolicy
from bot.policy.verdict import Verdict

_OPEN = 2  # the status every ticket begins with in Freshdesk


@dataclass(frozen=True, slots=True)
class Case:
    """Hold one ticket with all that was worked out about it, for the parts of the plan to read."""

    ticket: Ticket
    record: Record
    policy: Policy
    portal: PortalPolicy
    now: datetime
    marks: Marks
    memory: Memory
    verdict: Verdict
    decision: Decision
    response: ResponseClock
    resolution: ResolutionClock
    answered: bool
    overdue_company: bool

    @property
    def is_closed(self) -> bool:
        """Tell whether the desk is done with the ticket."""
        return self.ticket.spam or self.ticket.deleted or self.portal.is_closed(self.ticket.status)


def case_of(
    ticket: Ticket,
    record: Record,
    policy: Policy,
    now: datetime,
    statuses: tuple[StatusSeen, ...],
    company: Company | None,
    bot_agent: int | None,
) -> Case:
    """Work out what follows from the facts: the verdict, the decision that holds, and both clocks."""
    marks = Marks(ticket, record, bot_agent)
    memory = recall(record, marks, policy.levels)
    verdict = policy.classify(ticket)
    decision = decide(ticket, record, marks, memory, policy.levels, verdict, policy.version)
    answer = first_answer(ticket.messages, bot_agent)
    level, portal = policy.levels.of(decision.level), policy.portals.of(ticket.key.portal)
    calendar = policy.calendar(ticket.key.portal)
    facts = ClockFacts(ticket.created_at, answer.created_at if answer else None, intervals(statuses))
    response = response_clock(level, calendar, portal, facts, now)
    return Case(
        ticket=ticket,
        record=record,
        policy=policy,
        portal=portal,
        now=now,
        marks=marks,
        memory=memory,
        verdict=verdict,
        decision=decision,
        response=response,
        resolution=resolution_clock(level, calendar, portal, facts, response, now),
        answered=answer is not None,
        overdue_company=bool(company and company.overdue),
    )


def observed(ticket: Ticket, seen: tuple[StatusSeen, ...], now: datetime) -> tuple[StatusSeen, ...]:
    """Return the statuses seen so far with the present one added when it is new.

    Freshdesk gives the moment of the last change only; with no earlier memory the stretch before it is taken
    to have been open, which is how every ticket begins.
    """
    if seen and seen[-1].status == ticket.status:
        return seen
    changed_at = ticket.stats.status_updated_at
    if not seen:
        first = StatusSeen(
            ticket.status, ticket.created_at, exact=changed_at is None or changed_at <= ticket.created_at
        )
        if first.exact or changed_at is None:
            return (first,)
        return (
            StatusSeen(_OPEN, ticket.created_at, exact=False),
            StatusSeen(ticket.status, changed_at, exact=True),
        )
    at = changed_at if changed_at is not None and changed_at >= seen[-1].at else now
    return (*seen, StatusSeen(ticket.status, at, exact=at is changed_at))
