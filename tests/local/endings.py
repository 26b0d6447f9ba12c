"""A ticket's page and journal entry as they stand after a good end, to be spoiled by tests."""

from __future__ import annotations

from typing import Any

NOTE = "<p><b>🔴 URGENTE</b></p><p>Por la regla «Caídas», que encontró: <b>caído</b>, <b>nadie</b>.</p>"


def message(body: str, *, private: bool, incoming: bool = False) -> dict[str, Any]:
    return {"body": body, "private": private, "incoming": incoming}


def ticket(**changes: Any) -> dict[str, Any]:
    good = {
        "tags": ["cliente-vip", "sla-urgente"],
        "fr_due_by": "2026-11-23T15:00:00Z",
        "due_by": "2026-11-30T15:00:00Z",
        "conversations": [message(NOTE, private=True), message("acuse", private=False)],
    }
    return good | changes


def journal(**changes: Any) -> dict[str, Any]:
    good = {
        "due": {
            "response": {"limit": "2026-11-23T10:00:00-05:00"},
            "resolution": {"limit": "2026-11-30T10:00:00-05:00"},
        },
        "effects": [],
    }
    return good | changes
