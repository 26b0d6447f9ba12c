"""How does the service stand, and how do people hold it, let it go on, and retry what failed?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.ticket import TicketKey
from bot.engine.brakes import brake_state, resume
from bot.engine.context import Context
from bot.engine.doctor import limit_findings, portal_findings, process_findings
from bot.engine.findings import Finding
from bot.engine.gate import Turn, taking
from bot.engine.quarantine import retry
from bot.policy.statuses import DEFAULT_PORTAL
from bot.store.budget import Priority
from bot.store.wakeups import Lane
from bot.web import figures
from bot.web import system_view as view
from bot.web.audit import without_act
from bot.web.login import Guard
from bot.web.system_alerts import alerts

MOST_FAILURES, MOST_ACTS = 50, 50


class SystemPages:
    """Show the whole service; its forms only hold, resume and ring."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def blueprint(self, guard: Guard) -> Blueprint:
        """Return the pages, each behind `guard`."""
        routes = Blueprint("system", __name__, url_prefix="/ops/sistema")
        routes.before_request(guard)
        routes.add_url_rule("", view_func=self.show)
        routes.add_url_rule("/detener", view_func=self.stop, methods=["POST"])
        routes.add_url_rule("/reanudar", view_func=self.resume, methods=["POST"])
        routes.add_url_rule("/diagnostico", view_func=_back, endpoint="examined")
        routes.add_url_rule("/diagnostico", view_func=self.examine, methods=["POST"])
        routes.add_url_rule("/reintentar", view_func=self.retry_all, methods=["POST"])
        one = "/reintentar/<portal>/<int:ticket_id>"
        routes.add_url_rule(one, view_func=self.retry, methods=["POST"])
        return routes

    def show(self) -> ResponseReturnValue:
        """Show how everything stands now."""
        return self._page()

    def examine(self) -> ResponseReturnValue:
        """Look at the accounts as `semaforo doctor` does: reads only, a few requests a portal."""
        return self._page(list(self._findings()))

    def stop(self) -> ResponseReturnValue:
        """Stop all writing to Freshdesk, everywhere, once the visitor confirmed it."""
        if request.form.get("confirmo") != "si":
            without_act()
            flash("No se detuvo nada: marque la casilla para confirmar.", "bad")
        else:
            self._context.brakes.stop(self._context.now())
            flash("Escritura detenida: el bot no escribe nada en Freshdesk hasta que alguien la reanude.")
        return _back()

    def resume(self) -> ResponseReturnValue:
        """Let writing go on and put new fuses in."""
        waiting = figures.counted(resume(self._context), "ticket esperaba", "tickets esperaban")
        flash(f"La escritura continúa; {waiting} y se miran ahora.")
        return _back()

    def retry(self, portal: str, ticket_id: int) -> ResponseReturnValue:
        """Have one failing ticket tried again."""
        if portal not in self._context.freshdesk:
            abort(404)
        retry(self._context, TicketKey(portal, ticket_id))
        flash(f"Pedido anotado: el bot mirará el ticket {portal} #{ticket_id} en unos segundos.")
        return _back()

    def retry_all(self) -> ResponseReturnValue:
        """Have every failing ticket tried again."""
        keys = [failure.key for failure in self._context.failures.all()]
        for key in keys:
            retry(self._context, key)
        if not keys:
            without_act()
        flash(f"Pedido anotado: se miran otra vez {figures.counted(len(keys), 'ticket', 'tickets')}.")
        return _back()

    def _page(self, findings: list[Finding] | None = None) -> str:
        shown = self._state()
        return render_template("system.html", **shown, alerts=alerts(shown), findings=findings, f=figures)

    def _state(self) -> dict[str, Any]:
        ctx, now = self._context, self._context.now()
        zone = ctx.rulebook.policy.zone(DEFAULT_PORTAL)
        rules = view.rules_facts(ctx, zone, now)
        overdue, oldest = ctx.wakeups.overdue(now)
        server, failing = ctx.server.state(), list(ctx.failures.all())
        return {
            "kinds": view.kind_rows(ctx.processes.seen(now), str(rules["version"]), zone, now),
            "rules": rules,
            "overdue": overdue,
            "oldest": view.waited(oldest),
            "oldest_late": oldest > 60,
            "lines": {lane.value: ctx.queue.length(lane) for lane in Lane},
            "portals": list(view.portal_rows(ctx, zone, now)),
            "server": server,
            "checks": view.server_checks(server),
            "brakes": brake_state(ctx),
            "failures": view.failure_rows(failing, zone, now)[:MOST_FAILURES],
            "failing": len(failing),
            "acts": view.act_rows(ctx.audit.latest(MOST_ACTS), zone, now),
        }

    def _findings(self) -> Iterator[Finding]:
        # By hand, as the command: such a look goes through an open breaker and closes it if it is answered.
        with taking(Turn(Priority.BY_HAND)):
            yield from process_findings(self._context)
            for portal in self._context.freshdesk:
                yield from portal_findings(self._context, portal)
                yield from limit_findings(self._context, portal)


def _back() -> ResponseReturnValue:
    return redirect(url_for("system.show"), 303)
