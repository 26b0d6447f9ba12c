"""What does a pending or stopped approval demand of a ticket?

Everything is derived from what the ticket itself shows: the start of the waiting status names the episode,
the bot's own messages tell what was said, and the tags that a stop is over and done with.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.domain.actions import AddNote, Reply
from bot.domain.ticket import Message
from bot.policy.approval import (
    ApprovalFacts,
    ApprovalSection,
    ApprovalState,
    ClientTexts,
    approval,
)
from bot.policy.billing import effect_key as billing_key
from bot.policy.case import Case
from bot.policy.demands import NOTHING, Demands, Finish, in_language, local, written
from bot.policy.marks import reference
from bot.policy.replies import ACKNOWLEDGEMENT, clients_messages, unreachable_reason

PREFIX = "aprobacion"
# Moments: when a stop that a person marked was first seen, and when the ticket was last seen without one.
STOPPED, FREE = "detenido", "sin-detener"
_STEPS = ("nota", "recordatorio", "por-confirmar", "cierre", "detenido")
_BACK = ("reactivado", "a-tiempo")


def needs_logged_time(section: ApprovalSection | None, tags: Iterable[str], status: int) -> bool:
    """Tell whether the hours logged on a ticket may be asked for: only while an approval is pending."""
    if section is None or status not in section.estados:
        return False
    pending = {section.etiqueta.casefold(), section.etiqueta_por_confirmar.casefold()}
    return bool(pending & {tag.casefold() for tag in tags})


def approval_demands(case: Case) -> Demands:
    """Return what the approval clause demands now."""
    section = case.policy.approvals
    if section is None or case.ticket.spam or case.ticket.deleted:
        return NOTHING
    desk = _Desk(case, section)
    # What was asked before the bot came is left to those who asked: no reminder or stop out of the blue.
    return NOTHING if case.was_before_us(desk.start) else desk.demands()


class _Desk:
    """Gather the facts of one ticket's approval and turn its state into demands."""

    def __init__(self, case: Case, section: ApprovalSection) -> None:
        self.case, self.section, self.ticket = case, section, case.ticket
        self.answers = clients_messages(self.ticket.messages, case.policy.replies)
        self.start = self._start()
        self.marked = self.ticket.has_tag(section.etiqueta_detenido)
        self.facts = self._facts()
        self.now_at = approval(section, self.facts, case.now)

    # --- facts

    def _start(self) -> datetime:
        """Return when the present episode began: with the status, or with the answer that ended the last."""
        status = self.ticket.stats.status_updated_at or self.case.statuses[-1].at
        return max([status, *(m.created_at for m in self.answers if self._brought_back(m))])

    def _brought_back(self, answer: Message) -> bool:
        return any(self.case.marks.is_done(_back_key(what, answer)) for what in _BACK)

    def _facts(self) -> ApprovalFacts:
        asked_at = self._asked_at()
        stopped_at = self._stopped_at(asked_at)
        question_at = self._question_at(asked_at, stopped_at)
        since = [
            message for message in self.answers if question_at is None or message.created_at > question_at
        ]
        return ApprovalFacts(
            asked_at=asked_at,
            answered_at=since[0].created_at if since else None,
            reminded_at=self.case.marks.done_at(self.key("recordatorio")),
            stopped_at=stopped_at,
            marked=self.marked,
        )

    def _asked_at(self) -> datetime | None:
        """Return since when an approval is pending: the status, or the tag where that came later."""
        if self.case.portal.is_closed(self.ticket.status) or self.ticket.status not in self.section.estados:
            return None
        # Who confirms a stop may swap the one tag for the other.
        swapped = self.marked and self.ticket.has_tag(self.section.etiqueta_por_confirmar)
        if not (swapped or self.ticket.has_tag(self.section.etiqueta)):
            return None
        remembered = self.case.record.moments.get(self.key("pedida"))
        return (
            remembered or self.case.marks.done_at(self.key("nota")) or max(self.start, self.ticket.updated_at)
        )

    def _stopped_at(self, asked_at: datetime | None) -> datetime | None:
        """Return when the client was told of a stop, or first sight of one that a person marked."""
        told = self.case.marks.done_at(self.key("cierre"))
        if told is not None or asked_at is not None or not self.marked:
            return told
        closings = [self.case.marks.done_at(key) for key in self.case.record.effects if _is_closing(key)]
        known = [at for at in closings if at is not None] or [m.created_at for m in self._own_words()]
        told = max(known, default=None)
        by_hand = self.case.record.moments.get(STOPPED, self.ticket.updated_at)
        over = self._stops_over()
        return next((at for at in (told, by_hand) if at is not None and at > over), self.ticket.updated_at)

    def _stops_over(self) -> datetime:
        """Return when the ticket was last without a stop: a person may mark one after another was undone."""
        undone = [self.case.record.moments.get(FREE, self.ticket.created_at)]
        if self.ticket.has_tag(self.section.etiqueta_reactivado):
            undone.append(self.start)
        return max(undone)

    def _own_words(self) -> list[Message]:
        """Return what the bot told the client about approvals, where the store forgot their names.

        All else it says to clients has names that are known; what is left are reminders and closings.
        """
        others = {ACKNOWLEDGEMENT, *self._keys(), *self.case.record.effects}
        others |= {billing_key(number, "respuesta") for number in range(20)}
        known = {reference(self.ticket.key, effect) for effect in others}
        return [m for m in self.case.marks.public_messages() if not any(ref in m.text for ref in known)]

    def _question_at(self, asked_at: datetime | None, stopped_at: datetime | None) -> datetime | None:
        """Return the moment after which a client's message counts as an answer.

        That is the start of the waiting, or what the desk wrote last before asking. After a stop whose
        beginnings are forgotten it is what anybody of the desk said before it.
        """
        desk = [m for m in self.ticket.messages if not m.incoming and not m.private]
        own = self.case.marks.public_messages()
        if asked_at is not None:
            said = [m.created_at for m in desk if m not in own and m.created_at < asked_at]
            return max([self.start, *said])
        if stopped_at is None or all(m.created_at != stopped_at for m in own):
            return stopped_at
        return max([m.created_at for m in desk if m.created_at < stopped_at], default=None)

    # --- demands

    def demands(self) -> Demands:
        state = self.now_at.state
        match state:
            case ApprovalState.NONE:
                return Demands(managed=(self.section.etiqueta_por_confirmar,), moments=self._free())
            case ApprovalState.STOPPED:
                assert self.facts.stopped_at is not None
                return Demands(
                    keys=self._keys(),
                    moments={STOPPED: self.facts.stopped_at},
                    reasons=("trabajo detenido: se espera al cliente",),
                )
            case ApprovalState.STOP_DUE:
                return self._stop()
            case ApprovalState.WITHDRAWAL_DUE:
                return self._back("a-tiempo", self.section.textos.nota_a_tiempo, ())
            case ApprovalState.REACTIVATION_DUE:
                return self._back(
                    "reactivado", self.section.textos.nota_reactivado, (self.section.etiqueta_reactivado,)
                )
            case _:
                return self._pending(state)

    def _pending(self, state: ApprovalState) -> Demands:
        assert self.facts.asked_at is not None
        texts, tag = self.section.textos, self.section.etiqueta_por_confirmar
        once: list[AddNote | Reply] = []
        reasons = [f"aprobación {state}: vence {self._deadline()}"]
        if state is not ApprovalState.ANSWERED:
            once.append(self._note("nota", texts.nota_pedida))
        if state is ApprovalState.REMINDER_DUE:
            unreachable = unreachable_reason(self.ticket, self.case.policy.replies)
            if unreachable is None:
                once.append(self._reply("recordatorio", texts.recordatorio))
            else:
                reasons.append(f"sin recordatorio al cliente no se detiene: {unreachable}")
        if state is ApprovalState.UNCONFIRMED:
            once.append(self._note("por-confirmar", texts.nota_por_confirmar))
        return Demands(
            state_tags=(tag,) if state is ApprovalState.UNCONFIRMED else (),
            managed=(tag,),
            once=tuple(once),
            keys=self._keys(),
            moments={self.key("pedida"): self.facts.asked_at, **self._free()},
            wake_at=self.now_at.look_at,
            reasons=tuple(reasons),
        )

    def _stop(self) -> Demands:
        texts, tags = self.section.textos, self.section
        once = (self._reply("cierre", texts.cierre), self._note("detenido", texts.nota_detenido))
        return Demands(
            once=once,
            finish=Finish(
                needs=tuple(effect.key for effect in once),
                on=(tags.etiqueta_detenido,),
                off=(tags.etiqueta, tags.etiqueta_por_confirmar, tags.etiqueta_reactivado),
                status=tags.estado_al_detener,
            ),
            keys=self._keys(),
            reasons=("sin respuesta en el plazo de aprobación: el trabajo queda detenido",),
        )

    def _back(self, what: str, template: str, on: tuple[str, ...]) -> Demands:
        """Return a stopped ticket to the desk; the first message that tells so names the episode."""
        answer = next(m for m in self.answers if m.created_at == self.facts.answered_at)
        note = self._note(what, template, key=_back_key(what, answer))
        tags = self.section
        return Demands(
            once=(note,),
            finish=Finish(
                needs=(note.key,),
                on=on,
                off=(tags.etiqueta_detenido, tags.etiqueta, tags.etiqueta_por_confirmar),
                status=tags.estado_al_reactivar,
            ),
            keys=(*self._keys(), note.key),
            reasons=(f"aprobación {self.now_at.state}: vuelve a la mesa",),
        )

    def _free(self) -> dict[str, datetime]:
        stopped_before = any(_is_closing(key) for key in self.case.record.effects)
        return {FREE: self.case.now} if stopped_before and not self.marked else {}

    def key(self, what: str) -> str:
        """Name an effect or moment of the present episode."""
        return f"{PREFIX}:{int(self.start.timestamp())}:{what}"

    def _keys(self) -> tuple[str, ...]:
        return tuple(self.key(what) for what in _STEPS)

    def _note(self, what: str, template: str, key: str | None = None) -> AddNote:
        key = key or self.key(what)
        logged, at = self.case.logged, self.facts
        values = {
            "numero": self.ticket.key.ticket_id,
            "vence": self._deadline(),
            "pedida": "" if at.asked_at is None else local(self.case, at.asked_at),
            "respondida": "" if at.answered_at is None else local(self.case, at.answered_at),
            "horas": _hours(logged.minutes) if logged else "",
            "facturables": _hours(logged.billable) if logged else "",
            "entradas": logged.entries if logged else 0,
            "horas_conocidas": logged is not None,
        }
        return AddNote(key, written(self.case, key, template, values))

    def _reply(self, what: str, template: ClientTexts) -> Reply:
        values = {"numero": self.ticket.key.ticket_id, "vence": self._deadline()}
        return Reply(
            self.key(what), written(self.case, self.key(what), in_language(self.case, template), values)
        )

    def _deadline(self) -> str:
        return "" if self.now_at.deadline is None else local(self.case, self.now_at.deadline)


def _back_key(what: str, answer: Message) -> str:
    return f"{PREFIX}:{what}:{answer.id}"


def _is_closing(key: str) -> bool:
    return key.startswith(f"{PREFIX}:") and key.endswith(":cierre")


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02} min"
