"""Has the client, the company or the portal had enough automatic messages for now?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.actions import Action, Reply, SetFields
from bot.domain.plan import Plan
from bot.domain.ticket import Ticket
from bot.engine.context import Context
from bot.policy.approval_demands import PREFIX as APPROVAL
from bot.policy.replies import ACKNOWLEDGEMENT
from bot.telemetry import log

# A message that the contract needs is not given up: it is tried again when the portal may write once more.
TRY_AGAIN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Cap:
    """Hold how many messages of one scope may go out in a stretch of time."""

    scope: str
    window: timedelta
    most: int


def within_caps(ctx: Context, ticket: Ticket, plan: Plan) -> Plan:
    """Leave out what would be one message too many, and count the others."""
    if not ctx.writes_allowed(plan.key.portal):
        return plan
    for action in plan.actions:
        if not isinstance(action, Reply):
            continue
        full = next((cap for cap in _caps(ctx, ticket, action) if not _take(ctx, plan, action, cap)), None)
        if full is not None:
            log.warning(
                "reply withheld", ticket=str(plan.key), scope=full.scope.partition(":")[0], cap=full.most
            )
            plan = _without(ctx, plan, action, full)
    return plan


def _caps(ctx: Context, ticket: Ticket, reply: Reply) -> Iterator[Cap]:
    policy = ctx.rulebook.policy
    if reply.key == ACKNOWLEDGEMENT:
        yield Cap(f"requester:{ticket.requester_id}", timedelta(days=1), policy.replies.maximo_por_dia)
    elif not _is_approval(reply):
        yield Cap(f"company:{ticket.company_id}", timedelta(days=policy.billing.dias_entre_respuestas), 1)
    yield Cap("portal", timedelta(hours=1), policy.replies.tope_por_hora)


def _take(ctx: Context, plan: Plan, reply: Reply, cap: Cap) -> bool:
    effect = f"{plan.key.ticket_id}:{reply.key}"
    return ctx.ledger.take_reply_slot(plan.key.portal, cap.scope, effect, ctx.now(), cap.window, cap.most)


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
    return replace(plan, actions=actions, reasons=(*plan.reasons, reason), wake_at=wake_at)


def _is_approval(action: Action) -> bool:
    return getattr(action, "key", "").startswith(f"{APPROVAL}:")


def _follows(action: Action) -> bool:
    return isinstance(action, SetFields) or _is_approval(action)
