"""The warning ladder: target, limit, a day later; once each, and never on a clock that stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.actions import AddNote
from bot.domain.record import Record
from bot.domain.ticket import Ticket
from bot.policy.model import Policy

from .desk import MONDAY, NORMAL, fields, loaded, message, notes, plan, settled, shipped, ticket

MAIL = "lucia@demo.example"


@pytest.fixture(scope="module")
def rules() -> Policy:
    text = shipped("escalamiento").replace("destinatarios: []", f"destinatarios: [{MAIL}]")
    assert MAIL in text
    return loaded(escalamiento=text)


def told(of: Ticket, record: Record, hours: float, **given: Any) -> dict[str, str]:
    return notes(plan(of, record, now=MONDAY + timedelta(hours=hours), **given))


STEPS: list[Any] = [
    pytest.param(17.99, [], id="before the target"),
    pytest.param(18, ["escala:respuesta:objetivo:URGENTE"], id="at the target"),
    pytest.param(23.99, ["escala:respuesta:objetivo:URGENTE"], id="before the limit"),
    pytest.param(24, ["escala:respuesta:limite:URGENTE"], id="at the limit, the target missed"),
    pytest.param(48, ["escala:respuesta:limite-24h:URGENTE"], id="a day after the limit"),
    pytest.param(24 * 30, ["escala:respuesta:limite-24h:URGENTE"], id="a month's outage: one note"),
]


@pytest.mark.parametrize(("hours", "keys"), STEPS)
def test_only_the_latest_step_reached_is_told(hours: float, keys: list[str]) -> None:
    of, record = settled(ticket())
    assert list(told(of, record, hours)) == keys


def test_every_step_once_when_nothing_is_missed() -> None:
    of, record = settled(ticket())
    for hours, step in ((18, "objetivo"), (24, "limite"), (48, "limite-24h")):
        assert list(told(of, record, hours)) == [f"escala:respuesta:{step}:URGENTE"]
        assert "Este aviso reúne" not in next(iter(told(of, record, hours).values()))
        of, record = settled(of, record, now=MONDAY + timedelta(hours=hours))
    assert told(of, record, 24 * 90) == {}


@pytest.mark.parametrize(
    ("hours", "words"), [(24, "reúne 1 anterior que"), (48, "reúne 2 anteriores que")], ids=["one", "two"]
)
def test_missed_steps_are_counted_in_the_note(hours: float, words: str) -> None:
    of, record = settled(ticket())
    (html,) = told(of, record, hours).values()
    assert words in html


@pytest.mark.parametrize(
    ("hours", "headline", "mailed"),
    [
        (18, "⏳ Plazo de respuesta por vencer", ()),
        (24, "⛔ Plazo de respuesta vencido", (MAIL,)),
        (48, "⛔ Plazo de respuesta vencido", (MAIL,)),
    ],
)
def test_headline_limit_and_who_is_mailed(
    rules: Policy, hours: float, headline: str, mailed: tuple[str, ...]
) -> None:
    of, record = settled(ticket())
    planned = plan(of, record, now=MONDAY + timedelta(hours=hours), rules=rules)
    (note,) = [action for action in planned.actions if isinstance(action, AddNote)]
    assert headline in note.html
    assert "Límite: mar 24 nov 2026, 10:00" in note.html
    assert note.notify == mailed
    assert MAIL not in note.html


STANDING: list[Any] = [
    pytest.param({"messages": (message("Lo vemos"),)}, [], id="met"),
    pytest.param({"status": 4}, [], id="resolved"),
    pytest.param({"spam": True}, [], id="spam"),
    pytest.param({"status": 6}, ["escala:respuesta:limite-24h:URGENTE"], id="waiting"),
]


@pytest.mark.parametrize(("facts", "keys"), STANDING)
def test_which_clocks_owe_a_warning(facts: dict[str, Any], keys: list[str]) -> None:
    of, record = settled(ticket())
    facts = {**facts, "messages": (*of.messages, *facts.get("messages", ()))}
    assert list(told(replace(of, **facts), record, 60)) == keys


def answered() -> tuple[Ticket, Record]:
    return settled(ticket(messages=(message("Lo vemos", at=MONDAY),)))


def test_the_resolution_ladder_begins_with_the_answer() -> None:
    of, record = answered()
    assert told(of, record, 7 * 24 * 0.75 - 0.01) == {}
    assert list(told(of, record, 7 * 24 * 0.75)) == ["escala:resolucion:objetivo:URGENTE"]
    assert list(told(of, record, 7 * 24)) == ["escala:resolucion:limite:URGENTE"]


def test_a_paused_resolution_clock_owes_nothing_however_long() -> None:
    of, record = answered()
    asked = replace(of, status=6, stats=replace(of.stats, status_updated_at=MONDAY + timedelta(hours=1)))
    asked, record = settled(asked, record, now=MONDAY + timedelta(hours=1))
    planned = plan(asked, record, now=MONDAY + timedelta(days=40))
    assert planned.resolution.state == "paused"
    assert (planned.actions, planned.wake_at) == ((), None)


def test_an_unanswered_ticket_owes_nothing_on_its_resolution() -> None:
    of, record = settled(ticket())
    of, record = settled(of, record, now=MONDAY + timedelta(hours=48))
    assert told(of, record, 24 * 30) == {}


def test_a_changed_level_starts_a_new_ladder() -> None:
    of, record = settled(ticket())
    for hours in (18, 24):
        of, record = settled(of, record, now=MONDAY + timedelta(hours=hours))
    assert "sla-incumplido" in of.tags
    of, record = settled(replace(of, priority=3), record, now=MONDAY + timedelta(hours=25))
    assert set(of.tags) == {"sla-importante", "sla-en-riesgo"}
    assert list(told(of, record, 48)) == ["escala:respuesta:limite:IMPORTANTE"]


def test_back_to_an_old_level_repeats_no_step() -> None:
    of, record = settled(ticket())
    of, record = settled(of, record, now=MONDAY + timedelta(hours=24))
    for priority in (1, 4):
        of, record = settled(replace(of, priority=priority), record, now=MONDAY + timedelta(hours=25))
    assert told(of, record, 26) == {}


def test_a_breach_is_tagged_and_stays_after_a_late_answer() -> None:
    of, record = settled(ticket(body=NORMAL))
    late = MONDAY + timedelta(days=10)
    assert "sla-incumplido" in fields(plan(of, record, now=late))["tags"]
    of, record = settled(of, record, now=late)
    said = replace(of, messages=(*of.messages, message("Perdón", at=late)))
    of, _ = settled(said, record, now=late + timedelta(hours=1))
    assert "sla-incumplido" in of.tags
