"""People win: what a person of the desk chose stays, and drives the clocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.level import Level
from bot.domain.record import Record
from bot.domain.ticket import Ticket
from bot.policy.decision import PERSON

from .desk import (
    IMPORTANT,
    MONDAY,
    NORMAL,
    carried_out,
    fields,
    notes,
    plan,
    settled,
    ticket,
    wrote,
)

Edit = Callable[[Ticket], Ticket]


def retag(of: Ticket, *tags: str) -> Ticket:
    return replace(of, tags=tags)


CHOICES: list[tuple[str, Edit, Level]] = [
    ("priority lowered", lambda t: replace(t, priority=1), Level.NORMAL),
    ("priority changed", lambda t: replace(t, priority=3), Level.IMPORTANTE),
    ("tag swapped", lambda t: retag(t, "sla-preferente"), Level.PREFERENTE),
    ("tag swapped in capitals", lambda t: retag(t, "SLA-Preferente"), Level.PREFERENTE),
    ("tag added", lambda t: retag(t, "sla-urgente", "sla-normal"), Level.NORMAL),
    ("both, agreeing", lambda t: replace(t, priority=2, tags=("sla-preferente",)), Level.PREFERENTE),
    ("both, at odds", lambda t: replace(t, priority=3, tags=("sla-normal",)), Level.IMPORTANTE),
]


@pytest.mark.parametrize(("edit", "level"), [c[1:] for c in CHOICES], ids=[c[0] for c in CHOICES])
def test_a_chosen_level_holds_and_is_told_once(edit: Edit, level: Level) -> None:
    of, record = settled(ticket())
    planned = plan(edit(of), record)
    assert (planned.level, planned.decision.decided_by) == (level, PERSON)
    assert list(notes(planned)) == [f"nivel:1:{level}"]
    assert "una persona de la mesa" in notes(planned)[f"nivel:1:{level}"]
    assert "(antes: URGENTE)" in notes(planned)[f"nivel:1:{level}"]
    after, remembered = settled(edit(of), record)
    assert [tag.casefold() for tag in after.tags] == [f"sla-{level.casefold()}"]
    assert after.fr_due_by == planned.response.limit
    assert planned.response.limit is not None
    assert planned.response.limit > MONDAY + timedelta(hours=24)
    assert after.priority == {Level.IMPORTANTE: 3, Level.PREFERENTE: 2, Level.NORMAL: 1}[level]
    assert remembered.decision is not None
    assert remembered.decision.level is level


@pytest.mark.parametrize(("edit", "level"), [c[1:] for c in CHOICES], ids=[c[0] for c in CHOICES])
def test_a_chosen_level_survives_an_empty_store(edit: Edit, level: Level) -> None:
    of, _ = settled(ticket())
    after, _ = settled(edit(of), Record())
    again, _ = settled(after, Record())
    assert plan(again, Record()).level is level
    assert len(again.messages) == 3, "first note, acknowledgement, note of the change"


@pytest.mark.parametrize(("edit", "level"), [c[1:] for c in CHOICES], ids=[c[0] for c in CHOICES])
@pytest.mark.parametrize("rounds", [1, 3])
def test_a_chosen_level_survives_writes_that_fail(edit: Edit, level: Level, rounds: int) -> None:
    of, record = settled(ticket())
    of = edit(of)
    for _ in range(rounds):
        planned = plan(of, record)
        # As the engine leaves it when Freshdesk never took the change: decision kept, writes not confirmed.
        written = {**record.written, **planned.proven_fields, **planned.writes}
        record = replace(record, written=written, decision=planned.decision, statuses=planned.statuses)
    assert plan(of, record).level is level
    after, _ = settled(of, record)
    assert [tag.casefold() for tag in after.tags] == [f"sla-{level.casefold()}"]


def test_back_again_and_once_more() -> None:
    of, record = settled(ticket())
    for number, (priority, level) in enumerate([(1, Level.NORMAL), (4, Level.URGENTE), (1, Level.NORMAL)], 1):
        of = replace(of, priority=priority)
        assert list(notes(plan(of, record))) == [f"nivel:{number}:{level}"]
        of, record = settled(of, record)
        assert f"sla-{level.lower()}" in of.tags
    assert len(of.messages) == 5


@pytest.mark.parametrize("priority", [0, 5, 77])
def test_a_priority_that_names_no_level_is_left_alone(priority: int) -> None:
    of, record = settled(ticket())
    planned = plan(replace(of, priority=priority), record)
    assert planned.level is Level.URGENTE
    assert fields(planned) == {}


def test_two_foreign_level_tags_at_once_choose_nothing() -> None:
    of, record = settled(ticket())
    planned = plan(retag(of, "sla-normal", "sla-preferente"), record)
    assert planned.level is Level.URGENTE
    assert fields(planned)["tags"] == ("sla-urgente",)


def test_a_level_tag_on_a_ticket_never_written_to_is_a_choice() -> None:
    planned = plan(ticket(tags=("sla-preferente",)))
    assert (planned.level, planned.decision.decided_by) == (Level.PREFERENTE, PERSON)


def test_a_decision_once_taken_outlasts_new_words_and_rules() -> None:
    of, record = settled(ticket(body=NORMAL))
    edited = replace(of, body=IMPORTANT)
    assert plan(edited, record).level is Level.NORMAL
    assert plan(edited, record).actions == ()


def test_a_changed_level_starts_from_creation_not_from_the_change() -> None:
    of, record = settled(ticket())
    later = MONDAY + timedelta(hours=10)
    planned = plan(replace(of, priority=3), record, now=later)
    assert planned.response.limit == MONDAY + timedelta(hours=48)


def test_dates_chosen_by_a_person_stay_through_a_change_of_level() -> None:
    of, record = settled(ticket())
    chosen = MONDAY + timedelta(days=20)
    of, record = settled(replace(of, due_by=chosen), record)
    after, _ = settled(replace(of, priority=2), record)
    assert after.due_by == chosen
    assert after.fr_due_by == MONDAY + timedelta(hours=72)


def test_a_priority_people_took_over_is_never_written_again() -> None:
    of, record = settled(ticket())
    of, record = settled(replace(of, priority=1), record)
    assert record.written["priority"] == wrote(1, 1, sure=True, people=True)
    swapped, _ = carried_out(retag(of, "sla-urgente"), record, plan(retag(of, "sla-urgente"), record))
    assert swapped.priority == 1
