"""What is the whole policy, as one value?"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.ticket import Ticket
from bot.policy.approval import ApprovalSection
from bot.policy.billing import BillingSection
from bot.policy.calendar import Calendar
from bot.policy.calendar_section import CalendarSection
from bot.policy.compiled import Compiled
from bot.policy.escalation import EscalationSection
from bot.policy.fields import TAG_LONGEST
from bot.policy.levels import LevelsSection
from bot.policy.loader import load_sections, sections_of
from bot.policy.matching import Circumstances, Classifier
from bot.policy.notes import NotesSection
from bot.policy.payment_notice import PaymentNoticeSection
from bot.policy.problems import Problem
from bot.policy.replies import AcknowledgementSection, Language, LanguageTexts
from bot.policy.report_goals import ReportGoalsSection
from bot.policy.rules import Rule
from bot.policy.ruling import Finding
from bot.policy.scope import ScopeSection
from bot.policy.scorecard import NAME, ScorecardSection
from bot.policy.sections import NEEDED, Sections
from bot.policy.statuses import PortalsSection
from bot.policy.tags import TagsSection
from bot.policy.verdict import Verdict
from bot.policy.waiting import ReopeningSection

# How rule files name the ways a ticket comes in, by Freshdesk's number.
SOURCES = {
    1: "correo",
    2: "portal",
    3: "telefono",
    7: "chat",
    9: "formulario",
    10: "correo-saliente",
    13: "whatsapp",
}


@dataclass(frozen=True)
class Policy:
    """Hold every rule and figure in force; `version` is the hash of the files it came from."""

    version: str
    compiled: Compiled = field(repr=False)
    rules: tuple[Rule, ...] = field(repr=False)
    levels: LevelsSection
    calendars: CalendarSection
    portals: PortalsSection
    escalation: EscalationSection
    replies: AcknowledgementSection
    notes: NotesSection
    tags: TagsSection
    billing: BillingSection
    # Parts of the contract that an installation may leave out.
    approvals: ApprovalSection | None = None
    payment_notice: PaymentNoticeSection | None = None
    scope: ScopeSection | None = None
    reopening: ReopeningSection | None = None
    goals: ReportGoalsSection = field(default_factory=ReportGoalsSection)
    scorecard: ScorecardSection | None = None

    @property
    def classifier(self) -> Classifier:
        """Return what answers for texts; the first call takes the time to compile all rules."""
        return self.compiled.classifier

    def prepare(self, at: datetime) -> None:
        """Work out at once what a first ticket would: children forked for each ticket share it."""
        _ = self.classifier, self._cards, self.own_tags
        for name in self.calendars.names:
            self.calendars.calendar(name).prepare(at)

    def classify(self, ticket: Ticket) -> Verdict:
        """Return what the rules say about a ticket."""
        return self.classifier.classify(
            ticket.subject,
            ticket.body,
            portal=ticket.key.portal,
            company=None if ticket.company_id is None else str(ticket.company_id),
            type=ticket.type,
            source=SOURCES.get(ticket.source),
            on=ticket.created_at.astimezone(self.zone(ticket.key.portal)).date(),
        )

    def near_misses(self, ticket: Ticket) -> list[Finding]:
        """Return the rules whose words stand in a ticket and do not count, each with what stopped it."""
        company = None if ticket.company_id is None else str(ticket.company_id)
        about = Circumstances(ticket.key.portal, company, ticket.type, SOURCES.get(ticket.source))
        day = ticket.created_at.astimezone(self.zone(ticket.key.portal)).date()
        return self.classifier.near_misses(ticket.subject, ticket.body, about, day)

    def calendar(self, portal: str) -> Calendar:
        """Return the calendar of a portal."""
        return self.calendars.calendar(self.portals.of(portal).calendario)

    def notes_of(self, portal: str) -> NotesSection:
        """Return the texts of a portal's private notes."""
        return self.notes.worded_by(self.portals.of(portal).notas)

    def reply_texts(self, portal: str, language: Language) -> LanguageTexts:
        """Return the texts of a portal's acknowledgement in a language."""
        shared, own = self.replies.idiomas[language], self.portals.of(portal).respuestas.get(language)
        return shared if own is None else own.over(shared)

    def zone(self, portal: str) -> ZoneInfo:
        """Return the time zone of a portal."""
        return self.calendar(portal).zone

    @cached_property
    def state_tags(self) -> tuple[str, ...]:
        """Return the tags that mirror a ticket's level and clocks, which the bot puts on and takes off."""
        levels = self.levels.tags.values()
        return (*levels, self.tags.en_riesgo, self.tags.incumplido)

    @cached_property
    def own_tags(self) -> frozenset[str]:
        """Return, folded, every tag that the rules name; all others are the desk's and may name a client."""
        names, approvals = self.tags, self.approvals
        asked = () if approvals is None else approvals.tags
        topics = (tag for card in self.rules for tag in card.etiquetas)
        single = (names.sin_regla, names.suspendido, names.fabricante)
        named = (*self.state_tags, *single, *names.banderas.values(), *asked, *topics)
        return frozenset(tag[:TAG_LONGEST].casefold() for tag in named)

    def rule_flags(self, rule_id: str) -> tuple[str, ...]:
        """Return the flags a rule raises, none when the rule is gone."""
        card = self._cards.get(rule_id)
        return () if card is None else card.flags

    def rule_title(self, rule_id: str) -> str:
        """Return a rule's title, or its id when the rule is gone."""
        card = self._card(rule_id)
        return rule_id if card is None else card.titulo

    def rule_clause(self, rule_id: str | None) -> str:
        """Return the clause a rule cites, or nothing."""
        card = None if rule_id is None else self._card(rule_id)
        return "" if card is None else card.clausula or ""

    def _card(self, rule_id: str) -> Rule | ScorecardSection | None:
        if rule_id == NAME:
            return self.scorecard
        return self._cards.get(rule_id)

    @cached_property
    def _cards(self) -> dict[str, Rule]:
        return {card.id: card for card in self.rules}


