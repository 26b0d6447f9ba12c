"""Does the demo notice every way in which a ticket can end wrongly?"""

from __future__ import annotations

import pytest

from bot.domain.level import Level
from bot.local.demo_tickets import Expected
from bot.local.outcome import Outcome, differences

from .endings import NOTE, journal, message, ticket

URGENTE = Expected(Level.URGENTE, frozenset({"sla-urgente"}))
LATE = Expected(
    Level.URGENTE,
    frozenset({"sla-urgente", "sla-incumplido"}),
    replies=0,
    escalation="limite",
    dates="resolution",
)
ALONE = Expected(None, replies=0, dates="none")


TOLD = journal(effects=[{"key": "escala:respuesta:limite:URGENTE", "state": "done"}])
NOTES_ONLY = [message("nota", private=True), message("venció", private=True)]


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        pytest.param(URGENTE, Outcome(ticket(), journal()), id="as usual"),
        pytest.param(
            LATE,
            Outcome(
                ticket(tags=["sla-urgente", "sla-incumplido"], fr_due_by=None, conversations=NOTES_ONLY), TOLD
            ),
            id="breached by phone",
        ),
        pytest.param(
            ALONE,
            Outcome(
                ticket(tags=[], conversations=[message("hola", private=False, incoming=True)]), journal()
            ),
            id="left alone",
        ),
    ],
)
def test_a_good_end_has_no_differences(expected: Expected, found: Outcome) -> None:
    assert differences(expected, found) == []


@pytest.mark.parametrize(
    ("expected", "found", "wrong"),
    [
        pytest.param(
            URGENTE,
            Outcome(ticket(tags=["sla-normal"]), journal()),
            ["level: expected URGENTE, found NORMAL", "tags missing: sla-urgente"],
            id="wrong level",
        ),
        pytest.param(
            URGENTE,
            Outcome(ticket(tags=["sla-urgente", "sla-normal"]), journal()),
            ["level: expected URGENTE, found URGENTE and NORMAL"],
            id="two levels",
        ),
        pytest.param(
            URGENTE,
            Outcome(ticket(conversations=[message("acuse", private=False)]), journal()),
            ["private note: expected yes, found no"],
            id="no note",
        ),
        pytest.param(
            URGENTE,
            Outcome(ticket(conversations=[message("nota", private=True)]), journal()),
            ["replies: expected 1, found 0"],
            id="no reply",
        ),
        pytest.param(
            URGENTE,
            Outcome(
                ticket(
                    conversations=[*ticket()["conversations"], message("acuse", private=False)],
                ),
                journal(),
            ),
            ["replies: expected 1, found 2"],
            id="two replies",
        ),
        pytest.param(
            URGENTE,
            Outcome(
                ticket(conversations=[*ticket()["conversations"], message(NOTE, private=True)]), journal()
            ),
            ["the same note stands there twice"],
            id="a note twice",
        ),
        pytest.param(
            URGENTE,
            Outcome(ticket(fr_due_by="2026-11-22T19:00:00Z"), journal()),
            ["response date shown: expected yes, found no"],
            id="Freshdesk's own response date",
        ),
        pytest.param(
            URGENTE,
            Outcome(ticket(due_by=None), journal()),
            ["resolution date shown: expected yes, found no"],
            id="no resolution date",
        ),
        pytest.param(
            LATE,
            Outcome(ticket(tags=["sla-urgente", "sla-incumplido"], conversations=NOTES_ONLY), journal()),
            ["escalation: expected limite, found none"],
            id="tagged but not told",
        ),
        pytest.param(
            LATE,
            Outcome(ticket(tags=["sla-urgente", "sla-en-riesgo"], conversations=NOTES_ONLY), TOLD),
            ["escalation: expected limite, found objetivo", "tags missing: sla-incumplido"],
            id="only warned",
        ),
        pytest.param(
            ALONE,
            Outcome(ticket(), journal()),
            [
                "expected to be left alone, found a level's tag",
                "expected to be left alone, found a private note",
                "expected to be left alone, found a reply",
            ],
            id="touched although closed",
        ),
    ],
)
def test_every_wrong_end_is_said(expected: Expected, found: Outcome, wrong: list[str]) -> None:
    assert differences(expected, found) == wrong


def test_the_words_are_those_of_the_classification_note() -> None:
    warned = message("<p><b>⏳ Plazo por vencer</b> · <b>ya</b></p>", private=True)
    found = Outcome(ticket(conversations=[warned, *ticket()["conversations"]]), journal())
    assert found.words == ("caído", "nadie")
    assert Outcome(ticket(conversations=[]), journal()).words == ()
