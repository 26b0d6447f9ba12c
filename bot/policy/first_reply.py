"""Which one reply does a new ticket get: the acknowledgement, word of a suspended service, or none?

An acknowledgement promises an answer by a date. While the service is suspended nobody may promise that, so
the client is told of the suspension instead, once; who heard of it on another ticket gets a receipt without
a date.
"""

from __future__ import annotations

from bot.domain.actions import Reply
from bot.policy import texts
from bot.policy.billing import BillingState, effect_key
from bot.policy.case import Case
from bot.policy.demands import in_language, written
from bot.policy.marks import reference
from bot.policy.replies import ACKNOWLEDGEMENT, language_of, silence_reason


def first_reply(case: Case) -> tuple[Reply | None, str | None]:
    """Return the reply under the key of the acknowledgement, or why there is none."""
    silence = silence_reason(case.ticket, case.policy.replies, case.now, case.answered)
    if silence is None and case.adoption is not None:
        silence = "ya estaba abierto cuando llegó el semáforo"
    if silence is not None:
        return None, silence
    if case.billing.state is not BillingState.SUSPENDED:
        told = _told_of_suspension(case)
        return (
            (None, "ya supo por correo que el servicio estaba suspendido") if told else (_plain(case), None)
        )
    if suspension_reply_wanted(case) or _told_of_suspension(case):
        return None, "en su lugar se le cuenta que el servicio está suspendido"
    receipts = case.policy.billing.acuse
    if receipts is None:
        return None, "el servicio está suspendido: no hay plazo que prometer"
    text = written(case, ACKNOWLEDGEMENT, in_language(case, receipts), {"numero": case.ticket.key.ticket_id})
    return Reply(ACKNOWLEDGEMENT, text), None


def suspension_reply_wanted(case: Case) -> bool:
    """Tell whether the client is to be told of the present suspension on this ticket."""
    section = case.policy.billing
    return section.responder and section.respuesta is not None and not case.company_told


def _told_of_suspension(case: Case) -> bool:
    numbers = range(len(case.billing.suspensions))
    return any(case.marks.is_done(effect_key(number, "respuesta")) for number in numbers)


def _plain(case: Case) -> Reply:
    html = texts.acknowledgement(
        case.policy,
        language_of(case.ticket, case.policy.replies),
        case.ticket.key,
        case.decision.level,
        case.response,
        case.policy.calendar(case.ticket.key.portal),
        reference(case.ticket.key, ACKNOWLEDGEMENT),
    )
    return Reply(ACKNOWLEDGEMENT, html)
