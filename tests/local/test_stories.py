"""Do the demo's stories cover the contract, and does a story notice every way in which it can end wrongly?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.level import Level
from bot.local.child import StartError
from bot.local.demo_rules import MDA_DESK, MDA_INTERNAL, write_rules
from bot.local.outcome import Outcome
from bot.local.stand_in import DESK_GROUP, PORTAL, SECOND_PORTAL
from bot.local.stories import STORIES
from bot.local.story import End, Says, Story, clock_is, leveled, looked_at, put_away, tagged
from bot.local.storyteller import Play, row
from bot.local.table import complaints, contract, summary
from bot.policy.checking import check_rules
from bot.policy.model import load_policy
from tests.rule_files import BASE, RULES

from .endings import message, ticket

BEGAN = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
END = End(
    Level.URGENTE,
    tags=frozenset({"cliente-vip"}),
    due=timedelta(days=7),
    answer_clock="met",
    group=5,
    says=("caído",),
    never=("promesa",),
)
PLAY = Play(Story("P6", "Espera", "Caído", "Caído", "ana@cliente.example", END), 7, BEGAN)
DUE = {"response": {"state": "met"}, "resolution": {"state": "running"}}


def ended(due: dict[str, Any] = DUE, **changes: Any) -> Outcome:
    return Outcome(ticket(**({"status": 2, "group_id": 5} | changes)), {"due": due})


def test_every_clause_that_acts_on_a_ticket_has_its_story() -> None:
    told = {story.clause for story in STORIES}
    assert told >= {"P1", "P6", "P7", "P8", "P9", "P10", "P11", "D2", "D4"}
    assert {story.portal for story in STORIES} == {PORTAL, SECOND_PORTAL}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.title)
def test_stories_are_coherent(story: Story) -> None:
    assert story.email.endswith(".example")
    agos = [step.ago for step in story.past]
    assert all(ago is not None and ago <= story.age for ago in agos)
    assert agos == sorted(agos, key=lambda ago: ago or timedelta(), reverse=True), "oldest first"
    assert all(getattr(step, "ago", None) is None for step in story.then)
    people = sum(isinstance(step, Says) and step.agent for step in (*story.past, *story.then))
    assert story.end.replies >= people


def test_titles_and_requesters_tell_stories_apart() -> None:
    assert len({story.title for story in STORIES}) == len(STORIES)
    assert len({(story.portal, story.email) for story in STORIES}) == len(STORIES)


def test_a_good_end_has_nothing_wrong() -> None:
    assert row(PLAY, ended()).wrong == []


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        pytest.param(ended(status=5), "estado: se esperaba abierto, quedó cerrado", id="status"),
        pytest.param(
            ended(tags=["cliente-vip", "sla-normal"]),
            "nivel: se esperaba 🔴 URGENTE, quedó 🟢 NORMAL",
            id="level",
        ),
        pytest.param(
            ended(tags=["cliente-vip", "detenido", "sla-urgente"]),
            "etiquetas: se esperaba cliente-vip, quedó cliente-vip, detenido",
            id="a tag too many",
        ),
        pytest.param(
            ended(conversations=[*ticket()["conversations"], message("otra", private=True)]),
            "notas: se esperaba 1, quedó 2",
            id="a note too many",
        ),
        pytest.param(
            ended(conversations=ticket()["conversations"][:1]),
            "respuestas: se esperaba 1, quedó 0",
            id="no reply",
        ),
        pytest.param(
            ended(DUE | {"resolution": {"state": "paused"}}),
            "reloj: se esperaba corre, quedó en pausa",
            id="clock",
        ),
        pytest.param(
            ended(DUE | {"response": {"state": "breached"}}),
            "respuesta: se esperaba cumplido, quedó vencido",
            id="response clock",
        ),
        pytest.param(ended(group_id=6), "grupo: se esperaba 5, quedó 6", id="group"),
        pytest.param(
            ended(due_by="2026-12-01T15:00:00Z"),
            "resuelve: se esperaba 30/11 10:00, quedó 01/12 10:00",
            id="a later date",
        ),
        pytest.param(ended(due_by=None), "resuelve: se esperaba 30/11 10:00, quedó –", id="no date"),
        pytest.param(
            ended(conversations=[message("nota", private=True), message("acuse", private=False)]),
            "dice «caído»: se esperaba sí, quedó no",
            id="words missing",
        ),
        pytest.param(
            ended(conversations=[ticket()["conversations"][0], message("promesa", private=False)]),
            "dice «promesa»: se esperaba no, quedó sí",
            id="words that must not be",
        ),
    ],
)
def test_every_wrong_end_is_said(found: Outcome, wrong: str) -> None:
    assert row(PLAY, found).wrong == [wrong]


def test_a_ticket_nobody_looked_at_is_no_good_end() -> None:
    assert row(PLAY, replace(ended(), journal={})).wrong == ["visto: se esperaba sí, quedó no"]


@pytest.mark.parametrize(
    ("when", "found", "before"),
    [
        pytest.param(looked_at, ended(), Outcome(ticket(tags=[]), {"due": DUE}), id="looked at"),
        pytest.param(tagged("detenido"), ended(tags=["detenido", "sla-urgente"]), ended(), id="tagged"),
        pytest.param(leveled(Level.URGENTE), ended(), ended(tags=["sla-normal"]), id="leveled"),
        pytest.param(clock_is("running"), ended(), ended(DUE | {"resolution": {}}), id="clock"),
        pytest.param(put_away, Outcome(ticket(), {"state": "closed"}), ended(), id="closed"),
    ],
)
def test_people_wait_for_the_bot(when: Any, found: Outcome, before: Outcome) -> None:
    assert when(found)
    assert not when(before)


def test_a_wrong_story_is_named_and_counted() -> None:
    good, bad = row(PLAY, ended()), row(PLAY, ended(status=5))
    assert contract([good, bad]).row_count == 2
    assert complaints([], [good, bad]) == [
        "P6 acelera #7 «Espera»: estado: se esperaba abierto, quedó cerrado"
    ]
    assert summary([], 1.0, 4, [good, bad]).startswith("1 of 2 tickets as expected")


def test_the_demos_rules_give_the_second_portal_its_own_and_leave_the_first_as_shipped(
    tmp_path: Path,
) -> None:
    found, problems = load_policy(write_rules(BASE, tmp_path / "rules"))
    shipped, _ = load_policy(BASE)
    assert problems == []
    assert found is not None
    assert shipped is not None
    assert found.calendar(PORTAL) == shipped.calendar(PORTAL) != found.calendar(SECOND_PORTAL)
    assert found.reply_texts(PORTAL, "es") == shipped.reply_texts(PORTAL, "es")
    assert MDA_DESK in found.reply_texts(SECOND_PORTAL, "es").plantilla
    causes = [found.portals.of(portal).pause_cause(MDA_INTERNAL) for portal in (PORTAL, SECOND_PORTAL)]
    assert causes == [None, "interno"]
    groups = {portal: found.portals.of(portal).grupos["soporte"] for portal in (PORTAL, SECOND_PORTAL)}
    assert groups == DESK_GROUP


def test_rules_without_a_section_the_demo_changes_are_refused(tmp_path: Path) -> None:
    write_rules(BASE, tmp_path / "whole")
    (tmp_path / "whole" / "aprobaciones.yaml").unlink()
    with pytest.raises(StartError, match="aprobaciones"):
        write_rules(tmp_path / "whole", tmp_path / "rules")


def test_the_scenarios_of_the_shipped_rules_come_out() -> None:
    assert list((RULES / "casos").glob("*.yaml"))
    assert check_rules(RULES).problems == ()
