"""What do the rules in force and the visitor's draft make of this text, or of these tickets?

Tickets are read from Freshdesk when asked for, shown, and forgotten: no word of them is kept or logged.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue

from bot.domain.ticket import Ticket, TicketKey
from bot.engine.gate import Turn, taking
from bot.engine.rule_usage import usage
from bot.freshdesk.errors import FreshdeskError, NotFound, RateLimited
from bot.policy.corrections import FEWEST_TICKETS, words_of
from bot.policy.model import SOURCES
from bot.policy.side_by_side import Side, Trial, side
from bot.policy.statuses import DEFAULT_PORTAL
from bot.settings import Settings
from bot.store.budget import Priority
from bot.web.login import Guard
from bot.web.rules_desk import RuleDesk
from bot.web.times import moment

MOST_TICKETS = 10
MOST_UNDECIDED = 20
LONGEST_TEXT = 100_000
WORDS_SHOWN = 40
_NUMBER = re.compile(r"(?:([a-z][a-z0-9_]{0,30})\s*)?#?(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Bench:
    """Hold one text under both sets of rules; `draft` is None where there is no draft."""

    name: str
    key: TicketKey | None
    live: Side
    draft: Side | None


class RuleBenchPages:
    """Try rules on texts and tickets; nothing here writes anywhere."""

    def __init__(self, desk: RuleDesk, settings: Settings) -> None:
        self._desk = desk
        self._portals = settings.portals

    def blueprint(self, guard: Guard) -> Blueprint:
        """Return the pages, each behind `guard`."""
        routes = Blueprint("rules_bench", __name__, url_prefix="/ops/reglas")
        routes.before_request(guard)
        routes.add_url_rule("/banco", view_func=self.show)
        routes.add_url_rule("/banco", view_func=self.run, methods=["POST"])
        routes.add_url_rule("/sin-regla", view_func=self.undecided)
        routes.add_url_rule("/sin-regla", view_func=self.read_undecided, methods=["POST"])
        return routes

    def show(self) -> ResponseReturnValue:
        """Show the empty bench."""
        return self._page([])

    def run(self) -> ResponseReturnValue:
        """Try the text of the form, or the tickets it names."""
        live = self._desk.live.policy
        changed, problems = self._desk.policy(self._desk.files(self._desk.draft()))
        draft = None if changed is live else changed
        if problems:
            flash(f"Su borrador aún no se puede probar: {problems[0]}", "bad")
        named = request.form.get("tickets", "").strip()
        trials = self._tickets(named) if named else self._text()
        tried = [
            Bench(name, key, side(live, one), side(draft, one) if draft else None)
            for name, key, one in trials
        ]
        return self._page(tried)

    def undecided(self) -> ResponseReturnValue:
        """List the tickets that no rule knows."""
        return self._undecided_page([])

    def read_undecided(self) -> ResponseReturnValue:
        """Read the newest of them and show which words recur, none that is personal by its shape."""
        counted: Counter[str] = Counter()
        keys = usage(self._desk.context).unknown[:MOST_UNDECIDED]
        tickets = list(self._read(keys))
        for ticket in tickets:
            counted.update(words_of(ticket.subject, ticket.body, ticket.requester_email))
        words = [(word, n) for word, n in counted.most_common(WORDS_SHOWN) if n >= FEWEST_TICKETS]
        if tickets and not words:
            flash("Se leyeron los tickets, y ninguna palabra se repite en dos de ellos.")
        return self._undecided_page(words, len(tickets))

    def _undecided_page(self, words: list[tuple[str, int]], read: int = 0) -> str:
        found = usage(self._desk.context)
        return render_template(
            "rules_undecided.html",
            keys=found.unknown[:200],
            total=len(found.unknown),
            looked_at=found.looked_at,
            words=words,
            read=read,
            most=MOST_UNDECIDED,
        )

    def _page(self, tried: list[Bench]) -> str:
        return render_template(
            "rules_bench.html",
            tried=tried,
            has_draft=bool(self._desk.draft().files),
            portals=self._portals,
            sources=sorted(set(SOURCES.values())),
            form=request.form,
            moment=moment,
            most=MOST_TICKETS,
        )

    def _text(self) -> list[tuple[str, TicketKey | None, Trial]]:
        subject = request.form.get("asunto", "")[:1000]
        body = request.form.get("cuerpo", "")[:LONGEST_TEXT].replace("\r\n", "\n")
        if not (subject.strip() or body.strip()):
            flash("Escriba un asunto o un texto, o el número de un ticket.", "bad")
            return []
        portal = request.form.get("portal", "")
        return [
            (
                "Texto pegado",
                None,
                Trial(
                    subject,
                    body,
                    self._desk.context.now(),
                    portal if portal in self._portals else DEFAULT_PORTAL,
                    source=request.form.get("fuente") or None,
                ),
            )
        ]

    def _tickets(self, named: str) -> list[tuple[str, TicketKey | None, Trial]]:
        keys = list(self._keys(named))
        if len(keys) > MOST_TICKETS:
            flash(f"Se leen {MOST_TICKETS} tickets por vez; se tomaron los primeros.", "bad")
        read = self._read(keys[:MOST_TICKETS])
        return [(str(ticket.key), ticket.key, _trial(ticket)) for ticket in read]

    def _keys(self, named: str) -> Iterator[TicketKey]:
        """Yield the tickets a line names: `123, 124` of the form's portal, or `acelera 123`."""
        portal = request.form.get("portal", "")
        for own, number in _NUMBER.findall(named):
            chosen = own or portal or next(iter(self._portals))
            if chosen in self._portals:
                yield TicketKey(chosen, int(number))

    def _read(self, keys: list[TicketKey]) -> Iterator[Ticket]:
        """Yield tickets at low priority, until Freshdesk or our own budget asks to wait."""
        with taking(Turn(Priority.BACKGROUND)):
            for key in keys:
                api = self._desk.context.freshdesk.get(key.portal)
                if api is None:
                    continue
                try:
                    yield api.get_ticket(key.ticket_id)
                except NotFound:
                    flash(f"{key}: en Freshdesk no hay un ticket con ese número.", "bad")
                except RateLimited:
                    flash("Freshdesk pide esperar: no se leyeron todos. Pruebe otra vez en un minuto.", "bad")
                    return
                except FreshdeskError as error:
                    reason = error.status or "sin respuesta"
                    flash(f"{key}: Freshdesk no lo dio ({reason}). Pruebe otra vez en un momento.", "bad")


def _trial(ticket: Ticket) -> Trial:
    return Trial(
        ticket.subject,
        ticket.body,
        ticket.created_at,
        ticket.key.portal,
        None if ticket.company_id is None else str(ticket.company_id),
        ticket.type,
        SOURCES.get(ticket.source),
    )
