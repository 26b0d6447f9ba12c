"""Do trials of rules read, count, stop and apply as they say?"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.ticket import TicketKey
from bot.engine.rule_usage import usage
from bot.engine.trials import Reading, RulesUnusable, Stopped, apply, backtest, impact
from bot.freshdesk.client import FreshdeskClient
from bot.freshdesk.errors import Unauthorized
from bot.freshdesk.wrapped import Repeats
from bot.store.rulebook import Loaded, Rulebook, load_folder
from tests.rule_files import ADDED, WORD, folder_with
from tests.world import PORTAL, World

BASE_LEVEL = "PREFERENTE"
READING = Reading(PORTAL, days=30, most=50, per_minute=6000)


@pytest.fixture
def base(tmp_path: Path) -> Loaded:
    return load_folder(folder_with(tmp_path / "base", WORD, BASE_LEVEL))


@pytest.fixture
def urgent(tmp_path: Path) -> Loaded:
    return load_folder(folder_with(tmp_path / "urgent", WORD, "URGENTE"))


def go_on(_done: int, _total: int) -> bool:
    return True


def line(number: int, body: str, **more: object) -> bytes:
    return json.dumps({"id": number, "portal": PORTAL, "body": body, **more}).encode() + b"\n"


def test_a_row_says_what_changes_before_and_after(world: World, base: Loaded, urgent: Loaded) -> None:
    late = {"created_at": "2026-11-02T10:00-05:00", "answered_at": "2026-11-04T11:00-05:00"}
    lines = line(1, f"un {WORD}", **late) + line(2, "nada") + b"no\n" + line(3, f"otro {WORD}")
    found = backtest(world.ctx, base.files, urgent.files, lines, go_on)
    first, second = found["rows"]
    assert (found["tickets"], found["unusable_lines"], found["changed"]) == (3, 1, 2)
    assert (first["id"], first["changes"]) == (1, ["nivel", "plazo", "incumplimiento"])
    assert (first["before"]["late"][0], first["after"]["late"][0]) == (False, True)
    assert (first["before"]["level"], first["after"]["level"]) == ("PREFERENTE", "URGENTE")
    assert first["after"]["limits"][0] == "2026-11-03T10:00-05:00"
    assert (second["id"], second["changes"]) == (3, ["nivel", "plazo"])


def test_tickets_are_read_from_the_account(world: World, base: Loaded, urgent: Loaded) -> None:
    tickets = [world.open("Consulta", f"Vi un {WORD}."), world.open("Consulta", "Gracias.")]
    found = backtest(world.ctx, base.files, urgent.files, READING, go_on)
    assert (found["tickets"], [row["id"] for row in found["rows"]]) == (2, tickets[:1])
    one = backtest(world.ctx, base.files, urgent.files, replace(READING, most=1), go_on)
    assert one["tickets"] == 1


def test_same_rules_change_nothing(world: World, base: Loaded) -> None:
    assert backtest(world.ctx, base.files, base.files, line(1, WORD), go_on)["rows"] == []


def test_a_trial_stops_when_told(world: World, base: Loaded, urgent: Loaded) -> None:
    with pytest.raises(Stopped):
        backtest(world.ctx, base.files, urgent.files, line(1, "x"), lambda done, total: False)


def test_rules_that_do_not_load_are_named(world: World, base: Loaded) -> None:
    with pytest.raises(RulesUnusable, match=f"{ADDED}:1"):
        backtest(world.ctx, base.files, {**base.files, ADDED: b"nada"}, line(1, "x"), go_on)


def test_open_tickets_change_only_when_applied(world: World, base: Loaded, urgent: Loaded) -> None:
    world.with_context(rulebook=Rulebook(base))
    ticket, same, chosen = (
        world.open("Consulta", text) for text in (f"Un {WORD}.", "Gracias.", f"El {WORD}.")
    )
    world.settle(ticket, same, chosen)
    world.as_agent(chosen, priority=1)
    world.settle(chosen)
    world.with_context(rulebook=Rulebook(urgent))
    found = impact(world.ctx, urgent, 6000, go_on)
    assert [(row["id"], row["before"]["level"], row["after"]["level"]) for row in found["rows"]] == [
        (ticket, "PREFERENTE", "URGENTE")
    ]
    world.settle(ticket)
    assert world.ticket(ticket)["priority"] == 2
    keys = [TicketKey(PORTAL, number) for number in (ticket, chosen, 999_999)]
    done = apply(world.ctx, urgent, keys, 6000, go_on)
    assert ([row["id"] for row in done["rows"]], done["busy"]) == ([ticket], [])
    world.settle(ticket, same, chosen)
    assert [world.ticket(number)["priority"] for number in (ticket, chosen)] == [4, 1]


def test_a_refused_key_ends_the_trial_and_one_bad_ticket_does_not(
    world: World, base: Loaded, urgent: Loaded
) -> None:
    world.with_context(rulebook=Rulebook(base))
    ticket = world.open("Consulta", f"Un {WORD}.")
    world.settle(ticket)
    world.control("PUT", "faults", {"error_500": 1.0})
    assert impact(world.ctx, urgent, 6000, go_on)["unread"] == [f"{PORTAL}:{ticket}"]
    world.control("PUT", "faults", {})
    dead = FreshdeskClient(PORTAL, world.server.url, "dead-key", repeats=Repeats(attempts=1))
    world.with_context(freshdesk={PORTAL: dead})
    with pytest.raises(Unauthorized):
        impact(world.ctx, urgent, 6000, go_on)


def test_usage_counts_decisions_matches_and_corrections(world: World, base: Loaded) -> None:
    world.with_context(rulebook=Rulebook(base))
    right, wrong, none = (world.open("Consulta", text) for text in (f"Un {WORD}.", f"El {WORD}.", "Gracias."))
    world.settle(right, wrong, none)
    world.as_agent(wrong, priority=4)
    world.settle(wrong)
    found, rule = usage(world.ctx), f"prueba-{WORD}"
    assert (found.looked_at, found.decided[rule], found.unknown) == (3, 1, [TicketKey(PORTAL, none)])
    assert (found.records[rule].decided, found.records[rule].corrected) == (2, 1)
    assert usage(world.ctx, most=0).looked_at == 0
