"""Which words do agents and customers read about a decision?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bot.domain.level import Level
from bot.domain.record import Decision
from bot.domain.ticket import TicketKey
from bot.policy.calendar import Calendar
from bot.policy.decision import PERSON
from bot.policy.escalation import DigestSection, Owed
from bot.policy.levels import ResolutionKind
from bot.policy.replies import Language
from bot.policy.sla import Clock, ClockState, ResolutionClock, ResponseClock
from bot.policy.spelling import spell_duration, spell_moment
from bot.policy.templates import render
from bot.policy.verdict import Verdict

if TYPE_CHECKING:  # the model is made of sections that import this
    from bot.policy.model import Policy

_MOST_WORDS = 8
APPROXIMATE = " (aproximado: falta saber con exactitud cuándo cambió de estado)"


def why(decision: Decision, policy: Policy) -> tuple[str, ...]:
    """Return the reasons for a level as short sentences, for the journal and `explain`."""
    if decision.decided_by == PERSON:
        return (f"{decision.level}: lo eligió una persona de la mesa",)
    if decision.decided_by is None:
        return (f"{decision.level}: ninguna regla reconoció el texto",)
    words = ", ".join(f"«{word}»" for word in decision.words[:_MOST_WORDS])
    return (f"{decision.level}: regla «{policy.rule_title(decision.decided_by)}» por {words}",)


def classification_note(
    policy: Policy,
    portal: str,
    decision: Decision,
    verdict: Verdict,
    response: ResponseClock,
    resolution: ResolutionClock,
    *,
    changed_from: Level | None,
    reference: str,
) -> str:
    """Return the note that says which level holds, why, and until when."""
    by_person, notes = decision.decided_by == PERSON, policy.notes_of(portal)
    words = [e.text for e in verdict.evidence if e.rule == decision.decided_by]
    html = render(
        notes.clasificacion,
        {
            "emoji": decision.level.emoji,
            "nivel": decision.level.value,
            "cambio": changed_from.value if changed_from else "",
            "por_persona": by_person,
            "regla": ""
            if by_person or decision.decided_by is None
            else policy.rule_title(decision.decided_by),
            "clausula": "" if by_person else policy.rule_clause(decision.decided_by),
            "palabras": list(dict.fromkeys(words))[:_MOST_WORDS],
            "respuesta": _sum(response),
            "resolucion": _sum(resolution),
            "resolucion_es_meta": resolution.kind is ResolutionKind.WORKING,
            "avisos": [notes.avisos[flag] for flag in decision.flags if flag in notes.avisos],
            "espejo": policy.portals.of(portal).is_mirror,
            "version": decision.rules_version[:12],
        },
    )
    return signed(html, reference)


def suspension_note(policy: Policy, portal: str, reference: str) -> str:
    """Return the note that says the client's company is marked as overdue."""
    return signed(render(policy.notes_of(portal).morosidad, {}), reference)


def escalation_note(
    policy: Policy,
    portal: str,
    level: Level,
    clock: Clock,
    owed: Owed,
    missed: int,
    reference: str,
    now: datetime,
) -> str:
    """Return the note that warns of a target or limit reached."""
    calendar = policy.calendar(portal)
    html = render(
        policy.notes_of(portal).escalamiento,
        {
            "emoji": level.emoji,
            "nivel": level.value,
            "reloj": "respuesta" if owed.clock == "respuesta" else "resolución",
            "momento": moment(owed.moment, calendar),
            "limite": moment(clock.limit, calendar) + ("" if clock.exact else APPROXIMATE),
            "espera": waits(clock, now),
            "incumplido": clock.state is ClockState.BREACHED,
            "texto": owed.step.texto,
            "omitidos": missed,
        },
    )
    return signed(html, reference)


def digest(section: DigestSection, tickets: Sequence[int]) -> str:
    """Return what heads a warning that stands for those of other tickets too: their numbers."""
    return render(section.texto, {"tickets": list(tickets)})


def _sum(clock: Clock) -> str:
    return clock.arithmetic.text() + ("" if clock.exact else APPROXIMATE)


def waits(clock: Clock, now: datetime) -> str:
    """Return how long a clock waited and for whom, such as «1 d 6 h (cliente)»; nothing when it never did."""
    spent = clock.paused_total(now).items()
    return ", ".join(f"{spell_duration(length)} ({cause.label})" for cause, length in spent if length)


def acknowledgement(
    policy: Policy,
    language: Language,
    key: TicketKey,
    level: Level,
    response: ResponseClock,
    calendar: Calendar,
    reference: str,
) -> str:
    """Return the acknowledgement: the ticket's number, level and promise, and nothing of its text."""
    texts = policy.reply_texts(key.portal, language)
    body = render(
        texts.plantilla,
        {
            "numero": key.ticket_id,
            "emoji": level.emoji,
            "nivel": level.value,
            "promesa": texts.promesas[level],
            "responder_hasta": moment(response.limit, calendar),
            "fuera_de_horario": response.arithmetic.base != response.arithmetic.start,
        },
    )
    return signed(body, reference)


def signed(html: str, reference: str) -> str:
    """End a text with its reference, whatever its template says: by it the bot knows its own."""
    return f"{html}<p>Ref. {reference}</p>"


def moment(at: datetime, calendar: Calendar) -> str:
    return spell_moment(calendar.local(at), year=True)
