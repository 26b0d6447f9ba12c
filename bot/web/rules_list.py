"""Which rules are there, who answers for them, and how well do they do?"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from bot.domain.level import Level
from bot.engine.rule_usage import Usage, usage
from bot.policy.corrections import RuleRecord
from bot.policy.folding import fold_text
from bot.policy.rule_cards import Card, cards_of, last_changes
from bot.policy.rules import Rule, State
from bot.policy.statuses import DEFAULT_PORTAL
from bot.settings import Settings
from bot.store.rule_versions import Publication
from bot.web.login import Guard
from bot.web.rules_desk import RuleDesk
from bot.web.times import UNKNOWN, Moment, moment

LOOKED_BACK = 20  # publications, for the last change of a rule
KEPT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one rule as the list shows it."""

    rule: Rule
    card: Card
    matched: int
    decided: int
    record: RuleRecord | None
    changed_at: Moment
    changed_by: Publication | None

    @property
    def level(self) -> str:
        """Return the level it gives, or nothing."""
        return self.rule.nivel.value if self.rule.nivel else ""

    @property
    def emoji(self) -> str:
        """Return the light of its level."""
        return self.rule.nivel.emoji if self.rule.nivel else ""


def most_used(row: Row) -> tuple[int, ...]:
    """Return a sorting key: what matched most comes first, the more severe before the less."""
    return -row.matched, -(row.rule.nivel.rank if row.rule.nivel else -1)


def least_right(row: Row) -> tuple[float, ...]:
    """Return a sorting key: what people correct most often comes first, as far as the numbers are sure."""
    return (row.record.high, -row.record.corrected) if row.record else (2.0, -row.decided)


def by_place(row: Row) -> tuple[str, int]:
    """Return a sorting key: as the rules stand in their files."""
    return row.card.file, row.card.line


ORDERS: Mapping[str, Callable[[Row], Any]] = {
    "más usadas": most_used,
    "menos acierto": least_right,
    "por archivo": by_place,
}


@dataclass(frozen=True, slots=True)
class Choice:
    """Hold what the visitor chose to see; empty means all."""

    words: str = ""
    owner: str = ""
    state: str = ""
    level: str = ""
    file: str = ""
    order: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Choice:
        """Read the address's query."""
        names = ("busca", "dueno", "estado", "nivel", "archivo", "orden")
        return cls(*(query.get(name, "").strip()[:200] for name in names))

    def admits(self, rule: Rule, card: Card) -> bool:
        """Tell whether a rule is among those chosen; words are looked for in its whole card."""
        pairs = (
            (self.owner, rule.dueno),
            (self.state, rule.estado.value),
            (self.level, rule.nivel.value if rule.nivel else "sin-nivel"),
            (self.file, card.file),
        )
        words = fold_text(self.words).split()
        text = fold_text(card.text) if words else ""
        return all(not chosen or chosen == actual for chosen, actual in pairs) and all(
            word in text for word in words
        )

    def __bool__(self) -> bool:
        return any((self.words, self.owner, self.state, self.level, self.file))


class RuleListPages:
    """Show the rules in force; what is slow to count is kept a minute."""

    def __init__(self, desk: RuleDesk, settings: Settings) -> None:
        self._desk = desk
        self._watched = settings.watched_rules
        self._counting = threading.Lock()
        self._usage: tuple[float, Usage] | None = None
        self._changes: tuple[object, dict[str, Publication]] | None = None

    def blueprint(self, guard: Guard) -> Blueprint:
        """Return the pages, each behind `guard`."""
        routes = Blueprint("rules", __name__, url_prefix="/ops/reglas")
        routes.before_request(guard)
        routes.add_url_rule("/", view_func=self.show)
        return routes

    def show(self) -> ResponseReturnValue:
        """Show the list."""
        choice = Choice.from_query(request.args)
        live, found = self._desk.live, self.usage()
        rules, cards = live.policy.rules, cards_of(live.files)
        draft = self._desk.draft()
        return render_template(
            "rules.html",
            rows=sorted(self._rows(choice, rules, cards, found), key=ORDERS.get(choice.order, most_used)),
            orders=ORDERS,
            total=len(rules),
            usage=found,
            since=moment(found.since, live.policy.zone(DEFAULT_PORTAL)) if found.since else UNKNOWN,
            choice=choice,
            owners=sorted({rule.dueno for rule in rules}),
            states=list(State),
            levels=list(Level),
            files=sorted({card.file for card in cards.values()}),
            version=live.policy.version,
            latest=next(iter(self._desk.versions.history()), None),
            refusals=self._desk.versions.refusals(),
            unusable=self._desk.context.rulebook.unusable,
            draft=draft,
            overtaken=self._desk.is_overtaken(draft),
            watched=self._watched,
        )

    def usage(self) -> Usage:
        """Return how the rules do, at most a minute old."""
        with self._counting:
            if self._usage is None or time.monotonic() > self._usage[0]:
                self._usage = time.monotonic() + KEPT_SECONDS, usage(self._desk.context)
            return self._usage[1]

    def _rows(
        self, choice: Choice, rules: tuple[Rule, ...], cards: Mapping[str, Card], found: Usage
    ) -> Iterator[Row]:
        changes, zone = self._last_changes(), self._desk.live.policy.zone(DEFAULT_PORTAL)
        for rule in rules:
            card = cards.get(rule.id, Card("", 1, ""))
            if choice.admits(rule, card):
                by = changes.get(rule.id)
                at: datetime | None = by.at if by else None
                yield Row(
                    rule,
                    card,
                    found.matched[rule.id],
                    found.decided[rule.id],
                    found.records.get(rule.id),
                    moment(at, zone) if at else UNKNOWN,
                    by,
                )

    def _last_changes(self) -> dict[str, Publication]:
        history = self._desk.versions.history()[: LOOKED_BACK + 1]
        newest = history[0] if history else None
        if self._changes is None or self._changes[0] != newest:
            self._changes = newest, last_changes(self._desk.live.files, self._earlier(history))
        return self._changes[1]

    def _earlier(self, history: list[Publication]) -> Iterator[tuple[Publication, Mapping[str, bytes]]]:
        for brought, before in pairwise(history):
            files = self._desk.versions.files(before.version)
            if files is not None:
                yield brought, files
