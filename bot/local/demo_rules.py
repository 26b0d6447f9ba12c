"""By which rules does the demo run: those of the folder, and beside them a second portal with its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.local.child import StartError
from bot.local.stand_in import DESK_GROUP

MDA_INTERNAL = 8
MDA_DESK = "Mesa de ayuda de MDA"
MDA_NOTE = "Cuenta suspendida según el contrato de MDA"
_DAYS = ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo")
# Nobody waits a day in a demo; the contract's 48 hours stay what they are.
_NOTICE_HOURS = 0.0005

Section = dict[str, Any]


def _portals(section: Section) -> None:
    """Give each portal its group, and `mda` a calendar, a pausing status and texts of its own."""
    for portal, group in DESK_GROUP.items():
        section.setdefault(portal, {})["grupos"] = {"soporte": group}
    section["mda"] |= {
        "calendario": "mda",
        "pausan": {"cliente": [3, 6], "tercero": [7], "interno": [MDA_INTERNAL]},
        "respuestas": {
            "es": {
                "plantilla": "<p>Hola, tu caso es el <b>#{{ numero }}</b> ({{ nivel }}). Te respondemos "
                "{{ promesa }}, hasta el {{ responder_hasta }}.</p><p>" + MDA_DESK + "</p>",
            }
        },
        "notas": {"morosidad": f"<p><b>⛔ {MDA_NOTE}</b></p>"},
    }


def _calendars(section: Section) -> None:
    """Add a desk that never closes."""
    section.setdefault("otros", {})["mda"] = {
        "zona": "America/Lima",
        "dias_utiles_terminan": "misma_hora",
        "semana": {day: ["00:00-24:00"] for day in _DAYS},
    }


def _hand_over(section: Section) -> None:
    """Hand a ticket that missed its response to the group of its own portal."""
    for step in section["respuesta"]:
        if step["en"] == "limite":
            step["grupo"] = "soporte"


def _approvals(section: Section) -> None:
    section["aviso_minimo_horas"] = _NOTICE_HOURS


CHANGES: Mapping[str, Callable[[Section], None]] = {
    "portales": _portals,
    "calendario": _calendars,
    "escalamiento": _hand_over,
    "aprobaciones": _approvals,
}


def write_rules(source: Path, target: Path) -> Path:
    """Copy a rules folder with the demo's changes and return it; StartError when a section is missing."""
    shutil.copytree(source, target)
    missing = dict(CHANGES)
    for path in sorted(target.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        found = [name for name in content if name in missing]
        for name in found:
            missing.pop(name)(content[name])
        if found:
            path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    if missing:
        raise StartError(f"{source} lacks the section {', '.join(missing)}.")
    return target
