"""`semaforo report --send` and `--note`: people elsewhere are told, once, and of no client."""

from __future__ import annotations

import json

import pytest

from tests.simulator.receiver import Receiver
from tests.world import World

from .conftest import Run

PERIOD = ("--from", "2026-11-01", "--to", "2026-11-30")


@pytest.fixture
def told(world: World, env: dict[str, str], receiver: Receiver) -> dict[str, str]:
    """Return settings that name a webhook, over a world with one promise that runs."""
    world.settle(world.open("Caído", "El CRM está caído.", company="Norte SAC", email="n@norte.example"))
    return env | {"HOOK_CHAT_URL": receiver.url, "HOOK_CHAT_SECRET": "x" * 32}


def test_a_webhook_gets_levels_and_no_client(run: Run, told: dict[str, str], receiver: Receiver) -> None:
    for _ in range(2):
        result = run("report", *PERIOD, "--send", "chat", env=told)
        assert result.exit_code == 0, result.output
    (first, second) = receiver.got
    assert first[0]["webhook-id"] == second[0]["webhook-id"] == "informe:2026-11-01:2026-11-30"
    body = json.loads(first[1])
    assert body["text"] == "🚦 2026-11-01 a 2026-11-30: 1 ticket · Respuesta – · Resolución –"
    assert body["data"].keys() == {"from", "to", "total", "levels"}
    assert {one["level"]: one["tickets"] for one in body["data"]["levels"]}["URGENTE"] == 1
    assert "company" not in first[1].decode()


@pytest.mark.parametrize(
    ("options", "answer", "said"),
    [
        (("--send", "chat"), 500, "did not take it"),
        (("--send", "correo"), 202, "no HOOK_CORREO_URL"),
        (("--note", "norte:1"), 202, "there is no portal norte"),
        (("--note", "acelera"), 202, "expected PORTAL:ID"),
        (("--note", "acelera:1", "--json"), 202, "exclude each other"),
        (("--note", "acelera:99"), 202, "404"),
    ],
)
def test_what_did_not_arrive_is_said(
    run: Run, told: dict[str, str], receiver: Receiver, options: tuple[str, ...], answer: int, said: str
) -> None:
    receiver.answers = [answer]
    result = run("report", *PERIOD, *options, env=told)
    assert result.exit_code != 0
    assert said in result.output


def test_a_note_is_written_once(run: Run, told: dict[str, str], world: World) -> None:
    desk = world.open("Informes", "Aquí llegan los informes.")
    for said in ("told", "already"):
        result = run("report", *PERIOD, "--note", f"acelera:{desk}", env=told)
        assert result.exit_code == 0, result.output
        assert said in result.output
    (note,) = world.notes(desk)
    assert "Informe del 2026-11-01 al 2026-11-30" in note
    assert "🔴 URGENTE 1 0 0 1 0 0 1" in " ".join(note.split())
    world.settle(desk)
    assert sum("Informe del" in note for note in world.notes(desk)) == 1


@pytest.mark.parametrize("brake", ["dry", "stopped"])
def test_no_note_while_nothing_may_be_written(
    run: Run, told: dict[str, str], world: World, brake: str
) -> None:
    if brake == "stopped":
        world.ctx.brakes.stop(world.clock.now)
    dry = {"DRY_RUN": "1" if brake == "dry" else "0"}
    result = run("report", *PERIOD, "--note", "acelera:1", env=told | dry)
    assert result.exit_code == 1
    assert not any("Informe del" in note for note in world.notes(1))