def version_of(files: Mapping[str, bytes]) -> str:
    """Return the hash that names a set of rule files."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + hashlib.sha256(files[name]).digest())
    return digest.hexdigest()


def missing_sections(sections: Mapping[str, Any]) -> list[Problem]:
    """Return a problem for each section that a service needs and the folder lacks."""
    absent = [name for name in NEEDED if name not in sections]
    return [Problem(f"{name}.yaml", 1, f"falta la sección «{name}»") for name in absent]


def policy_of(sections: Sections, classifier: Classifier | None = None) -> Policy:
    """Build the policy from complete sections."""
    return Policy(
        version=version_of(sections.files),
        compiled=Compiled(sections, classifier),
        rules=sections["reglas"],
        levels=sections["niveles"],
        calendars=sections["calendario"],
        portals=sections["portales"],
        escalation=sections["escalamiento"],
        replies=sections["respuestas"],
        notes=sections["notas"],
        tags=sections["etiquetas"],
        billing=sections.get("morosidad") or BillingSection(),
        approvals=sections.get("aprobaciones"),
        payment_notice=sections.get("aviso_de_pago"),
        scope=sections.get("alcance"),
        reopening=sections.get("reapertura"),
        goals=sections.get("informe") or ReportGoalsSection(),
        scorecard=sections.get("balanza"),
    )


def load_policy(folder: Path) -> tuple[Policy | None, list[Problem]]:
    """Load a rules folder whole: the policy, or every problem with its file and line."""
    return _whole(*load_sections(folder))


def policy_from(files: Mapping[str, bytes]) -> tuple[Policy | None, list[Problem]]:
    """Load rule files whole, given by name and content."""
    return _whole(*sections_of(files))


def _whole(sections: Sections | None, problems: list[Problem]) -> tuple[Policy | None, list[Problem]]:
    if sections is None:
        return None, problems
    missing = missing_sections(sections)
    return (None, missing) if missing else (policy_of(sections), [])
