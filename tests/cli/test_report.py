"""`semaforo report` over a small world, and that its bytes stay the same."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from tests.policy.planner.desk import LUCIA
from tests.world import MONDAY, World

from .conftest import Run

DOWN = {"subject": "Caído", "text": "El CRM está caído desde las 8."}
BILL = {"subject": "Factura", "text": "Por favor envíenme la factura."}
NOVEMBER = ("--from", "2026-11-01", "--to", "2026-11-30")


def said(world: World, ticket: int) -> None:
    words = {"as": "agent", "text": "Ya lo vemos.", "agent_id": LUCIA}
    world.control("POST", f"tickets/{ticket}/reply", words)


@pytest.fixture
def month(world: World) -> World:
    """Give a month with a promise kept, one missed, one that waits and one nobody is told of."""
    kept, missed = world.open(**DOWN), world.open(**DOWN)
    waits, spam = world.open(**BILL, company="Norte SAC", email="n@norte.example"), world.open(**DOWN)
    world.settle(kept, missed, waits, spam)
    world.clock.move(hours=2)
    said(world, kept)
    said(world, waits)
    world.as_agent(waits, status=6)
    world.as_agent(spam, spam=True)
    world.settle(kept, waits, spam)
    world.clock.move(hours=1)
    world.as_agent(kept, status=4)
    world.settle(kept)
    for hours in (16, 6, 25):
        world.clock.move(hours=hours)
        world.settle()
    return world


def report(run: Run, env: dict[str, str], *options: str) -> dict[str, Any]:
    at = ("--at", "2026-11-25T10:00")
    result = run("report", *NOVEMBER, *at, *options, "--json", env=env)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_a_month(run: Run, env: dict[str, str], month: World) -> None:
    data = report(run, env)
    total = data["total"]
    assert (data["from"], data["to"], total["tickets"]) == ("2026-11-01", "2026-11-30", 3)
    assert total["response"] == {"met": 2, "missed": 1, "pending": 0, "met_share": 0.6667}
    assert total["resolution"] == {"met": 1, "missed": 0, "pending": 2, "met_share": 1.0}
    levels = {one["level"]: one["tickets"] for one in data["levels"]}
    assert levels == {"URGENTE": 2, "IMPORTANTE": 1, "PREFERENTE": 0, "NORMAL": 0}
    clients = {one["company_id"] is None: one["tickets"] for one in data["clients"]}
    assert clients == {True: 2, False: 1}
    # Monday 12:00 to Wednesday 10:00, open from 9 to 18: 6 + 9 + 1 business hours.
    assert total["waiting"]["cliente"]["hours"] == 16
    assert total["delay"]["client"]["hours"] == 16
    assert total["escalations"] == 3, "target, limit and a day later, of the one that nobody answered"


def test_an_open_promise_is_judged_at_the_moment_of_the_report(
    run: Run, env: dict[str, str], world: World
) -> None:
    world.settle(world.open(**DOWN))
    for at, fate in (("2026-11-24T09:59", "pending"), ("2026-11-24T10:00", "missed")):
        result = run("report", *NOVEMBER, "--at", at, "--json", env=env)
        response = json.loads(result.stdout)["total"]["response"]
        assert {name for name in ("met", "missed", "pending") if response[name]} == {fate}


def test_rows_as_csv_hold_the_same(run: Run, env: dict[str, str], month: World) -> None:
    result = run("report", *NOVEMBER, "--at", "2026-11-25T10:00", "--csv", env=env)
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [
        {k: str("" if v is None else v) for k, v in row.items()} for row in report(run, env)["rows"]
    ] == rows
    assert "\r" not in result.stdout


@pytest.mark.parametrize("form", ["--json", "--csv"])
def test_the_same_store_gives_the_same_bytes(run: Run, env: dict[str, str], month: World, form: str) -> None:
    command = ("report", *NOVEMBER, form)
    first = run(*command, env=env).stdout_bytes
    for name in month.redis.keys("semaforo:outcome:*"):  # as another server, with its keys in another order
        packed = month.redis.dump(name)
        assert packed is not None
        month.redis.delete(name)
        month.redis.restore(name, 0, packed)
    assert run(*command, env=env).stdout_bytes == first


def test_for_people(run: Run, env: dict[str, str], month: World) -> None:
    text = run("report", *NOVEMBER, env=env).stdout
    assert "tickets issued 2026-11-01 to 2026-11-30: 3" in text
    for word in ("URGENTE", "response: met", "cliente", "vendor", "week of", "(no company)"):
        assert word in text
    assert run("report", "--from", "2020-01-01", "--to", "2020-01-31", env=env).stdout.endswith(": 0\n")


def test_an_emptied_store_is_filled_again_by_a_sweep(run: Run, env: dict[str, str], month: World) -> None:
    before = report(run, env)["total"]
    month.redis.flushall()
    month.sweep()
    after = report(run, env)["total"]
    assert {name: after[name] for name in ("tickets", "response", "resolution", "escalations")} == {
        name: before[name] for name in ("tickets", "response", "resolution", "escalations")
    }
    # Of the two whose status changed nobody knows any more what went before the last change.
    assert (before["inferred"], after["inferred"]) == (0, 2)


def test_without_dates_it_ends_with_the_last_sunday(run: Run, env: dict[str, str], world: World) -> None:
    data = json.loads(run("report", "--json", env=env).stdout)
    assert data["from"] < data["to"]
    assert MONDAY.fromisoformat(data["from"]).weekday() == 0
    assert MONDAY.fromisoformat(data["to"]).weekday() == 6


BAD: dict[str, tuple[list[str], str]] = {
    "half a period": (["--from", "2026-11-01"], "go together"),
    "backwards": (["--from", "2026-11-02", "--to", "2026-11-01"], "before --from"),
    "no date": (["--from", "ayer", "--to", "2026-11-01"], "expected a date"),
    "no moment": ([*NOVEMBER, "--at", "luego"], "expected ISO 8601"),
    "two forms": ([*NOVEMBER, "--json", "--csv"], "exclude each other"),
    "unknown portal": ([*NOVEMBER, "--portal", "otro"], "there is no portal otro"),
}


@pytest.mark.parametrize(("options", "said"), BAD.values(), ids=BAD.keys())
def test_what_makes_no_sense_is_told(run: Run, env: dict[str, str], options: list[str], said: str) -> None:
    result = run("report", *options, env=env)
    assert result.exit_code in {1, 2}
    assert said in result.stderr
