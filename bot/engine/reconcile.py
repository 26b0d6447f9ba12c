"""How is one ticket brought to what the policy wants?

Three visible steps: gather, decide, act. No decision is ever taken from an event.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.plan import Plan
from bot.domain.record import Record
from bot.domain.ticket import Company, Ticket, TicketKey
from bot.engine.brakes import HeldBack
from bot.engine.context import Context
from bot.engine.corrections import note_correction
from bot.engine.digest import gathered_warnings
from bot.engine.emptied import until_sure
from bot.engine.executor import Check, execute
from bot.engine.explain import journal_entry
from bot.engine.quarantine import LeaseLost, may_try
from bot.engine.ranking import rank_of
from bot.engine.reply_caps import company_told, within_caps
from bot.engine.spending import cover, reserved
from bot.freshdesk.errors import PermanentError
from bot.policy import planner
from bot.policy.approval import LoggedTime
from bot.policy.approval_demands import needs_logged_time
from bot.policy.report_outcome import outcome_of
from bot.store.leases import Lease
from bot.telemetry import log

# Nothing new is sent later than this: an attempt that hangs on does not speak on old knowledge.
ATTEMPT = timedelta(seconds=60)
BUSY_WAIT = timedelta(seconds=2)
# Freshdesk's times are whole seconds: a state as young as this may change again without looking newer.
YOUNG = timedelta(seconds=5)
_UNSEEN = frozenset({403, 404})


@dataclass(frozen=True, slots=True)
class Gathered:
    """Hold all that a decision may look at."""

    ticket: Ticket
    record: Record
    company: Company | None
    bot_agent: int | None
    logged: LoggedTime | None = None
    company_told: bool = False


def gather(ctx: Context, key: TicketKey) -> Gathered:
    """Read the ticket, what is remembered of it, and its company's marks."""
    api = ctx.freshdesk[key.portal]
    record = ctx.ledger.read(key)
    ticket = api.get_ticket(key.ticket_id)
    if not ticket.messages_complete:
        ticket = replace(ticket, messages=api.list_messages(key.ticket_id), messages_complete=True)
    company, agent = _company(ctx, ticket), bot_agent(ctx, key.portal)
    told = company_told(ctx, ticket, company)
    return Gathered(ticket, record, company, agent, _logged(ctx, ticket), told)


def decide(ctx: Context, seen: Gathered) -> Plan:
    """Return the plan for what was gathered; looking never touches."""
    return planner.plan(
        seen.ticket,
        seen.record,
        ctx.rulebook.policy,
        ctx.now(),
        company=seen.company,
        bot_agent=seen.bot_agent,
        settle=ctx.settle,
        logged=seen.logged,
        company_told=seen.company_told,
    )


def reconcile(ctx: Context, key: TicketKey, token: int) -> Plan | None:
    """Run one attempt at a ticket; None when it was overtaken, is in other hands or in quarantine.

    Errors leave the alarm where the lease put it; the job decides when to try again.
    """
    current = ctx.wakeups.begin(key, token, ctx.now() + ctx.leases.duration)
    if current is None:
        return None
    with ctx.leases.hold(key) as lease:
        if lease is None:
            ctx.wakeups.finish(key, current, ctx.now() + BUSY_WAIT, ctx.now())
            return None
        if not may_try(ctx, key):
            return None
        with reserved(ctx, key):
            plan = attempt(ctx, key, lease)
    ctx.wakeups.finish(key, current, plan.wake_at, ctx.now(), rank_of(plan, ctx.now()))
    return plan


