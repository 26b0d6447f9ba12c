"""Has the client, the company or the portal had enough automatic messages for now?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot.domain.actions import Action, Reply, SetFields
from bot.domain.plan import Plan
from bot.domain.ticket import Company, Ticket
from bot.engine.context import Context
from bot.policy.approval_demands import PREFIX as APPROVAL
from bot.policy.billing import BillingSection, is_overdue
from bot.policy.loops import answered_subject
from bot.policy.replies import ACKNOWLEDGEMENT, AcknowledgementSection
from bot.store.reply_slots import Cap
from bot.telemetry import log

# A message that the contract needs is not given up: it is tried again when the portal may write once more.
TRY_AGAIN = timedelta(minutes=15)
SOON = timedelta(seconds=5)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def within_caps(ctx: Context, ticket: Ticket, plan: Plan) -> Plan:
    """Leave out what would be one message too many, and count the others."""
    if not ctx.writes_allowed(plan.key.portal):
        return plan
    for action in plan.actions:
        if not isinstance(action, Reply):
            continue
        effect, caps = f"{plan.key.ticket_id}:{action.key}", list(_caps(ctx, ticket, action))
        full = ctx.reply_slots.take(plan.key.portal, effect, caps, ctx.now())
        if full is not None:
            scope = full.scope.partition(":")[0]
            log.warning("reply withheld", ticket=str(plan.key), scope=scope, cap=full.most)
            plan = _without(ctx, plan, action, full)
    return plan


def company_told(ctx: Context, ticket: Ticket, company: Company | None) -> bool:
    """Tell whether an overdue company heard of its suspension on another ticket lately."""
    billing = ctx.rulebook.policy.billing
    if company is None or not is_overdue(company, billing):
        return False
    taken = ctx.reply_slots.times(ticket.key.portal, _company_cap(company.id, billing), ctx.now())
    return any(not effect.startswith(f"{ticket.key.ticket_id}:") for effect in taken)


def _caps(ctx: Context, ticket: Ticket, reply: Reply) -> Iterator[Cap]:
    policy = ctx.rulebook.policy
    if not _is_approval(reply):
        if reply.key != ACKNOWLEDGEMENT and ticket.company_id is not None:
            yield _company_cap(ticket.company_id, policy.billing)
        yield from _guards(ticket, policy.replies)
    yield Cap("portal", HOUR, policy.replies.tope_por_hora)


def _company_cap(company_id: int, billing: BillingSection) -> Cap:
    return Cap(f"company:{company_id}", billing.dias_entre_respuestas * DAY, 1)


def _guards(ticket: Ticket, section: AcknowledgementSection) -> Iterator[Cap]:
    """Yield the caps that end a talk between two robots; who and what is counted is kept as a hash."""
    guards, requester = section.contra_bucles, ticket.requester_id
    yield Cap(f"requester:{requester}", DAY, section.maximo_por_dia)
    yield Cap(f"burst:{requester}", timedelta(minutes=guards.rafaga_minutos), guards.rafaga)
    subject = answered_subject(ticket.subject)
    if subject is not None:
        yield Cap(f"subject:{_hashed(f'{requester}|{subject}')}", DAY, guards.mismo_asunto)
        yield Cap(f"answers:{requester}", DAY, guards.contestan)
    domain = guards.company_domain(ticket.requester_email)
    if domain is not None:
        yield Cap(f"domain:{_hashed(domain)}", HOUR, guards.por_dominio)


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _without(ctx: Context, plan: Plan, reply: Reply, full: Cap) -> Plan:
    what = "acuse" if reply.key == ACKNOWLEDGEMENT else f"«{reply.key}»"
    reason = f"sin {what}: se llegó al tope de {full.most} respuestas automáticas"
    actions = tuple(action for action in plan.actions if action is not reply)
    wake_at = plan.wake_at
    if _is_approval(reply):
        # The client was not told: nothing that follows from it may happen either.
        at = plan.actions.index(reply)
        actions = plan.actions[:at] + tuple(a for a in plan.actions[at:] if not _follows(a))
        wake_at = min(wake_at or ctx.now() + TRY_AGAIN, ctx.now() + TRY_AGAIN)
    elif full.scope.startswith("company:"):
        wake_at = ctx.now() + SOON  # another ticket of the company was quicker: this one gets a receipt
    return replace(plan, actions=actions, reasons=(*plan.reasons, reason), wake_at=wake_at)


def _is_approval(action: Action) -> bool:
    return getattr(action, "key", "").startswith(f"{APPROVAL}:")


def _follows(action: Action) -> bool:
    return isinstance(action, SetFields) or _is_approval(action)
