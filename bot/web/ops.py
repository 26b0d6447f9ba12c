"""What do the ops pages show, and which ticket do people want looked at now?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.level import Level
from bot.domain.ticket import TicketKey
from bot.engine.brakes import brake_state, resume
from bot.engine.context import Context
from bot.engine.quarantine import retry
from bot.settings import PortalSettings
from bot.web.wording import STATES, Moment, Sheet, moment, sheet

PAGE_SIZE = 50
# Filters and order look at the newest entries only; an older ticket is found by its number.
NEWEST = 1000
CHUNK = 250


@dataclass(frozen=True, slots=True)
class Filters:
    """Hold what the visitor chose to see; empty means all."""

    level: str = ""
    state: str = ""
    portal: str = ""
    page: int = 1

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Filters:
        """Read the address's query; what makes no sense is taken as not given."""
        page = query.get("pagina", "1")
        return cls(
            level=query.get("nivel", ""),
            state=query.get("estado", ""),
            portal=query.get("portal", ""),
            page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
        )

    def admit(self, one: Sheet) -> bool:
        """Tell whether a ticket is among those chosen."""
        pairs = ((self.level, one.level), (self.state, one.state), (self.portal, one.portal))
        return all(chosen in {"", actual} for chosen, actual in pairs)

    def query(self, page: int) -> dict[str, str | int]:
        """Return the query of another page of the same choice."""
        chosen = {"nivel": self.level, "estado": self.state, "portal": self.portal}
        return {"pagina": page, **{name: value for name, value in chosen.items() if value}}


class Pages:
    """Show the journal, let people ring a ticket or stop all writing; nothing here calls Freshdesk."""

    def __init__(self, portals: Mapping[str, PortalSettings], context: Context) -> None:
        self._portals = portals
        self._context = context

    def blueprint(self, guard: Callable[[], ResponseReturnValue | None]) -> Blueprint:
        """Return the pages, each behind `guard`."""
        routes = Blueprint("ops", __name__, url_prefix="/ops")
        routes.before_request(guard)
        one = "/tickets/<portal>/<int:ticket_id>"
        routes.add_url_rule("", view_func=self.home, endpoint="home")
        routes.add_url_rule("/", view_func=self.tickets)
        routes.add_url_rule("/ir", view_func=self.go)
        routes.add_url_rule("/escritura/detener", view_func=self.stop, methods=["POST"])
        routes.add_url_rule("/escritura/reanudar", view_func=self.resume, methods=["POST"])
        routes.add_url_rule(one, view_func=self.ticket)
        routes.add_url_rule(f"{one}/recalcular", view_func=self.ring, methods=["POST"])
        return routes

    def home(self) -> ResponseReturnValue:
        """Send the bare address to the table."""
        return redirect(url_for("ops.tickets"), 301)

    def tickets(self) -> ResponseReturnValue:
        """Show a page of the table, what falls due first on top."""
        filters = Filters.from_query(request.args)
        chosen = sorted(filter(filters.admit, self._newest()), key=lambda one: one.urgency)
        start = (filters.page - 1) * PAGE_SIZE
        return render_template(
            "tickets.html",
            sheets=chosen[start : start + PAGE_SIZE],
            total=len(chosen),
            newest=NEWEST,
            filters=filters,
            pages=-(-len(chosen) // PAGE_SIZE),
            levels=list(Level),
            states=STATES,
            portals=self._portals,
            failing=list(self._context.failures.all()),
            brakes=brake_state(self._context),
        )

    def go(self) -> ResponseReturnValue:
        """Send a visitor who typed a ticket's number to its page."""
        number = request.args.get("numero", "").strip().lstrip("#")
        portal = request.args.get("portal", "")
        if portal not in self._portals or not number.isascii() or not number.isdigit() or len(number) > 19:
            flash("Escriba el número del ticket, solo con cifras.")
            return redirect(url_for("ops.tickets"), 303)
        return redirect(url_for("ops.ticket", portal=portal, ticket_id=int(number)), 303)

    def ticket(self, portal: str, ticket_id: int) -> ResponseReturnValue:
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
        return redirect(url_for("ops.ticket", portal=portal, ticket_id=ticket_id), 303)

    def stop(self) -> ResponseReturnValue:
        """Stop all writing to Freshdesk, everywhere."""
        self._context.brakes.stop(self._context.now())
        flash("Escritura detenida: el bot no escribe nada en Freshdesk hasta que alguien la reanude.")
        return redirect(url_for("ops.tickets"), 303)

    def resume(self) -> ResponseReturnValue:
        """Let writing go on."""
        waited = resume(self._context)
        flash(f"La escritura continúa; tickets que esperaban y se miran ahora: {waited}.")
        return redirect(url_for("ops.tickets"), 303)

    def _key(self, portal: str, ticket_id: int) -> TicketKey:
        if portal not in self._portals:
            abort(404)
        return TicketKey(portal, ticket_id)

    def _newest(self) -> Iterable[Sheet]:
        for start in range(0, NEWEST, CHUNK):
            yield from map(sheet, self._context.journal.latest(CHUNK, start))

    def _next_look(self, key: TicketKey, entry: Mapping[str, object]) -> Moment:
        """Return when the ticket's alarm rings, in the zone its entry is written in."""
        at = self._context.wakeups.at(key)
        if at is not None and at <= self._context.now():
            return Moment("ahora mismo", at.isoformat())
        written = moment(entry.get("updated_at")).iso
        return moment(at, datetime.fromisoformat(written).tzinfo if written else None)
