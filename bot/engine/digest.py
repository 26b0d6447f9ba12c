"""Several warnings of a portal fall due together: who tells people of all of them, in one mail?

Each ticket keeps its own note. Those that mail somebody wait until the window closes; then the first of them
mails for all, naming the others' numbers, and the rest mail nobody.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.actions import AddNote
from bot.domain.plan import Plan
from bot.domain.ticket import TicketKey
from bot.engine.context import Context
from bot.policy import texts
from bot.policy.escalation import DigestSection, clock_of
from bot.store.digests import Window

_CLOCKS = {"respuesta": "response", "resolucion": "resolution"}  # as the journal names them


def gathered_warnings(ctx: Context, plan: Plan) -> Plan:
    """Return the plan with its warnings held back, sent for all, or sent without mail."""
    section = ctx.rulebook.policy.escalation.resumen
    if section is None or not ctx.writes_allowed(plan.key.portal):
        return plan
    for action in plan.actions:
        if isinstance(action, AddNote) and action.notify and clock_of(action.key):
            plan = _gathered(ctx, plan, action, section)
    return plan


def _gathered(ctx: Context, plan: Plan, note: AddNote, section: DigestSection) -> Plan:
    member = f"{plan.key.ticket_id}|{note.key}"
    length = timedelta(minutes=section.ventana_minutos)
    window = ctx.digests.join(plan.key.portal, member, ctx.now(), length)
    if ctx.now() < window.closes_at:
        kept = tuple(action for action in plan.actions if action is not note)
        wake_at = min(plan.wake_at or window.closes_at, window.closes_at)
        reason = "el aviso espera un momento por si hay otros del mismo portal"
        return replace(plan, actions=kept, wake_at=wake_at, reasons=(*plan.reasons, reason))
    if not ctx.digests.takes_lead(window, member):
        return _with(plan, note, replace(note, notify=()))
    others = _others(ctx, window, plan.key)
    head = texts.digest(section, others) if others else ""
    return _with(plan, note, replace(note, html=head + note.html))


def _with(plan: Plan, old: AddNote, new: AddNote) -> Plan:
    return replace(plan, actions=tuple(new if action is old else action for action in plan.actions))


def _others(ctx: Context, window: Window, own: TicketKey) -> list[int]:
    """Return the other tickets of a window that still wait for somebody, as they were last seen."""
    found = set()
    for member in ctx.digests.members(window):
        number, _, effect = member.partition("|")
        if int(number) != own.ticket_id and _is_owed(ctx, TicketKey(own.portal, int(number)), effect):
            found.add(int(number))
    return sorted(found)


def _is_owed(ctx: Context, key: TicketKey, effect: str) -> bool:
    entry, clock = ctx.journal.read(key), _CLOCKS.get(clock_of(effect) or "")
    return entry is not None and clock is not None and entry["due"][clock]["met_at"] is None
