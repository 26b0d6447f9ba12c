"""What does every ops page share: its sections, the visitor's name, the portals to choose from?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask import Flask, current_app, request

from bot.web.visitor import current_user


@dataclass(frozen=True, slots=True)
class Section:
    """Name one entry of the navigation by the endpoint of its first page."""

    endpoint: str
    title: str

    @property
    def is_here(self) -> bool:
        """Tell whether the page being shown belongs to this section."""
        here = MEMBERS.get(request.blueprint or "", request.blueprint)
        return here == self.endpoint.partition(".")[0]


SECTIONS = (
    Section("board.show", "Tablero"),
    Section("rules.show", "Reglas"),
    Section("compliance.show", "Cumplimiento"),
    Section("calendar.show", "Calendario"),
    Section("system.show", "Sistema"),
)
# Blueprints whose pages belong to the section of another.
MEMBERS = {
    "tickets": "board",
    "brakes": "system",
    **dict.fromkeys(("rules_editor", "rules_draft", "rules_history", "rules_bench", "rules_trials"), "rules"),
}


def register_layout(app: Flask, portals: Collection[str]) -> None:
    """Give the templates `sections()`, `current_user()`, `is_part()` and `portal_names`."""
    names = tuple(portals)

    def shared() -> dict[str, object]:
        return {
            "sections": sections,
            "current_user": current_user,
            "portal_names": names,
            "is_part": is_part,
        }

    app.context_processor(shared)


def sections() -> list[Section]:
    """Return the sections that this application serves."""
    return [section for section in SECTIONS if section.endpoint in current_app.view_functions]


def is_part() -> bool:
    """Tell whether a script of ours asks again for the part of a page that changes, and for that alone."""
    return "Semaforo-Part" in request.headers
