"""What is known and worked out about one ticket, before anything is decided?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.record import Decision, Record, StatusSeen
from bot.domain.ticket import Company, Ticket
from bot.policy.approval import LoggedTime
from bot.policy.billing import Billing, billing, is_overdue, known_suspensions
from bot.policy.decision import Memory, decide, recall
from bot.policy.marks import Marks, first_answer
from bot.policy.model import Policy
from bot.policy.pauses import intervals
from bot.policy.replies import clients_messages
from bot.policy.sla import ClockFacts, ResolutionClock, ResponseClock, resolution_clock, response_clock
from bot.policy.statuses import PortalPolicy
from bot.policy.verdict import Verdict
from bot.policy.waiting import without_farewell

_OPEN = 2  # the status every ticket begins with in Freshdesk


@dataclass(frozen=True, slots=True)
class Case:
    """Hold one ticket with all that was worked out about it, for the parts of the plan to read.

    `shown` are the limits of response and resolution as Freshdesk is to show them: those of a clock that
    stands still stay where they were when it stopped, and move once, by the time paused, when it goes on.
    """

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
    shown: tuple[datetime, datetime]
    answered: bool
    company: Company | None
    billing: Billing
    statuses: tuple[StatusSeen, ...]
    farewell: bool
    logged: LoggedTime | None

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
    logged: LoggedTime | None = None,
) -> Case:
    """Work out what follows from the facts: the verdict, the decision that holds, and both clocks."""
    marks = Marks(ticket, record, bot_agent)
    memory = recall(record, marks, policy.levels)
    verdict = policy.classify(ticket)
    decision = decide(ticket, record, marks, memory, policy.levels, verdict, policy.version)
    answer = first_answer(ticket.messages, bot_agent)
    level, portal = policy.levels.of(decision.level), policy.portals.of(ticket.key.portal)
    calendar = policy.calendar(ticket.key.portal)
    suspended = _suspended(ticket, record, marks, policy, portal, company, now)
    incoming = clients_messages(ticket.messages, policy.replies)
    counted = without_farewell(portal, statuses, incoming, policy.reopening)
    facts = ClockFacts(
        ticket.created_at,
        answer.created_at if answer else None,
        intervals(counted),
        tuple(each.pause for each in suspended.suspensions),
    )
    response = response_clock(level, calendar, portal, facts, now)
    resolution = resolution_clock(level, calendar, portal, facts, response, now)
    stood = (
        response
        if response.paused_since is None
        else response_clock(level, calendar, portal, facts, response.paused_since)
    )
    stands = resolution_clock(level, calendar, portal, facts, stood, resolution.paused_since or now)
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
        resolution=resolution,
        shown=(stood.limit, stands.limit),
        answered=answer is not None,
        company=company,
        billing=suspended,
        statuses=statuses,
        farewell=len(counted) < len(statuses),
        logged=logged,
    )


def _suspended(
    ticket: Ticket,
    record: Record,
    marks: Marks,
    policy: Policy,
    portal: PortalPolicy,
    company: Company | None,
    now: datetime,
) -> Billing:
    known = known_suspensions(record.moments.get, marks.done_at)
    over = ticket.spam or ticket.deleted or portal.is_closed(ticket.status)
    return billing(is_overdue(company, policy.billing), known, now, may_begin=not over)


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
