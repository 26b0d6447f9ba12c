"""Which warning steps does this ticket owe now, and which wait until people are awake?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.domain.actions import AddNote
from bot.domain.level import Level
from bot.policy import texts
from bot.policy.case import Case
from bot.policy.escalation import ClockName, EscalationStep, Owed, next_step, owed_step, step_key
from bot.policy.marks import reference
from bot.policy.quiet import quiet_until
from bot.policy.sla import Clock


@dataclass(frozen=True, slots=True)
class DueStep:
    """Hold one owed step with its clock, and the earlier ones that nobody was told of in time."""

    owed: Owed
    clock: Clock
    missed: tuple[EscalationStep, ...]


@dataclass(frozen=True, slots=True)
class DueSteps:
    """Hold the steps to take now, and when those held back by quiet hours may be."""

    now: tuple[DueStep, ...] = ()
    wait_until: datetime | None = None


def due_steps(case: Case) -> DueSteps:
    """Return at most one step a clock: after an outage only the highest one missed is taken."""
    quiet = quiet_until(case.portal.horas_tranquilas, case.policy.zone(case.ticket.key.portal), case.now)
    found = list(_reached(case))
    waiting = [each for each in found if quiet is not None and _waits(each.owed.step, case.decision.level)]
    return DueSteps(tuple(each for each in found if each not in waiting), quiet if waiting else None)


def next_moments(case: Case) -> Iterator[datetime]:
    """Yield when the next step of each ticking clock falls due."""
    for name, clock in started_clocks(case):
        moment = next_step(case.policy.escalation, name, clock, case.now)
        if moment is not None:
            yield moment


def started_clocks(case: Case) -> tuple[tuple[ClockName, Clock], ...]:
    """Return the clocks that have a ladder now: resolution has none before the answer."""
    response: tuple[ClockName, Clock] = ("respuesta", case.response)
    return (response,) if case.resolution.provisional else (response, ("resolucion", case.resolution))


def steps_of(case: Case) -> Iterator[tuple[ClockName, EscalationStep, str]]:
    """Yield every step of the ticket's level with its clock and effect key."""
    names: tuple[ClockName, ...] = ("respuesta", "resolucion")
    for name in names:
        for step in case.policy.escalation.steps(name):
            yield name, step, step_key(name, step, case.decision.level)


def warning(case: Case, due: DueStep) -> AddNote:
    """Return the note of a step, which mails those it notifies."""
    owed = due.owed
    html = texts.escalation_note(
        case.policy,
        case.ticket.key.portal,
        case.decision.level,
        due.clock,
        owed,
        len(due.missed),
        reference(case.ticket.key, owed.key),
        case.now,
    )
    return AddNote(owed.key, html, case.policy.escalation.recipients(owed.step))


def missed_moments(case: Case, steps: DueSteps) -> dict[str, datetime]:
    """Return, by name, the steps that were passed over, to be remembered."""
    return {
        f"omitido:{step_key(due.owed.clock, step, case.decision.level)}": case.now
        for due in steps.now
        for step in due.missed
    }


def missed_reasons(steps: DueSteps) -> tuple[str, ...]:
    """Return a sentence for each step that takes the place of earlier ones, and for those that wait."""
    reasons = [
        f"avisos de {due.owed.clock} que no se dieron a tiempo: {', '.join(step.id for step in due.missed)}"
        for due in steps.now
        if due.missed
    ]
    return (*reasons, *(("un aviso espera a que terminen las horas tranquilas",) if steps.wait_until else ()))


def raised_priority(case: Case, steps: DueSteps) -> int:
    """Return the priority to show: the level's, or a higher one that a step raised it to."""
    owed, level = {due.owed.key for due in steps.now}, case.decision.level
    raised = case.policy.escalation.raised_to(level, lambda key: key in owed or case.marks.is_done(key))
    return max(case.policy.levels.of(level).prioridad, raised)


def _reached(case: Case) -> Iterator[DueStep]:
    for name, clock in started_clocks(case):
        owed = owed_step(
            case.policy.escalation, name, clock, case.decision.level, case.marks.is_done, case.now
        )
        if owed is not None and not case.was_before_us(owed.moment):
            yield DueStep(owed, clock, _missed(case, name, clock, owed))


def _missed(case: Case, name: ClockName, clock: Clock, owed: Owed) -> tuple[EscalationStep, ...]:
    return tuple(
        step
        for step in case.policy.escalation.steps(name)
        if step.moment(clock) < owed.moment
        and not case.was_before_us(step.moment(clock))
        and not case.marks.is_done(step_key(name, step, case.decision.level))
    )


def _waits(step: EscalationStep, level: Level) -> bool:
    return step.disturbs and level not in step.pasa_horas_tranquilas
