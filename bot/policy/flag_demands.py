"""What do the flags of a ticket and its waiting on a third party demand?"""

from __future__ import annotations

from bot.domain.actions import AddNote, Forward
from bot.policy.case import Case
from bot.policy.demands import NOTHING, Demands, in_language, written
from bot.policy.payment_notice import dates_in, notice_state
from bot.policy.scope import OUT_OF_SCOPE, words_of_flag
from bot.policy.spelling import spell_date
from bot.policy.statuses import PauseCause
from bot.policy.templates import render
from bot.policy.visible import visible_spans

PAYMENT_NOTICE = "aviso_de_pago"
FORWARDED, NOTICE_NOTE, SCOPE_NOTE = "aviso-de-pago", "aviso-de-pago:nota", "fuera-de-alcance:nota"


def payment_demands(case: Case) -> Demands:
    """Pass a notice of late payment on to accounting, and say whether it came in time."""
    section = case.policy.payment_notice
    if section is None or PAYMENT_NOTICE not in case.decision.flags:
        return NOTHING
    zone = case.policy.zone(case.ticket.key.portal)
    due = case.company.invoice_due if case.company else None
    values = {
        "resultado": notice_state(case.ticket.created_at, due, section.horas, zone).value,
        "horas": f"{section.horas:g}",
        "vencimiento": "" if due is None else spell_date(due, weekday=True, year=True),
        "fechas": list(dates_in(_own_words(case))) if due is None else [],
        "buzon": section.buzon,
        "reenviado": section.reenviar,
    }
    covering = written(case, FORWARDED, section.reenvio, {"numero": case.ticket.key.ticket_id})
    forward = (Forward(FORWARDED, covering, (section.buzon,)),) if section.reenviar else ()
    note = AddNote(NOTICE_NOTE, written(case, NOTICE_NOTE, section.nota, values))
    return Demands(once=(*forward, note), keys=(FORWARDED, NOTICE_NOTE))


def scope_demands(case: Case) -> Demands:
    """Tell the desk that a request seems out of scope, with a draft to send; nothing is sent or closed."""
    section = case.policy.scope
    if section is None or OUT_OF_SCOPE not in case.decision.flags:
        return NOTHING
    words = words_of_flag(OUT_OF_SCOPE, case.decision, case.verdict, case.policy)
    draft = in_language(case, section.borrador)
    values = {"palabras": list(words), "borrador": _filled(draft, case)}
    return Demands(
        once=(AddNote(SCOPE_NOTE, written(case, SCOPE_NOTE, section.nota, values)),), keys=(SCOPE_NOTE,)
    )


def vendor_demands(case: Case) -> Demands:
    """Tag a ticket that waits for the manufacturer or another third party; a person may take the tag off."""
    waits = case.portal.pause_cause(case.ticket.status) is PauseCause.THIRD_PARTY
    return Demands(info_tags=(case.policy.tags.fabricante,)) if waits else NOTHING


def _filled(draft: str, case: Case) -> str:
    return render(draft, {"numero": case.ticket.key.ticket_id})


def _own_words(case: Case) -> str:
    subject, body = case.ticket.subject, case.ticket.body
    spans = visible_spans(body, subject)
    return "\n".join([subject, *(body[start:end] for start, end in spans)])
