"""How is a report told to a manager: one sentence, tables and plots, in Spanish?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.domain.level import Level
from bot.policy.levels import LevelsSection
from bot.policy.report_goals import ReportGoalsSection
from bot.policy.spelling import spell_date
from bot.web.figures import counted, hours, percent
from bot.web.plots import Part, Plot, columns, stacks

Figures = Mapping[str, Any]
CLOCKS = {"response": "Respuesta", "resolution": "Solución"}
FATES = {"met": "a tiempo", "missed": "fuera de plazo", "pending": "todavía en plazo o en pausa"}
CAUSES = {
    "cliente": "Esperando al cliente",
    "facturacion": "Suspendido por pago",
    "tercero": "Esperando al fabricante u otro",
    "interno": "Otra área nuestra",
}
OWNERS = {"cliente": "del cliente", "facturacion": "del cliente", "tercero": "de terceros"}
OURS = "nuestro"
_VERBS = {"response": "respondimos", "resolution": "resolvimos"}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Hold how much business time went where, and whose delay that is by the contract."""

    name: str
    hours: float
    share: float | None
    owner: str

    @property
    def kind(self) -> str:
        """Return the class of its bar."""
        return "ours" if self.owner == OURS else "theirs"


def sentence(total: Figures, when: str) -> str:
    """Answer the manager's question in one sentence: met or missed, and whose delay."""
    if not total["tickets"]:
        return f"No se emitió ningún ticket {when}."
    kept = " y ".join(_kept(total[clock], verb) for clock, verb in _VERBS.items())
    issued = counted(total["tickets"], "ticket emitido", "tickets emitidos")
    return f"De {issued} {when}, {kept}. {_whose(total)}"


def _kept(promise: Figures, verb: str) -> str:
    met, missed, pending = promise["met"], promise["missed"], promise["pending"]
    if not met + missed:
        return f"todavía no {verb} ni se nos pasó ninguno"
    late = "ninguno fuera de plazo" if not missed else counted(missed, "fuera de plazo", "fuera de plazo")
    waits = f", {counted(pending, 'por verse', 'por verse')}" if pending else ""
    return f"{verb} a tiempo {met:,} de {met + missed:,} ({percent(promise['met_share'])}; {late}{waits})"


def _whose(total: Figures) -> str:
    delay = total["delay"]
    if delay["ours"]["share"] is None:
        return ""
    return (
        f"Del tiempo útil en que estuvieron abiertos, el {percent(delay['ours']['share'])} fue nuestro, "
        f"el {percent(delay['client']['share'])} se esperó al cliente y "
        f"el {percent(delay['vendor']['share'])} al fabricante o a otro."
    )


def stretches(total: Figures) -> list[Stretch]:
    """Return where the business time of the tickets went: in the desk's hands first, then by how much."""
    waiting = sorted(total["waiting"].items(), key=lambda item: -item[1]["hours"])
    whole = sum(part["hours"] for part in total["delay"].values())
    worked = total["delay"]["ours"]["hours"] - total["waiting"]["interno"]["hours"]
    lengths = [("En manos de la mesa", worked, OURS)]
    lengths += [(CAUSES[cause], part["hours"], OWNERS.get(cause, OURS)) for cause, part in waiting]
    return [
        Stretch(name, length, length / whole if whole else None, whose) for name, length, whose in lengths
    ]


def waiting_plot(total: Figures) -> Plot:
    """Draw where the business time went, one bar a cause."""
    rows = [
        (f"{one.name}: {percent(one.share)}", [Part(one.share or 0, one.kind, hours(one.hours))])
        for one in stretches(total)
    ]
    title = "En qué se fue el tiempo útil de los tickets"
    return stacks("espera", title, "; ".join(label for label, _ in rows), rows)


def week_plots(weeks: Iterable[Figures], goals: ReportGoalsSection) -> list[Plot]:
    """Draw for each promise the share kept, one column a week."""
    weeks = list(weeks)
    return [
        columns(
            f"semanas-{clock}",
            f"{name}: % a tiempo por semana",
            "; ".join(f"{week_name(one)} {percent(one[clock]['met_share'])}" for one in weeks),
            [(week_name(one), one[clock]["met_share"]) for one in weeks],
            goals.of(clock),
        )
        for clock, name in CLOCKS.items()
    ]


def level_plots(levels: Iterable[Figures], promises: LevelsSection) -> list[Plot]:
    """Draw for each promise one bar a level: met, missed and not yet known, with what was promised."""
    levels = list(levels)
    return [
        stacks(
            f"niveles-{clock}",
            f"{name} por nivel",
            "; ".join(f"{one['level']} {percent(one[clock]['met_share'])} a tiempo" for one in levels),
            [(level_name(one["level"], promises, clock), _parts(one[clock])) for one in levels],
        )
        for clock, name in CLOCKS.items()
    ]


def level_name(level: str, promises: LevelsSection, clock: str) -> str:
    """Name a level with what it promises: «🔴 URGENTE · 24 h corridas»."""
    both = promises.of(Level(level))
    promise = both.respuesta if clock == "response" else both.resolucion
    return f"{level_title(level)} · {promise.limite}"


def level_title(level: str) -> str:
    """Name a level with its colour."""
    return f"{Level(level).emoji} {level}"


def week_name(week: Figures) -> str:
    """Name a week by its Monday."""
    return spell_date(date.fromisoformat(week["week"]))


def _parts(promise: Figures) -> list[Part]:
    whole = sum(promise[fate] for fate in FATES)
    if not whole:
        return []
    return [Part(promise[fate] / whole, fate, f"{promise[fate]:,} {said}") for fate, said in FATES.items()]
