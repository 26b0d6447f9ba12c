"""Which open tickets are there, and which falls due first?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.level import Level
from bot.domain.ticket import TicketKey
from bot.engine.brakes import brake_state
from bot.engine.context import Context
from bot.engine.glimpse import Glimpses
from bot.store.journal_rows import OpenTicket
from bot.web.board_filters import NOBODY, Filters
from bot.web.board_rows import WAITS, BoardRow, board_row
from bot.web.layout import is_part
from bot.web.login import Guard
from bot.web.standing import STATES, Standing, standing

PAGE_SIZE = 50
MOST_HEADLINES = 15  # asked for at once

Placed = tuple[OpenTicket, Standing]


@dataclass(frozen=True, slots=True)
class Counts:
    """Hold how many tickets of each level there are and how many of those are late, and all by state."""

    levels: Counter[str]
    late: Counter[str]
    states: Counter[str]


class BoardPages:
    """Show every open ticket by the time it has left; nothing here writes to Freshdesk."""

    def __init__(self, portals: Collection[str], context: Context, glimpses: Glimpses) -> None:
        self._portals = portals
        self._context = context
        self._glimpses = glimpses

    def blueprint(self, guard: Guard) -> Blueprint:
        """Return the pages, each behind `guard`."""
        routes = Blueprint("board", __name__, url_prefix="/ops")
        routes.before_request(guard)
        routes.add_url_rule("", view_func=self.home, endpoint="home")
        routes.add_url_rule("/", view_func=self.show)
        routes.add_url_rule("/asuntos", view_func=self.headlines)
        return routes

    def home(self) -> ResponseReturnValue:
        """Send the bare address to the board."""
        return redirect(url_for("board.show"), 301)

    def show(self) -> ResponseReturnValue:
        """Show a page of the board, or only the part of it that changes."""
        filters = Filters.from_query(request.args)
        known = self._placed()
        admitted = [one for one in known if filters.admit(*one)]
        chosen = [one for one in admitted if filters.level in {"", one[0].level}]
        chosen.sort(key=lambda one: one[1].urgency)
        start = (filters.page - 1) * PAGE_SIZE
        rows = self._rows(chosen[start : start + PAGE_SIZE])
        keys = [TicketKey(row.portal, row.ticket_id) for row in rows]
        agents = self._agents(known)
        return render_template(
            "board_part.html" if is_part() else "board.html",
            rows=rows,
            keys=keys,
            headlines=self._glimpses.known(keys),
            agents=agents,
            titles=self._titles(rows),
            total=len(chosen),
            pages=-(-len(chosen) // PAGE_SIZE),
            filters=filters,
            counts=_counts(admitted),
            is_bare=not known,
            choices=self._choices(agents),
            levels=list(Level),
            failing=list(self._context.failures.all()),
            brakes=brake_state(self._context),
        )

    def headlines(self) -> ResponseReturnValue:
        """Answer what some tickets are called, as far as Freshdesk tells now: {"acelera:1": {…}}."""
        asked = list(self._asked())
        found = self._glimpses.look(asked)
        for portal in {key.portal for key in asked}:
            self._glimpses.look_at_agents(portal)  # for the next refresh
        return {
            str(key): {"subject": one.subject, "client": one.company or one.requester or ""}
            for key, one in found.items()
        }

    def _asked(self) -> Iterable[TicketKey]:
        for text in request.args.getlist("t")[:MOST_HEADLINES]:
            try:
                key = TicketKey.parse(text)
            except ValueError:
                continue
            if key.portal in self._portals:
                yield key

    def _placed(self) -> list[Placed]:
        now = int(self._context.now().timestamp())
        known = self._context.journal.open_tickets()
        return [(one, standing(one, now)) for one in known if one.key.portal in self._portals]

    def _rows(self, placed: Iterable[Placed]) -> list[BoardRow]:
        now = self._context.now()
        return [board_row(ticket, how, now, self._zone(ticket.key.portal)) for ticket, how in placed]

    def _zone(self, portal: str) -> ZoneInfo:
        return self._context.rulebook.policy.zone(portal)

    def _titles(self, rows: Iterable[BoardRow]) -> dict[str | None, str]:
        policy = self._context.rulebook.policy
        return {row.decided_by: policy.rule_title(row.decided_by) for row in rows if row.decided_by}

    def _agents(self, known: Iterable[Placed]) -> dict[int, str]:
        """Return the agents of open tickets with the names that Freshdesk tells, by name."""
        working = {ticket.key.portal: set[int]() for ticket, _ in known}
        for ticket, _ in known:
            if ticket.agent is not None:
                working[ticket.key.portal].add(ticket.agent)
        named: dict[int, str] = {}
        for portal, numbers in working.items():
            names = self._glimpses.known_agents(portal)
            named |= {number: names.get(number, f"Agente {number}") for number in numbers}
        return dict(sorted(named.items(), key=lambda pair: pair[1].casefold()))

    def _choices(self, agents: dict[int, str]) -> dict[str, dict[str, str]]:
        """Return what may be filtered by: label to name in the address, with its values."""
        portals = {portal: portal for portal in self._portals} if len(self._portals) > 1 else {}
        return {
            "estado": STATES,
            "espera": WAITS,
            "agente": {NOBODY: "Sin agente", **{str(number): name for number, name in agents.items()}},
            "portal": portals,
        }


def _counts(placed: Iterable[Placed]) -> Counts:
    found = [(ticket.level, how.state) for ticket, how in placed]
    return Counts(
        levels=Counter(level for level, _ in found),
        late=Counter(level for level, state in found if state == "breached"),
        states=Counter(state for _, state in found),
    )
