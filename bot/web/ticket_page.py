"""What do we know of one ticket, and how do people have it looked at now?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.ticket import TicketKey
from bot.engine.context import Context
from bot.engine.look import Looks
from bot.engine.quarantine import retry
from bot.freshdesk.errors import FreshdeskError
from bot.policy.verdict import TicketField
from bot.settings import PortalSettings
from bot.web.layout import is_part
from bot.web.login import Guard
from bot.web.marked_text import LONGEST, marked, stopped
from bot.web.ticket_told import told
from bot.web.times import Moment, moment
from bot.web.wording import freshdesk_trouble, sheet

_ONE = "/tickets/<portal>/<int:ticket_id>"


class TicketPages:
    """Show one ticket, what it says now and what would be done to it; nothing here writes to Freshdesk."""

    def __init__(self, portals: Mapping[str, PortalSettings], context: Context) -> None:
        self._portals = portals
        self._context = context
        self._looks = Looks(context)

    def blueprint(self, guard: Guard) -> Blueprint:
        """Return the pages, each behind `guard`."""
        routes = Blueprint("tickets", __name__, url_prefix="/ops")
        routes.before_request(guard)
        routes.add_url_rule("/ir", view_func=self.go)
        routes.add_url_rule(_ONE, view_func=self.show)
        routes.add_url_rule(f"{_ONE}/texto", view_func=self.words)
        routes.add_url_rule(f"{_ONE}/que-pasaria", view_func=self.what_if, methods=["POST"])
        routes.add_url_rule(f"{_ONE}/recalcular", view_func=self.ring, methods=["POST"])
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
        return self._page(key, entry), 200 if entry else 404

    def words(self, portal: str, ticket_id: int) -> ResponseReturnValue:
        """Show the ticket's own text, read from Freshdesk now, with the words that the rules read."""
        key = self._key(portal, ticket_id)
        try:
            found = self._looks.words_of(key)
        except FreshdeskError as error:
            return self._words(key, trouble=freshdesk_trouble(error))
        policy, verdict = self._context.rulebook.policy, found.verdict
        return self._words(
            key,
            subject=marked(found.ticket.subject, TicketField.SUBJECT, verdict, policy),
            body=marked(found.ticket.body, TicketField.BODY, verdict, policy),
            is_cut=len(found.ticket.body) > LONGEST,
            level=verdict.level,
            stopped=stopped(found.near_misses),
        )

    def what_if(self, portal: str, ticket_id: int) -> ResponseReturnValue:
        """Show what a look would do now, from Freshdesk's own words, without doing it."""
        key = self._key(portal, ticket_id)
        try:
            outcome = self._looks.what_if(key)
        except FreshdeskError as error:
            flash(freshdesk_trouble(error), "bad")
            return redirect(url_for("tickets.show", portal=portal, ticket_id=ticket_id), 303)
        return self._page(key, self._context.journal.read(key), outcome=sheet(outcome))

    def ring(self, portal: str, ticket_id: int) -> ResponseReturnValue:
        """Have a ticket looked at now."""
        retry(self._context, self._key(portal, ticket_id))
        flash("Pedido anotado: el bot mirará este ticket en unos segundos.")
        return redirect(url_for("tickets.show", portal=portal, ticket_id=ticket_id), 303)

    def _page(self, key: TicketKey, entry: Mapping[str, Any] | None, **extra: object) -> str:
        return render_template(
            "ticket.html",
            key=key,
            sheet=sheet(entry) if entry else None,
            told=told(self._context, key, entry) if entry else None,
            next_look=self._next_look(key),
            link=f"{self._portals[key.portal].url}/a/tickets/{key.ticket_id}",
            failure=self._context.failures.read(key),
            **extra,
        )

    def _words(self, key: TicketKey, **found: object) -> str:
        name = "ticket_words.html" if is_part() else "ticket_words_page.html"
        return render_template(name, key=key, **found)

    def _key(self, portal: str, ticket_id: int) -> TicketKey:
        if portal not in self._portals:
            abort(404)
        return TicketKey(portal, ticket_id)

    def _next_look(self, key: TicketKey) -> Moment:
        """Return when the ticket's alarm rings, in its portal's zone."""
        at, now = self._context.wakeups.at(key), self._context.now()
        if at is not None and at <= now:
            return Moment("ahora mismo", at.isoformat())
        return moment(at, self._context.rulebook.policy.zone(key.portal), now)
