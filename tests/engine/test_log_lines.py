"""What does a worker's log say of a ticket? Its number, its level, the rule, what was done, why it failed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.telemetry import set_up_logging
from tests.world import World


def lines(capsys: pytest.CaptureFixture[str], event: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    return [line for line in found if line["event"] == event]


def test_a_reconciled_ticket(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO", "json", "worker")
    ticket = world.open("Caído", "El CRM está caído desde las 8.")
    world.settle(ticket)
    line = lines(capsys, "reconciled")[0]
    assert (line["level"], line["ticket"], line["promise"]) == ("info", f"acelera:{ticket}", "URGENTE")
    assert line["rule"]
    assert line["actions"] == ["SetFields", "AddNote", "Reply"]


def test_a_failed_attempt(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO", "json", "worker")
    ticket = world.open("Caído", "El CRM está caído desde las 8.")
    world.control("PUT", "faults", {"forbidden": True})
    world.settle(ticket)
    (line,) = lines(capsys, "reconcile failed")
    assert (line["level"], line["ticket"], line["attempts"]) == ("warning", f"acelera:{ticket}", 1)
    assert line["reason"].endswith("403")
