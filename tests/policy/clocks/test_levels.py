"""What the levels file may say."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from pydantic import ValidationError

from bot.domain.level import Level
from bot.policy.levels import LevelsSection, ResolutionKind

from .desk import levels, shipped


@pytest.mark.parametrize(
    ("level", "priority", "tag", "response", "resolution", "kind"),
    [
        pytest.param(
            Level.URGENTE, 4, "sla-urgente", "24 h corridas", "7 días corridos", "contrato", id="urgente"
        ),
        pytest.param(
            Level.IMPORTANTE,
            3,
            "sla-importante",
            "48 h corridas",
            "10 días corridos",
            "meta",
            id="importante",
        ),
        pytest.param(
            Level.PREFERENTE,
            2,
            "sla-preferente",
            "72 h corridas",
            "15 días corridos",
            "meta",
            id="preferente",
        ),
        pytest.param(Level.NORMAL, 1, "sla-normal", "5 días útiles", "15 días útiles", "meta", id="normal"),
    ],
)
def test_the_shipped_levels(
    level: Level, priority: int, tag: str, response: str, resolution: str, kind: str
) -> None:
    policy = levels().of(level)
    assert (policy.prioridad, policy.etiqueta) == (priority, tag)
    assert str(policy.respuesta.limite) == response
    assert str(policy.resolucion.limite) == resolution
    assert policy.resolucion.tipo is ResolutionKind(kind)
    assert levels().by_priority(priority) is level
    assert levels().tags[level] == tag


@pytest.mark.parametrize(
    ("level", "target"),
    [
        (Level.URGENTE, "75 %"),
        (Level.IMPORTANTE, "24 h corridas"),
        (Level.PREFERENTE, "48 h corridas"),
        (Level.NORMAL, "75 %"),
    ],
)
def test_the_shipped_response_targets(level: Level, target: str) -> None:
    assert str(levels().of(level).respuesta.objetivo) == target


def test_an_unknown_priority_is_no_level() -> None:
    assert levels().by_priority(9) is None


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        pytest.param("NORMAL", None, "Field required", id="a level is missing"),
        pytest.param("NORMAL.prioridad", 4, "la prioridad «4» está en más de un nivel", id="priority twice"),
        pytest.param("NORMAL.etiqueta", "SLA-Urgente", "la etiqueta «sla-urgente»", id="tag twice"),
        pytest.param("NORMAL.prioridad", 5, "less than or equal to 4", id="priority 5"),
        pytest.param("NORMAL.prioridad", "1", "valid integer", id="priority as text"),
        pytest.param("NORMAL.etiqueta", "sla normal", "pattern", id="blank in a tag"),
        pytest.param("NORMAL.respuesta.limite", "pronto", "no entiendo el plazo", id="no allowance"),
        pytest.param("NORMAL.respuesta.objetivo", "24 h", "misma unidad", id="clock target, business limit"),
        pytest.param(
            "NORMAL.respuesta.objetivo", "8 horas utiles", "misma unidad", id="business hours against days"
        ),
        pytest.param("URGENTE.respuesta.objetivo", "2 dias", "mayor que el límite", id="target after limit"),
        pytest.param("URGENTE.resolucion.tipo", "promesa", "contrato", id="unknown kind"),
        pytest.param("URGENTE.respuesta.tope", "1 h", "Extra inputs", id="unknown key"),
    ],
)
def test_mistakes_are_refused(path: str, value: object, message: str) -> None:
    raw: dict[str, Any] = deepcopy(shipped("niveles", "niveles.yaml"))
    *parents, last = path.split(".")
    target = raw
    for name in parents:
        target = target[name]
    if value is None:
        del target[last]
    else:
        target[last] = value
    with pytest.raises(ValidationError, match=message):
        LevelsSection.model_validate(raw)


def test_clock_units_of_different_size_compare() -> None:
    raw = deepcopy(shipped("niveles", "niveles.yaml"))
    raw["URGENTE"]["respuesta"] = {"objetivo": "90 min", "limite": "1 dia"}
    assert str(LevelsSection.model_validate(raw).URGENTE.respuesta.objetivo) == "90 min"
