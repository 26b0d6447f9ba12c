"""Log lines hold ids, levels and counts; what should not be there is masked."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from bot.telemetry import _mask

MASKED: list[Any] = [
    pytest.param("escribió ana.quispe+crm@cliente.com.pe ayer", "escribió [oculto] ayer", id="mail"),
    pytest.param("llamar al 987654321", "llamar al [oculto]", id="mobile"),
    pytest.param("DNI 45678912", "DNI [oculto]", id="national document"),
    pytest.param("RUC 20123456789.", "RUC [oculto].", id="tax number"),
    pytest.param("tarjeta 4111 1111 1111 1111", "tarjeta [oculto]", id="card"),
    pytest.param("tarjeta 4111-1111-1111-1111.", "tarjeta [oculto].", id="card with dashes"),
    pytest.param("4111111111111111", "[oculto]", id="card in one piece"),
    pytest.param("a@b.pe, c@d.pe", "[oculto], [oculto]", id="two mails"),
    pytest.param("PUT tickets/1234 500", "PUT tickets/1234 500", id="ticket number"),
    pytest.param("agent 103000000001", "agent 103000000001", id="agent number"),
    pytest.param("acelera:7", "acelera:7", id="ticket key"),
    pytest.param("", "", id="nothing"),
]


@pytest.mark.parametrize(("text", "written"), MASKED)
def test_personal_data_is_masked(text: str, written: str) -> None:
    assert _mask(None, "info", {"event": "x", "reason": text})["reason"] == written


def test_ids_and_event_stay_as_they_are() -> None:
    line = {"event": "reconciled", "ticket": "acelera:98765432", "portal": "acelera", "count": 98765432}
    assert _mask(None, "info", dict(line)) == line


PROGRAM = """
from bot.telemetry import log, set_up_logging
set_up_logging({level!r}, {style!r}, "worker")
log.debug("fine"); log.info("reconciled", ticket="acelera:7", reason="ana@cliente.pe"); log.error("bad")
"""


def lines(level: str, style: str) -> tuple[str, list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(level=level, style=style)],
        capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip
    return done.stdout, done.stderr.splitlines()


def test_one_json_line_an_event_on_stderr_in_utc() -> None:
    out, written = lines("INFO", "json")
    first, second = (json.loads(line) for line in written)
    assert out == ""
    assert (first["event"], first["level"], first["process"]) == ("reconciled", "info", "worker")
    assert (first["ticket"], first["reason"]) == ("acelera:7", "[oculto]")
    assert first["timestamp"].endswith("Z")
    assert second["event"] == "bad"


@pytest.mark.parametrize(("level", "count"), [("DEBUG", 3), ("INFO", 2), ("WARNING", 1), ("ERROR", 1)])
def test_levels(level: str, count: int) -> None:
    assert len(lines(level, "json")[1]) == count


def test_for_the_console_without_colour_when_nobody_looks() -> None:
    _, written = lines("INFO", "console")
    assert "reconciled" in written[0]
    assert "ana@cliente.pe" not in written[0]
    assert "\x1b" not in written[0]


def test_what_libraries_log_is_masked_too() -> None:
    program = """
import logging
from bot.telemetry import set_up_logging
set_up_logging("INFO", "json", "web")
try:
    raise ValueError("escribe a ana@cliente.pe")
except ValueError:
    logging.getLogger("library").exception("DNI %s", 45678912)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "library ERROR DNI [oculto]" in done.stderr
    assert "ValueError: escribe a [oculto]" in done.stderr
    assert "ana@cliente.pe" not in done.stderr
