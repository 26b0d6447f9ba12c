"""How does a report read in a note for people, and in a message for a chat?

Counts by level only: a report that leaves for elsewhere names no client.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.domain.level import Level

_CLOCKS = (("response", "Respuesta"), ("resolution", "Resolución"))
_OWNERS = {"ours": "nuestro", "client": "del cliente", "vendor": "del fabricante"}
_FATES = "cumplidos</th><th>incumplidos</th><th>por saberse"
_DASH = "–"


def report_html(data: Mapping[str, Any]) -> str:
    """Return the report as the text of a private note."""
    total = data["total"]
    rows = "".join(_row(one["level"], one) for one in data["levels"]) + _row(None, total)
    heads = "".join(f"<th>{name}: {_FATES}</th>" for _, name in _CLOCKS)
    return (
        f"<p><b>Informe del {data['from']} al {data['to']}</b> · {_tickets(total)}</p>"
        f"<table><tr><th>Nivel</th><th>Tickets</th>{heads}</tr>{rows}</table>"
        f"<p>De quién fue el tiempo: {_owners(total)}. Avisos de plazo: {total['escalations']}.</p>"
    )


def report_message(data: Mapping[str, Any]) -> str:
    """Return the report as JSON for an outgoing webhook; `text` is for chats that show nothing else."""
    total = data["total"]
    kept = " · ".join(f"{name} {_share(total[clock]['met_share'])}" for clock, name in _CLOCKS)
    text = f"🚦 {data['from']} a {data['to']}: {_tickets(total)} · {kept}"
    named = {name: data[name] for name in ("from", "to", "total", "levels")}
    return json.dumps({"type": "report", "text": text, "data": named}, ensure_ascii=False)


def report_key(data: Mapping[str, Any]) -> str:
    """Name the effect of telling a period's report, so that it is told once."""
    return f"informe:{data['from']}:{data['to']}"


def _row(level: str | None, one: Mapping[str, Any]) -> str:
    name = "Todos" if level is None else f"{Level(level).emoji} {level}"
    cells = [one[clock][fate] for clock, _ in _CLOCKS for fate in ("met", "missed", "pending")]
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in (name, one["tickets"], *cells)) + "</tr>"


def _owners(total: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_share(total['delay'][owner]['share'])}" for owner, name in _OWNERS.items())


def _tickets(total: Mapping[str, Any]) -> str:
    return "1 ticket" if total["tickets"] == 1 else f"{total['tickets']} tickets"


def _share(share: float | None) -> str:
    return _DASH if share is None else f"{share:.0%}".replace("%", " %")
