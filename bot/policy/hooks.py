"""Which outgoing webhooks does a warning step call, with what in them, and when again?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.actions import Notify
from bot.domain.record import Effect, EffectState
from bot.policy.case import Case
from bot.policy.escalation import ClockName, EscalationStep
from bot.policy.sla import Clock, ClockState
from bot.policy.steps import DueSteps, steps_of

# How long after each failed call the next one comes; after the last of them it is given up.
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 300, 600, 600))
MOST_CALLS = len(BACKOFF) + 1


@dataclass(frozen=True, slots=True)
class Calls:
    """Hold the calls due now, the intents to write down first, when to look again, and reasons."""

    now: tuple[Notify, ...] = ()
    intents: tuple[tuple[str, Effect], ...] = ()
    wake_at: datetime | None = None
    reasons: tuple[str, ...] = ()


def calls(case: Case, steps: DueSteps) -> Calls:
    """Return what to call for the steps taken now and for earlier ones whose call did not get through.

    An intent is written down before the step's note, so that dying after the note loses no call; one that is
    nowhere written down, after the store was emptied, is taken as made.
    """
    taken = {due.owed.key for due in steps.now}
    due: list[Notify] = []
    later: list[datetime] = []
    intents: list[tuple[str, Effect]] = []
    reasons: list[str] = []
    for name, step, hook, key, parent in _possible(case):
        known = case.record.effects.get(key)
        if known is None and parent in taken:
            known = Effect(EffectState.OPEN, case.now, attempts=0)
            intents.append((key, known))
        if known is None or known.state is EffectState.DONE:
            continue
        if parent not in taken and not case.marks.is_done(parent):
            continue  # what the step warned of was put right before anybody was told
        if known.attempts >= MOST_CALLS:
            reasons.append(f"el webhook «{hook}» no respondió tras {known.attempts} intentos")
        elif case.now >= (at := next_call(known)):
            due.append(Notify(key, hook, _body(case, name, step)))
            later.append(case.now + BACKOFF[min(known.attempts, len(BACKOFF) - 1)])
        else:
            later.append(at)
    return Calls(tuple(due), tuple(intents), min(later, default=None), tuple(reasons))


def next_call(known: Effect) -> datetime:
    """Return when a call that has not got through is to be made again."""
    return known.at if known.attempts == 0 else known.at + BACKOFF[min(known.attempts, len(BACKOFF)) - 1]


def _possible(case: Case) -> Iterator[tuple[ClockName, EscalationStep, str, str, str]]:
    for name, step, parent in steps_of(case):
        for hook in step.webhooks:
            yield name, step, hook, f"webhook:{hook}:{parent}", parent


def _body(case: Case, name: ClockName, step: EscalationStep) -> str:
    """Write ids, level and times; `text` is for chats that show nothing else. No word of the ticket."""
    clock: Clock = case.response if name == "respuesta" else case.resolution
    key, level = case.ticket.key, case.decision.level
    data = {
        "portal": key.portal,
        "ticket_id": key.ticket_id,
        "level": level.value,
        "clock": name,
        "step": step.id,
        "due_at": _iso(step.moment(clock)),
        "target": _iso(clock.target),
        "limit": _iso(clock.limit),
        "breached": clock.state is ClockState.BREACHED,
    }
    text = f"{level.emoji} {key.portal} #{key.ticket_id} · {level} · {name}: {step.id}"
    return json.dumps({"type": "ticket.escalated", "text": text, "data": data}, ensure_ascii=False)


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
