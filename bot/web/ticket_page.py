"""What do we know of one ticket, and how do people have it looked at now?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.ticket import TicketKey
from bot.engine.context import Context
from bot.engine.quarantine import retry
from bot.settings import PortalSettings
from bot.web.login import Guard
from bot.web.times import Moment, moment
from bot.web.wording import sheet


class TicketPages:
    """Show one ticket from the journal and ring it; nothing here writes to Freshdesk."""

    def __init__(self, portals: Mapping[str, PortalSettings], context: Context) -> None:
        self._portals = portals
        self._context = context

    def blueprint(self, guard: Guard) -> Blueprint:
        """Return the pages, each behind `guard`."""
        routes = Blueprint("tickets", __name__, url_prefix="/ops")
        routes.before_request(guard)
        one = "/tickets/<portal>/<int:ticket_id>"
        routes.add_url_rule("/ir", view_func=self.go)
        routes.add_url_rule(one, view_func=self.show)
        routes.add_url_rule(f"{one}/recalcular", view_func=self.ring, methods=["POST"])
        return routes

    def go(self) -> ResponseReturnValue:
        """Send a visitor who typed a ticket's number to its page."""
        number = request.args.get("numero", "").strip().lstrip("#")
        portal = request.args.get("portal", "")
        if portal not in self._portals or not number.isascii() or not number.isdigit() or len(number) > 19:
            flash("Escriba el número del ticket, solo con cifras.", "bad")
            return redirect(url_for("board.show"), 303)
        return redirect(url_for("tickets.show", portal=portal, ticket_id=int(number)), 303)

    def show(self, portal: str, ticket_id: int) -> ResponseReturnValue:
        """Show one ticket with its reasons; 404, with the same button, when the bot has not seen it."""
        key = self._key(portal, ticket_id)
        entry = self._context.journal.read(key)
        page = render_template(
            "ticket.html",
            key=key,
            sheet=sheet(entry) if entry else None,
            next_look=self._next_look(key, entry or {}),
            link=f"{self._portals[portal].url}/a/tickets/{ticket_id}",
            failure=self._context.failures.read(key),
        )
        return page, 200 if entry else 404

    def ring(self, portal: str, ticket_id: int) -> ResponseReturnValue:
        """Have a ticket looked at now."""
        retry(self._context, self._key(portal, ticket_id))
        flash("Pedido anotado: el bot mirará este ticket en unos segundos.")
        return redirect(url_for("tickets.show", portal=portal, ticket_id=ticket_id), 303)

    def _key(self, portal: str, ticket_id: int) -> TicketKey:
        if portal not in self._portals:
            abort(404)
        return TicketKey(portal, ticket_id)

    def _next_look(self, key: TicketKey, entry: Mapping[str, object]) -> Moment:
        """Return when the ticket's alarm rings, in the zone its entry is written in."""
        at = self._context.wakeups.at(key)
        if at is not None and at <= self._context.now():
            return Moment("ahora mismo", at.isoformat())
        written = moment(entry.get("updated_at")).iso
        return moment(at, datetime.fromisoformat(written).tzinfo if written else None)
