"""What may have been sent that an emptied store no longer knows of?"""

from __future__ import annotations

from dataclasses import replace

from bot.domain.actions import SetFields
from bot.domain.plan import Plan
from bot.domain.ticket import Ticket
from bot.engine.context import Context

REASON = "la memoria es nueva: notas y respuestas esperan a que se vea en el ticket lo ya enviado"


def until_sure(ctx: Context, ticket: Ticket, plan: Plan) -> Plan:
    """Keep back notes, replies and what follows while one sent before the store was emptied may yet appear.

    A ticket younger than the store has nothing to wait for. Ask this after the ledger was read: a store
    emptied in between is then seen to be new.
    """
    now, born = ctx.now(), ctx.facts.born(ctx.now())
    sure_at = born + ctx.settle
    first = next((at for at, action in enumerate(plan.actions) if not isinstance(action, SetFields)), None)
    if first is None or now >= sure_at or ticket.created_at >= born:
        return plan
    return replace(
        plan,
        actions=plan.actions[:first],
        wake_at=min(plan.wake_at or sure_at, sure_at),
        reasons=(*plan.reasons, REASON),
    )
