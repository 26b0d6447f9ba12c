"""What does the journal say of one ticket, in JSON?"""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from bot.domain.ticket import TicketKey
from bot.engine.context import Context
from bot.web.login import Guard
from bot.web.sessions import API


class TicketApi:
    """Serve journal entries to other programs."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def blueprint(self, guard: Guard) -> Blueprint:
        """Return the routes, each behind `guard`."""
        routes = Blueprint("api", __name__, url_prefix=API.rstrip("/"))
        routes.before_request(guard)
        routes.add_url_rule("/tickets/<portal>/<int:ticket_id>", view_func=self.ticket)
        return routes

    def ticket(self, portal: str, ticket_id: int) -> ResponseReturnValue:
        """Answer the entry exactly as the journal holds it."""
        entry = self._context.journal.read(TicketKey(portal, ticket_id))
        if entry is None:
            abort(404, "this ticket is not in the journal")
        return entry