def attempt(ctx: Context, key: TicketKey, lease: Lease) -> Plan:
    """Gather, decide and act on a ticket whose lease is held."""
    deadline = ctx.now() + ATTEMPT

    def still_ours() -> None:
        if ctx.now() >= deadline or not lease.is_held():
            raise LeaseLost(str(key))

    seen = gather(ctx, key)
    plan = decide(ctx, seen)
    note_correction(ctx, key, seen.record.decision, plan.decision)
    _note_drift(ctx, plan)
    ctx.ledger.keep(
        key,
        plan.decision,
        plan.statuses,
        _settled_state(seen.ticket, ctx.now()),
        {**plan.intents, **plan.proven_effects},
        plan.proven_fields,
        plan.moments,
    )
    plan = within_caps(ctx, seen.ticket, until_sure(ctx, seen.ticket, plan))
    plan = gathered_warnings(ctx, plan)
    if ctx.writes_allowed(key.portal):
        cover(ctx, plan)
        plan = _act(ctx, seen.record, plan, still_ours)
    record, now = ctx.ledger.read(key), ctx.now()
    ctx.journal.record(key, journal_entry(seen.ticket, record, plan, ctx), now)
    ctx.outcomes.keep(outcome_of(seen.ticket, record, plan, now))
    actions = [type(action).__name__ for action in plan.actions]
    # "level" would be the line's own, such as info.
    by, promise = plan.decision.decided_by, plan.level.value
    log.info("reconciled", ticket=str(key), promise=promise, rule=by, actions=actions)
    return plan


def _note_drift(ctx: Context, plan: Plan) -> None:
    if plan.overwritten:
        ctx.drifts.note(plan.key, ctx.now())
        log.warning("dates overwritten", ticket=str(plan.key), fields=list(plan.overwritten))


def _act(ctx: Context, record: Record, plan: Plan, still_ours: Check) -> Plan:
    """Carry out the actions in order; when a brake is on, the rest of them wait."""
    for action in plan.actions:
        still_ours()
        try:
            execute(ctx, record, plan, action, still_ours)
        except HeldBack as held:
            ctx.brakes.hold(plan.key)
            return replace(plan, reasons=(*plan.reasons, held.reason))
    return plan


def _logged(ctx: Context, ticket: Ticket) -> LoggedTime | None:
    """Read the hours logged on a ticket that waits for an approval; None where the account hides them."""
    if not needs_logged_time(ctx.rulebook.policy.approvals, ticket.tags, ticket.status):
        return None
    try:
        entries = ctx.freshdesk[ticket.key.portal].list_time_entries(ticket.key.ticket_id)
    except PermanentError as error:
        if error.status not in _UNSEEN:
            raise
        log.warning("time entries unseen", ticket=str(ticket.key), status=error.status)
        return None
    billable = sum(entry.minutes for entry in entries if entry.billable)
    return LoggedTime(len(entries), sum(entry.minutes for entry in entries), billable)


def _settled_state(ticket: Ticket, now: datetime) -> datetime | None:
    """Return the time of update that a sweep may take as looked at; None while it is too young to tell."""
    return ticket.updated_at if now - ticket.updated_at > YOUNG else None


def _company(ctx: Context, ticket: Ticket) -> Company | None:
    if ticket.company_id is None:
        return None
    portal = ticket.key.portal
    company = ctx.facts.company(portal, ticket.company_id)
    if company is None:
        company = _read_company(ctx, portal, ticket.company_id)
        ctx.facts.keep_companies(portal, [company])
    return company


def _read_company(ctx: Context, portal: str, company_id: int) -> Company:
    """Read a company's marks; one that is gone, or hidden from the bot's agent, has none."""
    try:
        return ctx.freshdesk[portal].get_company(company_id)
    except PermanentError as error:
        if error.status not in _UNSEEN:
            raise
        log.warning("company unseen", portal=portal, company=company_id, status=error.status)
        return Company(company_id)


def bot_agent(ctx: Context, portal: str) -> int | None:
    """Return the id of the portal's bot agent, reading it once a day."""
    known = ctx.facts.bot_agent(portal)
    if known is None:
        known = ctx.freshdesk[portal].me().id
        ctx.facts.keep_bot_agent(portal, known)
    return known
