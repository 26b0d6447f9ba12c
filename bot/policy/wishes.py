"""Which fields and tags should the ticket have that it does not have yet?"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.actions import SetFields
from bot.domain.record import FieldValue, Written
from bot.policy import fields, waiting
from bot.policy.case import Case
from bot.policy.demands import Demands
from bot.policy.forgotten import told_date, told_resolution, told_topics
from bot.policy.sla import Clock, ClockState, ResolutionClock
from bot.policy.sla_mode import is_overwritten, mirrored_text
from bot.policy.steps import DueSteps, raised_priority


@dataclass(slots=True)
class Wishes:
    """Gather field changes with the memory to write beside them, what is proven already, and reasons."""

    fields: dict[str, Any] = field(default_factory=dict)
    writes: dict[str, Written] = field(default_factory=dict)
    proven: dict[str, Written] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    left_alone: set[str] = field(default_factory=set)
    conflicts: list[str] = field(default_factory=list)
    overwritten: list[str] = field(default_factory=list)

    def changes(self) -> SetFields:
        """Return the action that makes the changes; it may have none."""
        return SetFields(**self.fields)

    def recall(self, name: str, told: Written | None) -> Written | None:
        """Take in what the ticket itself tells of a write that the store forgot."""
        if told is not None:
            self.proven[name] = told
        return told

    def want(self, name: str, label: str, known: Written | None, current: Any, wanted: Any) -> None:
        """Take in one wish, as far as the field is still the bot's."""
        before, value = _storable(current), _storable(wanted)
        step = fields.field_step(known, before, value, label)
        if step.write:
            again = known is not None and not known.sure and known.value == value
            tries = known.rewrites if known is not None and again else 0
            self.fields[name], self.writes[name] = wanted, Written(before, value, rewrites=tries)
        if step.remember is not None:
            self.proven[name] = step.remember
        if step.reason is not None:
            self.reasons.append(step.reason)
            self.left_alone.add(name)


def field_wishes(case: Case, demands: Demands, steps: DueSteps) -> Wishes:
    """Return what the bot wants of the ticket's fields, with the tags that the contract demands."""
    wishes, ticket, memory = Wishes(), case.ticket, case.memory
    if case.portal.is_mirror:
        _want_mirror(case, wishes)
    else:
        if "priority" not in case.record.written:
            wishes.recall("priority", memory.priority)
        wishes.want("priority", "prioridad", memory.priority, ticket.priority, raised_priority(case, steps))
        _want_dates(case, wishes)
    _want_people(case, wishes, steps)
    _want_tags(case, wishes, demands)
    return wishes


def _want_mirror(case: Case, wishes: Wishes) -> None:
    """Show the limit that runs in a custom field, beside the account's own dates."""
    name, shown = case.portal.campo_vencimiento, case.ticket.custom_fields
    if name is None:
        return
    if name not in shown:
        wishes.reasons.append(f"la cuenta no tiene el campo «{name}»: el plazo queda solo en la nota")
        return
    calendar = case.policy.calendar(case.ticket.key.portal)
    current, wanted = str(shown[name] or ""), mirrored_text(case.mirrored, calendar)
    known = case.memory.custom_field
    wishes.want("custom_field", "campo de vencimiento", known, (name, current), (name, wanted))


def _want_dates(case: Case, wishes: Wishes) -> None:
    response, resolution = _dates(case)
    overwritten = is_overwritten(case.ticket, case.memory, answered=case.answered)
    if response is not None:
        current = case.ticket.fr_due_by
        known = case.memory.fr_due_by or wishes.recall("fr_due_by", told_date(case, current, response))
        if overwritten and known is not None and current != response:
            _put_right(wishes, "fr_due_by", "fecha de respuesta", known, current, response)
        else:
            wishes.want("fr_due_by", "fecha de respuesta", known, current, response)
    if resolution is not None:
        _want_resolution(case, wishes, resolution, overwritten=overwritten)
    _send_both(wishes, response, resolution)


def _put_right(
    wishes: Wishes, name: str, label: str, known: Written, current: datetime | None, wanted: datetime
) -> None:
    """Write a date that Freshdesk's own SLA replaced once more; a second time it is left and told."""
    wishes.overwritten.append(name)
    if known.rewrites and known.value == _storable(wanted):
        wishes.left_alone.add(name)
        wishes.conflicts.append(name)
        wishes.reasons.append(
            f"{label}: el SLA de Freshdesk la reemplaza otra vez (conflicto); no se insiste"
        )
        return
    # Remembered first: should the write fail, the next look must not take Freshdesk's date for a person's.
    wishes.proven[name] = replace(known, before=_storable(current))
    wishes.fields[name] = wanted
    wishes.writes[name] = Written(_storable(current), _storable(wanted), rewrites=1)
    wishes.reasons.append(f"{label}: el SLA de Freshdesk la reemplazó; se corrige una vez")


