"""What is expected at the moment when a ticket is looked at next?"""

from __future__ import annotations

from bot.domain.plan import DueView, Plan


def next_step(plan: Plan) -> str:
    """Say in a few words what the plan's wake-up is for; nothing when nothing more can fall due."""
    if plan.wake_at is None:
        return ""
    for name, due in (("respuesta", plan.response), ("solución", plan.resolution)):
        if plan.wake_at == due.target:
            return f"objetivo de {name}"
        if plan.wake_at == due.limit:
            return f"límite de {name}"
    late = any(_is_late(due) for due in (plan.response, plan.resolution))
    return "otro aviso por el plazo vencido" if late else "volver a mirar"


def _is_late(due: DueView) -> bool:
    return due.state == "breached" and due.met_at is None
