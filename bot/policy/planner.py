"""What should happen to this ticket now?

One pure function over everything known; an empty plan means that the ticket is as the policy wants it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.actions import Action, SetFields
from bot.domain.plan import DueView, Plan
from bot.domain.record import Record
from bot.domain.ticket import Company, Ticket
from bot.policy import texts
from bot.policy.approval import LoggedTime
from bot.policy.case import Case, case_of, observed
from bot.policy.contract import contract_demands, demands_after_closing
from bot.policy.decision import adopted_fields
from bot.policy.demands import Demands
from bot.policy.hooks import calls
from bot.policy.model import Policy
from bot.policy.owing import not_done, once_only, proven_effects
from bot.policy.report_time import time_spent
from bot.policy.sla import Clock, next_milestone
from bot.policy.sla_mode import MIRRORED
from bot.policy.steps import due_steps, missed_moments, missed_reasons, next_moments
from bot.policy.waiting import with_forgotten_closing
from bot.policy.wishes import field_wishes

_SOON = timedelta(seconds=5)


def plan(
    ticket: Ticket,
    record: Record,
    policy: Policy,
    now: datetime,
    *,
    company: Company | None = None,
    bot_agent: int | None = None,
    settle: timedelta = timedelta(seconds=60),
    logged: LoggedTime | None = None,
    company_told: bool = False,
) -> Plan:
    """Return what to do about a ticket at `now`, why, and when to look again.

    `settle` is how long an effect that was sent without an answer may still appear on the ticket.
    """
    statuses = observed(ticket, record.statuses, now)
    if not record.statuses:
        statuses = with_forgotten_closing(policy.portals.of(ticket.key.portal), statuses, ticket)
    case = case_of(ticket, record, policy, now, statuses, company, bot_agent, logged, company_told)
    return _settled(case, settle) if case.is_closed else _open(case, settle)


def _open(case: Case, settle: timedelta) -> Plan:
    """Return the plan for a ticket the desk works on."""
    demands = contract_demands(case)
    steps = due_steps(case)
    owed, unsettled, reasons = once_only(case, demands, steps, settle)
    hooks = calls(case, steps)
    wishes = field_wishes(case, demands, steps)
    changes = wishes.changes()
    finish = _last_step(case, demands, owed, changes.tags or case.ticket.tags)
    actions: tuple[Action, ...] = (*((changes,) if changes.changes() else ()), *owed, *finish, *hooks.now)
    later = [*unsettled, *_after(case, finish), *_given(demands.wake_at, steps.wait_until, hooks.wake_at)]
    return Plan(
        key=case.ticket.key,
        level=case.decision.level,
        decision=case.decision,
        response=_view(case.response),
        resolution=_view(case.resolution),
        spent=time_spent(case),
        actions=actions,
        writes=wishes.writes,
        reasons=(
            *_why(case),
            *wishes.reasons,
            *demands.reasons,
            *reasons,
            *missed_reasons(steps),
            *hooks.reasons,
        ),
        wake_at=_wake_at(case, later),
        tags=next((step.tags for step in finish if step.tags is not None), changes.tags or case.ticket.tags),
        statuses=case.statuses,
        proven_effects=proven_effects(case, demands),
        proven_fields={**wishes.proven, **adopted_fields(case.ticket, case.memory)},
        moments={**demands.moments, **missed_moments(case, steps), **_mirrored(case)},
        conflicts=tuple(wishes.conflicts),
        overwritten=tuple(wishes.overwritten),
        intents=dict(hooks.intents),
    )


def _mirrored(case: Case) -> dict[str, datetime]:
    """Return the limit shown beside the account's own dates, for whoever reckons how pressing a ticket is."""
    return {MIRRORED: case.mirrored} if case.portal.is_mirror else {}


def _why(case: Case) -> tuple[str, ...]:
    why = texts.why(case.decision, case.policy)
    return (
        (
            *why,
            "tras el cierre solo agradecieron o llegó un correo automático: los relojes no vuelven a correr",
        )
        if case.farewell
        else why
    )


def _last_step(
    case: Case, demands: Demands, owed: tuple[Action, ...], tags: tuple[str, ...]
) -> tuple[SetFields, ...]:
    """Return the change of tags and status that ends a demand, once all it needs is done or about to be."""
    finish = demands.finish
    sent = {getattr(action, "key", None) for action in owed}
    if finish is None or not all(case.marks.is_done(key) or key in sent for key in finish.needs):
        return ()
    off, on = {tag.casefold() for tag in finish.off}, {tag.casefold() for tag in finish.on}
    kept = [tag for tag in tags if tag.casefold() not in off | on]
    new = (*kept, *finish.on)
    status = None if finish.status == case.ticket.status else finish.status
    return (SetFields(tags=new if set(new) != set(tags) else None, status=status),)


def _after(case: Case, finish: tuple[SetFields, ...]) -> list[datetime]:
    """Return when to look again after a status of the bot's own: dates follow it, and no webhook tells."""
    return [case.now + _SOON for step in finish if step.status is not None]


def _given(*moments: datetime | None) -> tuple[datetime, ...]:
    return tuple(moment for moment in moments if moment is not None)


def _settled(case: Case, settle: timedelta) -> Plan:
    """Return the plan for a ticket the desk is done with: remember, and see who answers a stopped one."""
    demands = demands_after_closing(case)
    owed, unsettled = not_done(case, demands.once, settle)
    finish = _last_step(case, demands, owed, case.ticket.tags)
    return Plan(
        key=case.ticket.key,
        level=case.decision.level,
        decision=case.decision,
        response=_view(case.response),
        resolution=_view(case.resolution),
        spent=time_spent(case),
        actions=(*owed, *finish),
        reasons=(*_why(case), "el ticket está cerrado: no se toca", *demands.reasons),
        wake_at=min([*unsettled, *_after(case, finish)], default=None),
        tags=case.ticket.tags,
        statuses=case.statuses,
        proven_effects=proven_effects(case, demands),
        closed=True,
        moments=demands.moments,
    )


def _wake_at(case: Case, unsettled: list[datetime]) -> datetime | None:
    """Return the next moment at which time alone changes the plan; never in the past."""
    marks = _given(next_milestone(case.response, case.resolution, case.now))
    return min((*marks, *unsettled, *next_moments(case)), default=None)


def _view(clock: Clock) -> DueView:
    return DueView(clock.target, clock.limit, clock.state.value, clock.met_at, clock.arithmetic.text())
