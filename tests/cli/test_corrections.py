"""`corrections`: from a person's change of a level to the table, the words and the masked examples."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.domain.ticket import TicketKey
from tests.cli.conftest import Run
from tests.world import PORTAL, World


def correct(world: World, body: str, *, priority: int = 2, name: str = "ana") -> int:
    ticket = world.open("Consulta", body, email=f"{name}@cliente.example")
    world.settle(ticket)
    world.clock.move(seconds=10)
    world.as_agent(ticket, priority=priority)
    world.clock.move(seconds=10)
    world.settle(ticket)
    return ticket


def shown(run: Run, env: dict[str, str], *more: str) -> dict[str, Any]:
    result = run("corrections", "--json", *more, env=env)
    assert result.exit_code == 0, result.output
    data: dict[str, Any] = json.loads(result.stdout)
    return data


def test_a_persons_change_is_recorded_once(run: Run, env: dict[str, str], world: World) -> None:
    ticket = correct(world, "El CRM está caído")
    for _ in range(3):
        world.clock.move(minutes=1)
        world.settle(ticket)
    data = shown(run, env)
    assert [(one["rule"], one["decided"], one["corrected"]) for one in data["rules"]] == [("urg-caido", 1, 1)]
    assert data["changes"] == [{"from": "URGENTE", "to": "PREFERENTE", "tickets": 1}]
    (one,) = data["tickets"]
    assert (one["portal"], one["ticket_id"], one["words"]) == (PORTAL, ticket, ["caído"])
    assert data["words"] is None


def test_a_ticket_that_no_rule_decided_is_recorded_without_one(
    run: Run, env: dict[str, str], world: World
) -> None:
    correct(world, "El tablero no avanza", priority=4)
    data = shown(run, env)
    assert (data["rules"][0]["rule"], data["changes"][0]["to"]) == (None, "URGENTE")


def test_a_second_change_moves_on_and_a_change_back_takes_away(
    run: Run, env: dict[str, str], world: World
) -> None:
    ticket = correct(world, "El CRM está caído")
    world.as_agent(ticket, priority=3)
    world.clock.move(minutes=1)
    world.settle(ticket)
    assert shown(run, env)["changes"] == [{"from": "URGENTE", "to": "IMPORTANTE", "tickets": 1}]
    world.as_agent(ticket, priority=4)
    world.clock.move(minutes=1)
    world.settle(ticket)
    assert shown(run, env)["corrections"] == 0


def test_what_was_not_corrected_counts_as_decided(run: Run, env: dict[str, str], world: World) -> None:
    for number in range(3):
        world.settle(world.open("Consulta", "Está caído", email=f"u{number}@cliente.example"))
    correct(world, "Está caído")
    (rule,) = shown(run, env)["rules"]
    assert (rule["decided"], rule["corrected"], rule["precision"]) == (4, 1, 0.75)
    assert shown(run, env, "--since", "2030-01-01")["corrections"] == 0


def test_no_word_of_the_ticket_but_the_matched_ones_is_stored(world: World) -> None:
    ticket = correct(world, "El CRM está caído, llame a Zoraida al 987654321")
    stored = world.redis.get(f"semaforo:corrections:{PORTAL}:{ticket}")
    assert isinstance(stored, bytes)
    assert json.loads(stored)["words"] == ["caído"]


def test_a_forgotten_ticket_is_corrected_no_more(run: Run, env: dict[str, str], world: World) -> None:
    ticket = correct(world, "Está caído")
    world.ctx.corrections.forget(TicketKey(PORTAL, ticket))
    assert shown(run, env)["corrections"] == 0


def test_words_are_proposed_from_the_tickets_themselves(
    run: Run, env: dict[str, str], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.cli.corrections.Pace.take", lambda _pace: None)
    for number in range(6):
        correct(world, "El tablero quedó congelado", priority=4, name=f"u{number}")
        correct(world, "Sobre la lista nueva", priority=2, name=f"v{number}")
    found = {(one["level"], one["word"]) for one in shown(run, env, "--words")["words"]}
    assert {("URGENTE", "tablero"), ("URGENTE", "congelado"), ("PREFERENTE", "lista")} <= found
    assert "consulta" not in {word for _, word in found}, "it stands in the subject of every ticket"


def test_examples_are_masked_and_only_for_the_terminal(run: Run, env: dict[str, str], world: World) -> None:
    correct(world, "Hola Rosa, está caído. Mi correo es ana@cliente.example, celular 987654321")
    result = run("corrections", "--examples", "--per-minute", "600", env=env)
    assert result.exit_code == 0, result.output
    assert "Hola [nombre], está caído. Mi correo es [correo], celular [número]" in result.stdout
    assert "urg-caido" in result.stdout
    assert run("corrections", "--examples", "--json", env=env).exit_code == 2


@pytest.mark.parametrize("options", [(), ("--words",), ("--examples",)])
def test_nothing_to_show_is_said(run: Run, env: dict[str, str], world: World, options: tuple[str]) -> None:
    result = run("corrections", *options, env=env)
    assert (result.exit_code, "nobody has corrected" in result.stdout) == (0, True)
