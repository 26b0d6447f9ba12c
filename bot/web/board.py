"""Which open tickets are there, and which falls due first?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.level import Level
from bot.engine.brakes import brake_state
from bot.engine.context import Context
from bot.settings import PortalSettings
from bot.web.login import Guard
from bot.web.wording import STATES, Sheet, sheet

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


class BoardPages:
    """Show the journal as a table; nothing here writes to Freshdesk."""

    def __init__(self, portals: Mapping[str, PortalSettings], context: Context) -> None:
        self._portals = portals
        self._context = context

    def blueprint(self, guard: Guard) -> Blueprint:
        """Return the pages, each behind `guard`."""
        routes = Blueprint("board", __name__, url_prefix="/ops")
        routes.before_request(guard)
        routes.add_url_rule("", view_func=self.home, endpoint="home")
        routes.add_url_rule("/", view_func=self.show)
        return routes

    def home(self) -> ResponseReturnValue:
        """Send the bare address to the table."""
        return redirect(url_for("board.show"), 301)

    def show(self) -> ResponseReturnValue:
        """Show a page of the table, what falls due first on top."""
        filters = Filters.from_query(request.args)
        chosen = sorted(filter(filters.admit, self._newest()), key=lambda one: one.urgency)
        start = (filters.page - 1) * PAGE_SIZE
        return render_template(
            "board.html",
            sheets=chosen[start : start + PAGE_SIZE],
            total=len(chosen),
            newest=NEWEST,
            filters=filters,
            pages=-(-len(chosen) // PAGE_SIZE),
            levels=list(Level),
            states=STATES,
            failing=list(self._context.failures.all()),
            brakes=brake_state(self._context),
        )

    def _newest(self) -> Iterable[Sheet]:
        for start in range(0, NEWEST, CHUNK):
            yield from map(sheet, self._context.journal.latest(CHUNK, start))
