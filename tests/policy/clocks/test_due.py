"""The promise for a level and a moment, as `semaforo due` prints it."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.domain.level import Level
from bot.policy.due import due_json, due_text

from .desk import at, calendar, levels, lima


def due(level: Level, start: str) -> dict[str, str]:
    found = due_json(level, "acelera", at(start), levels().of(level), lima())
    assert datetime.fromisoformat(found["from"]) == at(start)
    return {
        "target": found["response"]["target"],
        "limit": found["response"]["limit"],
        "resolution": found["resolution"]["limit"],
        "kind": found["resolution"]["kind"],
    }


@pytest.mark.parametrize(
    ("level", "start", "target", "limit", "resolution", "kind"),
    [
        pytest.param(
            Level.URGENTE,
            "2026-07-31 10:00",
            "2026-08-01T04:00:00-05:00",
            "2026-08-01T10:00:00-05:00",
            "2026-08-08T10:00:00-05:00",
            "contract",
            id="urgente runs over the weekend",
        ),
        pytest.param(
            Level.URGENTE,
            "2026-12-31 22:00",
            "2027-01-01T16:00:00-05:00",
            "2027-01-01T22:00:00-05:00",
            "2027-01-08T22:00:00-05:00",
            "contract",
            id="urgente at year end",
        ),
        pytest.param(
            Level.IMPORTANTE,
            "2026-07-31 10:00",
            "2026-08-01T10:00:00-05:00",
            "2026-08-02T10:00:00-05:00",
            "2026-08-12T10:00:00-05:00",
            "working",
            id="importante",
        ),
        pytest.param(
            Level.PREFERENTE,
            "2026-07-31 10:00",
            "2026-08-02T10:00:00-05:00",
            "2026-08-03T10:00:00-05:00",
            "2026-08-18T10:00:00-05:00",
            "working",
            id="preferente",
        ),
        pytest.param(
            Level.NORMAL,
            "2026-07-31 10:00",
            "2026-08-05T16:45:00-05:00",
            "2026-08-10T10:00:00-05:00",
            "2026-08-31T10:00:00-05:00",
            "working",
            id="normal over a holiday",
        ),
        pytest.param(
            Level.NORMAL,
            "2026-07-31 20:00",
            "2026-08-07T15:45:00-05:00",
            "2026-08-11T09:00:00-05:00",
            "2026-09-01T09:00:00-05:00",
            "working",
            id="normal out of hours",
        ),
        pytest.param(
            Level.NORMAL,
            "2026-12-28 10:00",
            "2026-12-31T16:45:00-05:00",
            "2027-01-05T10:00:00-05:00",
            "2027-01-26T10:00:00-05:00",
            "working",
            id="normal at year end",
        ),
    ],
)
def test_promises(level: Level, start: str, target: str, limit: str, resolution: str, kind: str) -> None:
    assert due(level, start) == {"target": target, "limit": limit, "resolution": resolution, "kind": kind}


def test_the_whole_shape() -> None:
    found = due_json(Level.NORMAL, "acelera", at("2026-07-31 10:00"), levels().NORMAL, lima())
    assert set(found) == {"level", "portal", "from", "response", "resolution", "skipped", "text"}
    assert (found["level"], found["portal"], found["from"]) == (
        "NORMAL",
        "acelera",
        "2026-07-31T10:00:00-05:00",
    )
    assert found["skipped"] == [
        {"date": "2026-08-01", "why": "fin de semana"},
        {"date": "2026-08-02", "why": "fin de semana"},
        {"date": "2026-08-06", "why": "Batalla de Junín"},
        {"date": "2026-08-08", "why": "fin de semana"},
        {"date": "2026-08-09", "why": "fin de semana"},
    ]
    assert found["resolution"]["skipped"][0] == {"date": "2026-08-15", "why": "fin de semana"}


def test_hours_on_the_clock_skip_nothing() -> None:
    found = due_json(Level.URGENTE, "acelera", at("2026-07-31 10:00"), levels().URGENTE, lima())
    assert found["skipped"] == []


def test_the_offset_is_the_portal_s_on_each_date() -> None:
    santiago = calendar("America/Santiago", "lunes-viernes 09:00-18:00")
    start = datetime.fromisoformat("2026-09-03T10:00-04:00")
    found = due_json(Level.IMPORTANTE, "chile", start, levels().IMPORTANTE, santiago)
    assert found["from"] == "2026-09-03T10:00:00-04:00"
    assert found["resolution"]["limit"] == "2026-09-15T11:00:00-03:00"


def test_the_text() -> None:
    text = due_text(Level.URGENTE, levels().URGENTE, lima(), at("2026-07-31 10:00"))
    assert text.splitlines() == [
        "🔴 URGENTE, emitido el vie 31 jul 2026, 10:00",
        "Responder hasta: sáb 1 ago 2026, 10:00",
        "  objetivo: sáb 1 ago 2026, 04:00 (75 %)",
        "  cuenta: 10:00 del vie 31 jul + 24 h corridas → sáb 1 ago, 10:00",
        "Resolver hasta: sáb 8 ago 2026, 10:00 (límite por contrato, si se responde en el límite)",
        "  cuenta: 10:00 del sáb 1 ago + 7 días corridos → sáb 8 ago, 10:00",
    ]


def test_a_working_target_is_never_called_a_promise() -> None:
    text = due_text(Level.NORMAL, levels().NORMAL, lima(), at("2026-07-31 10:00"))
    assert "meta interna" in text
    assert "contrato" not in text
