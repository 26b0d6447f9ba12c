"""Which notes and replies does the bot owe this ticket?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.actions import Action, AddNote, OnceOnly
from bot.domain.record import Effect, EffectState
from bot.policy import texts
from bot.policy.adoption import told
from bot.policy.case import Case
from bot.policy.demands import Demands
from bot.policy.first_reply import first_reply
from bot.policy.marks import announcement, reference
from bot.policy.replies import ACKNOWLEDGEMENT
from bot.policy.steps import DueSteps, steps_of, warning


def once_only(
    case: Case, demands: Demands, steps: DueSteps, settle: timedelta
) -> tuple[tuple[Action, ...], list[datetime], list[str]]:
    """Return the notes and replies owed now, when unconfirmed ones may be looked up, and reasons.

    What the contract demands comes last.
    """
    candidates: list[OnceOnly] = []
    reasons: list[str] = []
    announcement_note = _announcement(case)
    candidates.extend([] if announcement_note is None else [announcement_note])
    candidates.extend(warning(case, due) for due in steps.now)
    if not case.marks.is_done(ACKNOWLEDGEMENT):
        reply, silence = first_reply(case)
        candidates.extend([] if reply is None else [reply])
        reasons.extend([] if reply is not None else [f"sin acuse: {silence}"])
    candidates.extend(demands.once)
    owed, unsettled = not_done(case, told(case.adoption, candidates), settle)
    return owed, unsettled, reasons


def not_done(
    case: Case, candidates: Iterable[OnceOnly], settle: timedelta
) -> tuple[tuple[Action, ...], list[datetime]]:
    """Return the effects to send now, and when those of unknown fate may be looked up."""
    owed: list[Action] = []
    unsettled: list[datetime] = []
    for candidate in candidates:
        if case.marks.is_done(candidate.key):
            continue
        sent = case.record.effects.get(candidate.key)
        if sent is not None and sent.state is EffectState.OPEN and case.now < sent.at + settle:
            unsettled.append(sent.at + settle)
        else:
            owed.append(candidate)
    return tuple(owed), unsettled


def _announcement(case: Case) -> AddNote | None:
    """Return the note that says level and dates: the first one, or one for a changed level."""
    announced = case.marks.announcements()
    if announced and announced[-1][1] is case.decision.level:
        return None
    key = announcement(len(announced), case.decision.level)
    html = texts.classification_note(
        case.policy,
        case.ticket.key.portal,
        case.decision,
        case.verdict,
        case.response,
        case.resolution,
        changed_from=announced[-1][1] if announced else None,
        reference=reference(case.ticket.key, key),
    )
    return AddNote(key, html)


def proven_effects(case: Case, demands: Demands) -> dict[str, Effect]:
    """Return the effects that the ticket shows to be done and the ledger does not know to be."""
    keys = {announcement(number, level) for number, level in case.marks.announcements()}
    keys |= {ACKNOWLEDGEMENT, *demands.keys} | set(case.record.effects)
    keys |= {key for _, _, key in steps_of(case)}
    proven: dict[str, Effect] = {}
    for key in sorted(keys):
        message, known = case.marks.message(key), case.record.effects.get(key)
        if message is not None and (known is None or known.state is EffectState.OPEN):
            proven[key] = Effect(EffectState.DONE, message.created_at, known.attempts if known else 1)
    return proven
