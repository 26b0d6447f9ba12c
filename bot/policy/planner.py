"""What should happen to this ticket now?

One pure function over everything known; an empty plan means that the ticket is as the policy wants it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.actions import Action
from bot.domain.plan import DueView, Plan
from bot.domain.record import Record, StatusSeen
from bot.domain.ticket import Company, Ticket
from bot.policy import texts
from bot.policy.case import Case, case_of, observed
from bot.policy.decision import adopted_fields
from bot.policy.escalation import next_step
from bot.policy.model import Policy
from bot.policy.owing import once_only, proven_effects
from bot.policy.sla import Clock, ResolutionClock
from bot.policy.wishes import field_wishes


def plan(
    ticket: Ticket,
    record: Record,
    policy: Policy,
    now: datetime,
    *,
    company: Company | None = None,
    bot_agent: int | None = None,
    settle: timedelta = timedelta(seconds=60),
) -> Plan:
    """Return what to do about a ticket at `now`, why, and when to look again.

    `settle` is how long an effect that was sent without an answer may still appear on the ticket.
    """
    statuses = observed(ticket, record.statuses, now)
    case = case_of(ticket, record, policy, now, statuses, company, bot_agent)
    if case.is_closed:
        return _settled(case, statuses)
    owed, unsettled, reasons = once_only(case, settle)
    wishes = field_wishes(case)
    changes = wishes.changes()
    actions: tuple[Action, ...] = (*((changes,) if changes.changes() else ()), *owed)
    return Plan(
        key=ticket.key,
        level=case.decision.level,
        decision=case.decision,
        response=_view(case.response),
        resolution=_view(case.resolution),
        actions=actions,
        writes=wishes.writes,
        reasons=(*texts.why(case.decision, policy), *wishes.reasons, *reasons),
        wake_at=_wake_at(case, unsettled),
        tags=changes.tags or ticket.tags,
        statuses=statuses,
        proven_effects=proven_effects(case),
        proven_fields={**wishes.proven, **adopted_fields(ticket, case.memory)},
    )


def _settled(case: Case, statuses: tuple[StatusSeen, ...]) -> Plan:
    """Return the plan for a ticket the desk is done with: remember, do nothing."""
    return Plan(
        key=case.ticket.key,
        level=case.decision.level,
        decision=case.decision,
        response=_view(case.response),
        resolution=_view(case.resolution),
        reasons=(*texts.why(case.decision, case.policy), "el ticket está cerrado: no se toca"),
        tags=case.ticket.tags,
        statuses=statuses,
        proven_effects=proven_effects(case),
        closed=True,
    )


def _wake_at(case: Case, unsettled: list[datetime]) -> datetime | None:
    """Return the next moment at which time alone changes the plan; never in the past."""
    steps = (
        next_step(case.policy.escalation, "respuesta", case.response, case.now),
        None
        if case.resolution.provisional
        else next_step(case.policy.escalation, "resolucion", case.resolution, case.now),
    )
    marks = [
        moment
        for clock in (case.response, case.resolution)
        if clock.is_ticking and not (isinstance(clock, ResolutionClock) and clock.provisional)
        for moment in (clock.target, clock.limit)
        if moment > case.now
    ]
    return min((*marks, *unsettled, *(step for step in steps if step is not None)), default=None)


def _view(clock: Clock) -> DueView:
    return DueView(clock.target, clock.limit, clock.state.value, clock.met_at, clock.arithmetic.text())
