"""What would the draft have altered for past tickets, and what would the rules in force for open ones?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.level import Level
from bot.domain.ticket import TicketKey
from bot.engine.trials import Reading
from bot.policy.model import version_of
from bot.policy.statuses import DEFAULT_PORTAL
from bot.settings import Settings
from bot.store.trials import TrialHead, Trials, TrialState
from bot.web import trial_process
from bot.web.audit import about, without_act
from bot.web.login import Guard
from bot.web.rules_desk import SHORT, RuleDesk
from bot.web.times import moment
from bot.web.trial_process import Kind, Work
from bot.web.visitor import current_user

ROWS_A_PAGE = 100
MOST_DAYS, MOST_TICKETS = 365, 2000
CHANGES = {
    "nivel": "nivel",
    "regla": "regla",
    "banderas": "banderas",
    "plazo": "fecha límite",
    "incumplimiento": "incumplimiento",
}
BUSY = "Ya hay un ensayo en marcha. Espere a que termine, o deténgalo."


@dataclass(frozen=True, slots=True)
class Choice:
    """Hold which rows the visitor chose to see; empty means all."""

    change: str = ""
    before: str = ""
    after: str = ""

    @classmethod
    def from_values(cls, values: Mapping[str, str]) -> Choice:
        """Read an address's query or a form."""
        return cls(*(values.get(name, "")[:30] for name in ("cambio", "antes", "despues")))

    def admits(self, row: Mapping[str, Any]) -> bool:
        """Tell whether a row is among those chosen."""
        levels = (self.before, row["before"]["level"]), (self.after, row["after"]["level"])
        return self.change in {"", *row["changes"]} and all(one in {"", level} for one, level in levels)

    def query(self) -> dict[str, str]:
        """Return the choice as an address's query."""
        named = {"cambio": self.change, "antes": self.before, "despues": self.after}
        return {name: value for name, value in named.items() if value}


class RuleTrialPages:
    """Start, watch and stop trials, show what they found, and have open tickets follow the rules."""

    def __init__(self, desk: RuleDesk, kept: Trials, settings: Settings) -> None:
        self._desk = desk
        self._kept = kept
        self._settings = settings

    def blueprint(self, guard: Guard) -> Blueprint:
        """Return the pages, each behind `guard`."""
        routes = Blueprint("rules_trials", __name__, url_prefix="/ops/reglas/ensayo")
        routes.before_request(guard)
        routes.add_url_rule("", view_func=self.show)
        routes.add_url_rule("/empezar", view_func=self.begin, methods=["POST"])
        routes.add_url_rule("/detener", view_func=self.cancel, methods=["POST"])
        routes.add_url_rule("/aplicar", view_func=self.apply, methods=["POST"])
        routes.add_url_rule("/resultado.json", view_func=self.download)
        return routes

    def show(self) -> ResponseReturnValue:
        """Show the last trial, and how to begin another."""
        view, choice = self._kept.view(), Choice.from_values(request.args)
        result = self._kept.result() if view and view.state is TrialState.DONE else None
        rows = [row for row in result["rows"] if choice.admits(row)] if result else []
        page, live = _page_asked(), self._desk.live.policy
        return render_template(
            "rules_trial.html",
            view=view,
            at=moment(view.head.at, live.zone(DEFAULT_PORTAL)) if view else None,
            result=result,
            rows=rows[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE],
            shown=len(rows),
            page=page,
            pages=-(-len(rows) // ROWS_A_PAGE),
            choice=choice,
            changes=CHANGES,
            levels=list(Level),
            portals=self._settings.portals,
            draft=self._desk.draft(),
            live=live,
            moment=moment,
            most=MOST_TICKETS,
        )

    def begin(self) -> ResponseReturnValue:
        """Begin a trial of the draft on past tickets, or of the rules in force on open ones."""
        kind, live = request.form.get("clase", ""), self._desk.live
        if kind == Kind.OPEN:
            asks_draft = request.form.get("reglas", "") == "borrador"
            files = self._desk.files(self._desk.draft()) if asks_draft else live.files
            return self._begin(Kind.OPEN, files, "tickets abiertos")
        if kind != Kind.PAST:
            abort(400)
        uploaded = request.files.get("archivo")
        content = uploaded.read() if uploaded else b""
        candidate = self._desk.files(self._desk.draft())
        if content:
            return self._begin(Kind.PAST, candidate, "archivo subido", content)
        reading = self._reading()
        source = f"{reading.portal}, {reading.days} días, hasta {reading.most} tickets"
        return self._begin(Kind.PAST, candidate, source, reading)

    def cancel(self) -> ResponseReturnValue:
        """Have the trial that runs stop."""
        self._kept.cancel()
        flash("Ensayo detenido.")
        return redirect(url_for("rules_trials.show"), 303)

    def apply(self) -> ResponseReturnValue:
        """Give the open tickets of the last result, as filtered, the level of the rules in force."""
        result, live = self._kept.result(), self._desk.live
        if not result or result.get("kind") != Kind.OPEN or result["candidate"] != live.policy.version:
            flash("Las reglas en uso cambiaron desde ese ensayo. Haga otro y aplique lo que diga.", "bad")
            without_act()
            return redirect(url_for("rules_trials.show"), 303)
        choice = Choice.from_values(request.form)
        keys = tuple(_keys(row for row in result["rows"] if choice.admits(row)))
        return self._begin(Kind.APPLY, live.files, f"{len(keys)} tickets", keys=keys)

    def download(self) -> ResponseReturnValue:
        """Give what the last trial found, as data."""
        result = self._kept.result()
        if result is None:
            abort(404)
        headers = {"Content-Disposition": 'attachment; filename="ensayo.json"'}
        text = json.dumps(result, ensure_ascii=False, indent=1)
        return Response(text, content_type="application/json; charset=utf-8", headers=headers)

    def _begin(
        self,
        kind: Kind,
        candidate: Mapping[str, bytes],
        source: str,
        tickets: bytes | Reading = b"",
        *,
        keys: tuple[TicketKey, ...] = (),
    ) -> ResponseReturnValue:
        live, now = self._desk.live, self._desk.context.now()
        version = version_of(candidate)
        head = TrialHead(kind.value, current_user(), now, live.policy.version, version, source)
        token = self._kept.begin(head)
        if token is None:
            flash(BUSY, "bad")
            without_act()
        else:
            about(version[:SHORT])
            trial_process.start(
                Work(kind, token, self._settings, dict(live.files), dict(candidate), tickets, keys)
            )
        return redirect(url_for("rules_trials.show"), 303)

    def _reading(self) -> Reading:
        form, portals = request.form, self._settings.portals
        portal = form.get("portal", "")
        return Reading(
            portal if portal in portals else next(iter(portals)),
            _number(form.get("dias", ""), 30, MOST_DAYS),
            _number(form.get("maximo", ""), 200, MOST_TICKETS),
            trial_process.PER_MINUTE,
        )


def _keys(rows: Iterable[Mapping[str, Any]]) -> Iterable[TicketKey]:
    return (TicketKey(row["portal"], row["id"]) for row in rows)


def _page_asked() -> int:
    return _number(request.args.get("pagina", ""), 1, 1000)


def _number(text: str, default: int, most: int) -> int:
    """Return what was typed, within bounds; the default for what is no number."""
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        return default
    return min(max(int(text), 1), most)