def _want_people(case: Case, wishes: Wishes, steps: DueSteps) -> None:
    """Hand the ticket to the group or agent of a step, once, with the note that says so."""
    for due in steps.now:
        step, memory, ticket = due.owed.step, case.memory, case.ticket
        if step.agente is not None:
            wishes.want("responder_id", "agente", memory.responder_id, ticket.responder_id, step.agente)
        if step.grupo is None:
            continue
        group = case.portal.grupos.get(step.grupo)
        if group is None:
            wishes.reasons.append(f"el portal no tiene el grupo «{step.grupo}»: el ticket no cambia de grupo")
        else:
            wishes.want("group_id", "grupo", memory.group_id, ticket.group_id, group)


def _want_resolution(case: Case, wishes: Wishes, wanted: datetime, *, overwritten: bool) -> None:
    """Put right, once, a date that Freshdesk itself moved on resuming; what it insists on is left."""
    label, current = "fecha de resolución", case.ticket.due_by
    known = case.memory.due_by or wishes.recall("due_by", told_resolution(case, current, wanted))
    waited = sum(case.resolution.paused_total(case.now).values(), timedelta())
    if current == wanted:
        wishes.want("due_by", label, known, current, wanted)
    elif waiting.is_freshdesks_shift(known, current, wanted, waited):
        wishes.fields["due_by"] = wanted
        wishes.writes["due_by"] = Written(_storable(current), _storable(wanted), rewrites=1)
        wishes.reasons.append(f"{label}: Freshdesk la movió al retomar; se corrige una vez")
    elif waiting.is_contested(known, current, waited):
        wishes.left_alone.add("due_by")
        wishes.conflicts.append("due_by")
        wishes.overwritten.append("due_by")
        wishes.reasons.append(f"{label}: Freshdesk insiste en otra fecha (conflicto); no se insiste")
    elif overwritten and known is not None:
        _put_right(wishes, "due_by", label, known, current, wanted)
    else:
        wishes.want("due_by", label, known, current, wanted)


def _send_both(wishes: Wishes, response: datetime | None, resolution: datetime | None) -> None:
    """Send both dates when one changes: it is unstated whether Freshdesk takes one alone."""
    if wishes.fields.keys() & {"fr_due_by", "due_by"} and response is not None and resolution is not None:
        for name, value in (("fr_due_by", response), ("due_by", resolution)):
            if name not in wishes.left_alone:
                wishes.fields.setdefault(name, value)


def _storable(value: Any) -> FieldValue:
    if isinstance(value, datetime):
        return fields.as_text(value)
    return value if isinstance(value, int | tuple) else None


def _want_tags(case: Case, wishes: Wishes, demands: Demands) -> None:
    state = (*_state_tags(case), *demands.state_tags)
    topics = _info_tags(case)
    info = tuple(dict.fromkeys((*topics, *demands.info_tags)))
    known, managed = case.memory.tags, (*case.policy.state_tags, *demands.managed)
    if "tags" not in case.record.written and known is not None and isinstance(known.value, tuple):
        known = wishes.recall("tags", replace(known, value=(*known.value, *told_topics(case, topics))))
    tags = fields.merged_tags(case.ticket, known, state, info, managed)
    wish = tuple(dict.fromkeys((*state, *info)))
    same = known is not None and fields.is_same_wish(known, state, info)
    if tags is not None and known is not None and known.refused and same:
        wishes.reasons.append("Freshdesk no aceptó las etiquetas; no se insiste")
    elif tags is not None:
        rewrites = known.rewrites + 1 if known is not None and known.sure and same else 0
        present = (tag for tag in case.policy.state_tags if case.ticket.has_tag(tag))
        before = tuple(dict.fromkeys((*fields.tags_put(known), *present)))
        wishes.fields["tags"], wishes.writes["tags"] = tags, Written(before, wish, rewrites=rewrites)
    elif known is None or not known.sure or not same:
        wishes.proven["tags"] = Written(None, wish, sure=True)


def _state_tags(case: Case) -> tuple[str, ...]:
    tags, names = [case.policy.levels.of(case.decision.level).etiqueta], case.policy.tags
    clocks: tuple[Clock, ...] = (case.response, case.resolution)
    if any(clock.state is ClockState.BREACHED for clock in clocks):
        tags.append(names.incumplido)
    elif any(_is_at_risk(clock, case.now) for clock in clocks):
        tags.append(names.en_riesgo)
    return tuple(tags)


def _is_at_risk(clock: Clock, now: datetime) -> bool:
    started = not (isinstance(clock, ResolutionClock) and clock.provisional)
    return started and clock.is_ticking and clock.target <= now


def _info_tags(case: Case) -> tuple[str, ...]:
    decision, names = case.decision, case.policy.tags
    flagged = [names.banderas[flag] for flag in decision.flags if flag in names.banderas]
    unmatched = [names.sin_regla] if decision.decided_by is None else []
    return tuple(dict.fromkeys((*unmatched, *flagged, *decision.tags)))


def _dates(case: Case) -> tuple[datetime | None, datetime | None]:
    """Return the dates to show in Freshdesk, or None for those it would refuse now."""
    if not case.portal.timer_runs(case.ticket.status):
        return None, None
    response_limit, resolution_limit = case.shown
    response = None if case.answered else fields.whole_second(response_limit)
    return fields.sendable_dates(response, fields.whole_second(resolution_limit), case.now)
