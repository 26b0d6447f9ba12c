"""What is known and worked out about one ticket, before anything is decided?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.record import Decision, Record, StatusSeen
from bot.domain.ticket import Company, Ticket
from bot.policy.adoption import AdoptionSection
from bot.policy.approval import LoggedTime
from bot.policy.automatic_mail import reads_automatic
from bot.policy.billing import Billing, billing, is_overdue, known_suspensions
from bot.policy.clocks import clocks_with_wait
from bot.policy.decision import Memory, decide, recall
from bot.policy.marks import Marks, first_answer
from bot.policy.model import Policy
from bot.policy.pauses import Pause, intervals
from bot.policy.sla import ClockFacts, ResolutionClock, ResponseClock
from bot.policy.statuses import PauseCause, PortalPolicy
from bot.policy.verdict import Verdict
from bot.policy.waiting import without_farewell

WAIT = ("espera:inicio", "espera:fin")  # the moments that hold a wait of which only the date still told
_OPEN = 2  # the status every ticket begins with in Freshdesk


@dataclass(frozen=True, slots=True)
class Case:
    """Hold one ticket with all that was worked out about it, for the parts of the plan to read.

    `shown` are the limits of response and resolution as Freshdesk is to show them; `farewell` that after the
    closing only thanks or a robot's mail came; `wait` what the store forgot and the date on the ticket told;
    `facts` what both clocks were reckoned from; `company_told` that the company heard of its suspension on
    another ticket lately.
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
    wait: Pause | None
    logged: LoggedTime | None
    facts: ClockFacts
    company_told: bool

    @property
    def is_closed(self) -> bool:
        """Tell whether the desk is done with the ticket."""
        return self.ticket.spam or self.ticket.deleted or self.portal.is_closed(self.ticket.status)

    @property
    def mirrored(self) -> datetime:
        """Return the limit that runs now, as it is shown: of the answer, then of the resolution."""
        return self.shown[1] if self.answered else self.shown[0]

    @property
    def adoption(self) -> AdoptionSection | None:
        """Return how the ticket was adopted; None for one that came in after the bot."""
        adoption = self.portal.adopcion
        return adoption if adoption is not None and adoption.covers(self.ticket.created_at) else None

    def was_before_us(self, moment: datetime) -> bool:
        """Tell whether something on an adopted ticket is older than its adoption."""
        return self.adoption is not None and self.adoption.covers(moment)


def case_of(
    ticket: Ticket,
    record: Record,
    policy: Policy,
    now: datetime,
    statuses: tuple[StatusSeen, ...],
    company: Company | None,
    bot_agent: int | None,
    logged: LoggedTime | None = None,
    company_told: bool = False,
) -> Case:
    """Work out what follows from the facts: the verdict, the decision that holds, and both clocks."""
    marks = Marks(ticket, record, bot_agent)
    portal = policy.portals.of(ticket.key.portal)
    memory = recall(record, marks, policy.levels, policy.escalation, mirror=portal.is_mirror)
    verdict = policy.classify(ticket)
    decision = decide(ticket, record, marks, memory, policy.levels, verdict, policy.version)
    answer = first_answer(ticket.messages, bot_agent)
    suspended = _suspended(ticket, record, marks, policy, portal, company, now)
    counted = _counted(ticket, policy, portal, statuses)
    facts = ClockFacts(
        ticket.created_at,
        answer.created_at if answer else None,
        intervals(counted),
        tuple(each.pause for each in suspended.suspensions),
    )
    # A mirrored portal's date is Freshdesk's own and tells nothing of ours.
    told = None if portal.is_mirror or not _was_forgotten(record, marks, decision) else ticket.due_by
    remembered = _remembered_wait(record)
    level, calendar = policy.levels.of(decision.level), policy.calendar(ticket.key.portal)
    facts, wait, clocks = clocks_with_wait(level, calendar, portal, facts, remembered, told, now)
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
        response=clocks.response,
        resolution=clocks.resolution,
        shown=(clocks.shown_response, clocks.shown_resolution),
        answered=answer is not None,
        company=company,
        billing=suspended,
        statuses=statuses,
        farewell=len(counted) < len(statuses),
        wait=wait,
        logged=logged,
        facts=facts,
        company_told=company_told,
    )


def _counted(
    ticket: Ticket, policy: Policy, portal: PortalPolicy, statuses: tuple[StatusSeen, ...]
) -> tuple[StatusSeen, ...]:
    """Return the statuses that count for the clocks: a reopening by thanks or by a robot does not."""
    silence = policy.replies.no_responder
    return without_farewell(
        portal, statuses, ticket.messages, policy.reopening, lambda text: reads_automatic(text, silence)
    )


def _remembered_wait(record: Record) -> Pause | None:
    start, end = (record.moments.get(name) for name in WAIT)
    return Pause(PauseCause.CUSTOMER, start, end, exact=False) if start and end else None


def _was_forgotten(record: Record, marks: Marks, decision: Decision) -> bool:
    """Tell whether the bot wrote this level's date once and the store knows nothing of it any more."""
    announced = marks.announcements()
    return "due_by" not in record.written and bool(announced) and announced[-1][1] is decision.level


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
