"""What does a suspended service demand of a ticket?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.domain.actions import AddNote, Reply
from bot.policy import texts
from bot.policy.billing import BillingState, Suspension, effect_key, is_overdue, moment_name
from bot.policy.case import Case
from bot.policy.demands import NOTHING, Demands, in_language, local, written
from bot.policy.first_reply import suspension_reply_wanted
from bot.policy.marks import reference
from bot.policy.replies import silence_reason
from bot.policy.spelling import spell_duration

# A company's mark reaches the tickets with the next look; nothing in Freshdesk tells of it.
LOOK_AGAIN = timedelta(hours=1)


def billing_demands(case: Case) -> Demands:
    """Return what the clause on overdue invoices demands now."""
    if case.ticket.spam or case.ticket.deleted:
        return NOTHING
    overdue, known = is_overdue(case.company, case.policy.billing), case.billing.suspensions
    suspended = case.billing.state is BillingState.SUSPENDED
    tag = case.policy.tags.suspendido
    reply, silence = _reply(case) if suspended else (None, None)
    return Demands(
        state_tags=(tag,) if suspended else (),
        managed=() if overdue is None else (tag,),
        once=(*_notes(case), *((reply,) if reply is not None else ())),
        keys=tuple(effect_key(n, what) for n in range(len(known)) for what in ("nota", "fin", "respuesta")),
        moments=_moments(known),
        wake_at=case.now + LOOK_AGAIN if suspended else None,
        reasons=_reasons(suspended, silence),
    )


def _moments(known: tuple[Suspension, ...]) -> dict[str, datetime]:
    named = {moment_name(number, "inicio"): each.start for number, each in enumerate(known)}
    ends = {moment_name(number, "fin"): each.end for number, each in enumerate(known)}
    return named | {name: at for name, at in ends.items() if at is not None}


def _reasons(suspended: bool, silence: str | None) -> tuple[str, ...]:
    if not suspended:
        return ()
    reasons = ["servicio suspendido por facturación: los relojes están en pausa"]
    return (*reasons, f"sin respuesta de morosidad: {silence}") if silence else tuple(reasons)


def _notes(case: Case) -> Iterator[AddNote]:
    """Yield the notes on suspensions; one that ended before anybody was told of it needs none."""
    for number, each in enumerate(case.billing.suspensions):
        start, end = effect_key(number, "nota"), effect_key(number, "fin")
        if each.end is None:
            key = case.ticket.key
            yield AddNote(start, texts.suspension_note(case.policy, key.portal, reference(key, start)))
        elif case.marks.is_done(start) and case.policy.billing.nota_fin is not None:
            values = {
                "desde": local(case, each.start),
                "hasta": local(case, each.end),
                "pausa": spell_duration(each.end - each.start),
            }
            yield AddNote(end, written(case, end, case.policy.billing.nota_fin, values))


def _reply(case: Case) -> tuple[Reply | None, str | None]:
    """Return the polite reply, or why there is none; who is told nothing by the bot is not told this."""
    section = case.policy.billing
    key = effect_key(len(case.billing.suspensions) - 1, "respuesta")
    if not section.responder or section.respuesta is None or case.marks.is_done(key):
        return None, None
    silence = silence_reason(case.ticket, case.policy.replies, case.now, case.answered)
    if silence is None and not suspension_reply_wanted(case):
        silence = "la empresa ya lo supo hace poco en otro ticket"
    if silence is not None:
        return None, silence
    template = in_language(case, section.respuesta)
    return Reply(key, written(case, key, template, {"numero": case.ticket.key.ticket_id})), None
