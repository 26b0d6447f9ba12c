"""Were the promises kept, and whose delay was it? The manager's page, and the same report to download."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from redis.exceptions import RedisError

from bot.engine.context import Context
from bot.policy.report import Cells, Period, count_cells, report_data, report_figures
from bot.policy.report_csv import report_csv
from bot.policy.statuses import DEFAULT_PORTAL
from bot.telemetry import log
from bot.web import compliance_words as words
from bot.web import figures
from bot.web.company_names import CompanyNames
from bot.web.login import Guard
from bot.web.periods import BadPeriod, asked_period, presets, spelled

MOST_CLIENTS = 50  # the worst first; the files to download have them all
_CUT = "<!-- el informe -->"


@dataclass(frozen=True, slots=True)
class Asked:
    """Hold what the visitor wants to see; `problem` says why it is not quite what was typed."""

    period: Period
    portal: str | None
    problem: str = ""

    @property
    def query(self) -> dict[str, str]:
        """Return the query that asks for the same again."""
        dates = {"desde": self.period.first.isoformat(), "hasta": self.period.last.isoformat()}
        return dates | ({"portal": self.portal} if self.portal else {})


class CompliancePages:
    """Show and hand out the report of `semaforo report`."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._names = CompanyNames(context)

    def blueprint(self, guard: Guard) -> Blueprint:
        """Return the pages, each behind `guard`."""
        routes = Blueprint("compliance", __name__, url_prefix="/ops/cumplimiento")
        routes.before_request(guard)
        routes.add_url_rule("", view_func=self.show)
        routes.add_url_rule("/informe.csv", view_func=self.as_csv, endpoint="csv")
        routes.add_url_rule("/informe.json", view_func=self.as_json, endpoint="json")
        return routes

    def show(self) -> ResponseReturnValue:
        """Show the report as it is counted: the page at once, its figures next, clients' names last."""
        asked, zone = self._asked(), self._context.rulebook.policy.zone(DEFAULT_PORTAL)
        choices = presets(self._context.now(), zone)
        frame = render_template(
            "compliance.html", asked=asked, spelled=spelled(asked.period), presets=choices, cut=_CUT
        )
        return Response(stream_with_context(self._parts(frame, asked)), mimetype="text/html")

    def as_csv(self) -> ResponseReturnValue:
        """Hand out what `semaforo report --csv` prints."""
        asked = self._asked(strict=True)
        if asked.problem:
            return asked.problem, 400
        return _file(report_csv(self._whole(asked)["rows"]), asked, "csv", "text/csv")

    def as_json(self) -> ResponseReturnValue:
        """Hand out what `semaforo report --json` prints."""
        asked = self._asked(strict=True)
        if asked.problem:
            return {"error": asked.problem}, 400
        text = json.dumps(self._whole(asked), ensure_ascii=False) + "\n"
        return _file(text, asked, "json", "application/json")

    def _asked(self, *, strict: bool = False) -> Asked:
        policy, now = self._context.rulebook.policy, self._context.now()
        portal = request.args.get("portal") or None
        problem = ""
        if portal is not None and portal not in self._context.freshdesk:
            problem, portal = f"No hay un portal «{portal[:40]}»; se muestran todos.", None
        zone = policy.zone(portal or DEFAULT_PORTAL)
        try:
            period = asked_period(request.args, now, zone)
        except BadPeriod as error:
            problem = str(error) if strict else f"{error} Mientras tanto, las últimas cuatro semanas."
            period = asked_period({}, now, zone)
        return Asked(period, portal, problem)

    def _whole(self, asked: Asked) -> dict[str, Any]:
        return report_data(self._cells(asked), asked.period)

    def _cells(self, asked: Asked) -> Cells:
        ctx = self._context
        return count_cells(ctx.outcomes.all(), ctx.rulebook.policy, asked.period, ctx.now(), asked.portal)

    def _parts(self, frame: str, asked: Asked) -> Iterator[str]:
        """Yield the page in parts; what goes wrong after the first can only be told on the page."""
        before, _, after = frame.partition(_CUT)
        yield before
        try:
            data = report_figures(self._cells(asked), asked.period)
            yield self._report(data, asked)
            if data["total"]["tickets"]:
                yield self._clients(data, asked)
        except RedisError as error:
            log.error("report broken off", error=type(error).__name__)
            yield render_template("compliance_broken.html")
        yield after

    def _report(self, data: dict[str, Any], asked: Asked) -> str:
        policy, total = self._context.rulebook.policy, data["total"]
        return render_template(
            "compliance_report.html",
            data=data,
            asked=asked,
            sentence=words.sentence(total, spelled(asked.period)),
            stretches=words.stretches(total),
            waiting=words.waiting_plot(total),
            weeks=words.week_plots(data["weeks"], policy.goals),
            levels=words.level_plots(data["levels"], policy.levels),
            goals=policy.goals,
            clocks=words.CLOCKS,
            week_rows=[(words.week_name(one), one) for one in data["weeks"]],
            level_rows=[(words.level_title(one["level"]), one) for one in data["levels"]],
            f=figures,
        )

    def _clients(self, data: dict[str, Any], asked: Asked) -> str:
        worst = sorted(data["clients"], key=_lateness)
        shown = worst[:MOST_CLIENTS]
        clients = {(one["portal"], one["company_id"]) for one in shown if one["company_id"] is not None}
        return render_template(
            "compliance_clients.html",
            clients=shown,
            more=len(worst) - len(shown),
            names=self._names.of(clients),
            several=len(self._context.freshdesk) > 1,
            asked=asked,
            clocks=words.CLOCKS,
            f=figures,
        )


def _lateness(one: dict[str, Any]) -> tuple[int, int]:
    """Return the key by which clients are sorted: the most broken promises, then the most tickets."""
    return -(one["response"]["missed"] + one["resolution"]["missed"]), -one["tickets"]


def _file(text: str, asked: Asked, ending: str, kind: str) -> Response:
    name = f"cumplimiento-{asked.period.first}-{asked.period.last}.{ending}"
    return Response(
        text,
        content_type=f"{kind}; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )
