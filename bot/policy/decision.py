"""Which level holds for a ticket: the rules', the one already announced, or a person's?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.domain.level import Level
from bot.domain.record import Decision, Record, Written
from bot.domain.ticket import Ticket
from bot.policy.escalation import EscalationSection
from bot.policy.levels import LevelsSection
from bot.policy.marks import Marks
from bot.policy.verdict import Verdict

_MOST_WORDS = 8
PERSON = "persona"  # `decided_by` when somebody of the desk chose the level


@dataclass(frozen=True, slots=True)
class Memory:
    """Hold what the bot believes it wrote, by field; completed from the ticket where Redis knows nothing."""

    priority: Written | None
    tags: Written | None
    fr_due_by: Written | None
    due_by: Written | None
    group_id: Written | None = None
    responder_id: Written | None = None
    custom_field: Written | None = None


def recall(
    record: Record,
    marks: Marks,
    levels: LevelsSection,
    escalation: EscalationSection,
    *,
    mirror: bool = False,
) -> Memory:
    """Return the memory of written fields; notes on the ticket stand in for a lost ledger.

    Where dates are only mirrored, priority and dates are none of the bot's, whatever it wrote before that.

    Fields are written before the note, so a note that names a level proves that its fields were written.
    """
    written = dict(record.written)
    announced = marks.announcements()
    if mirror:
        for name in ("priority", "fr_due_by", "due_by"):
            written.pop(name, None)
    elif "priority" not in written and announced:
        level = announced[-1][1]
        policy, raised = levels.of(level), escalation.raised_to(level, marks.is_done)
        written["priority"] = Written(None, max(policy.prioridad, raised), sure=True)
        written.setdefault("tags", Written(None, (policy.etiqueta,), sure=True))
    return Memory(
        priority=written.get("priority"),
        tags=written.get("tags"),
        fr_due_by=written.get("fr_due_by"),
        due_by=written.get("due_by"),
        group_id=written.get("group_id"),
        responder_id=written.get("responder_id"),
        custom_field=written.get("custom_field"),
    )


def persons_level(ticket: Ticket, memory: Memory, levels: LevelsSection) -> Level | None:
    """Return the level a person chose by changing the priority or swapping the level's tag."""
    by_tag = _level_by_tag(ticket, memory.tags, levels)
    by_priority = _level_by_priority(ticket, memory.priority, levels)
    return by_priority or by_tag


def _level_by_priority(ticket: Ticket, memory: Written | None, levels: LevelsSection) -> Level | None:
    if memory is None or ticket.priority == memory.value:
        return None
    if not memory.sure and ticket.priority == memory.before:
        return None
    return levels.by_priority(ticket.priority)


def _level_by_tag(ticket: Ticket, memory: Written | None, levels: LevelsSection) -> Level | None:
    present = [level for level in Level if ticket.has_tag(levels.of(level).etiqueta)]
    if memory is None:
        # A level's tag on a ticket the bot never wrote to: somebody chose it, or the ledger was lost
        # between the write and the note; both mean that this level holds.
        return present[0] if len(present) == 1 else None
    ours = memory.value if isinstance(memory.value, tuple) else ()
    if not memory.sure and isinstance(memory.before, tuple):
        ours += memory.before  # a write that never arrived leaves the tags that stood there: no new choice
    others = [level for level in present if levels.of(level).etiqueta not in ours]
    return others[0] if len(others) == 1 else None


def first_decision(verdict: Verdict, version: str) -> Decision:
    """Return the decision on a ticket of which nothing is known but what the rules say."""
    return Decision(
        level=verdict.level,
        decided_by=verdict.decided_by,
        rules=verdict.rules,
        words=_deciding_words(verdict),
        flags=verdict.flags,
        tags=verdict.tags,
        rules_version=version,
    )


def decide(
    ticket: Ticket,
    record: Record,
    marks: Marks,
    memory: Memory,
    levels: LevelsSection,
    verdict: Verdict,
    version: str,
) -> Decision:
    """Return the decision that holds now; a decision once taken is kept although rules change later."""
    fresh = first_decision(verdict, version)
    kept = record.decision or _recovered(fresh, marks)
    chosen = persons_level(ticket, memory, levels)
    if chosen is None or chosen is kept.level:
        return kept
    return replace(kept, level=chosen, decided_by=PERSON)


def _deciding_words(verdict: Verdict) -> tuple[str, ...]:
    """Return what the deciding rule matched, each once, as far as it may be stored."""
    decisive = (evidence for evidence in verdict.evidence if evidence.rule == verdict.decided_by)
    return tuple(dict.fromkeys(evidence.words for evidence in decisive))[:_MOST_WORDS]


def _recovered(fresh: Decision, marks: Marks) -> Decision:
    announced = marks.announcements()
    if not announced or announced[-1][1] is fresh.level:
        return fresh
    return replace(fresh, level=announced[-1][1], decided_by=PERSON if len(announced) > 1 else None)


def adopted_fields(ticket: Ticket, memory: Memory) -> Mapping[str, Written]:
    """Return the fields that a person has taken over, with the value the person gave them."""
    fields: dict[str, Written] = {}
    if memory.priority and _drifted(memory.priority, ticket.priority):
        fields["priority"] = Written(memory.priority.before, ticket.priority, sure=True, people=True)
    return fields


def _drifted(memory: Written, current: object) -> bool:
    expected = {memory.value} if memory.sure else {memory.value, memory.before}
    return current not in expected
