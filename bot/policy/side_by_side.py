"""How do two sets of rules read one text: which level, on which words, by when?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from bot.domain.level import Level
from bot.policy.due import due_clocks
from bot.policy.markup import plain
from bot.policy.model import Policy
from bot.policy.statuses import DEFAULT_PORTAL
from bot.policy.verdict import Evidence, TicketField, Verdict

LONGEST_SHOWN = 20_000


@dataclass(frozen=True, slots=True)
class Trial:
    """Hold what is tried: texts, circumstances, and the moment at which the ticket is issued."""

    subject: str
    body: str
    at: datetime
    portal: str = DEFAULT_PORTAL
    company: str | None = None
    type: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Hold a stretch of a text, with the rules whose words it is; none for the rest."""

    text: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """Hold what one set of rules makes of a text; limits in the portal's zone."""

    verdict: Verdict
    subject: tuple[Piece, ...]
    body: tuple[Piece, ...]
    response_limit: datetime
    resolution_limit: datetime

    @property
    def level(self) -> Level:
        """Return the level."""
        return self.verdict.level


def side(policy: Policy, trial: Trial) -> Side:
    """Return what a policy makes of a text."""
    calendar = policy.calendar(trial.portal)
    verdict = policy.classifier.classify(
        trial.subject,
        trial.body,
        portal=trial.portal,
        company=trial.company,
        type=trial.type,
        source=trial.source,
        on=calendar.local(trial.at).date(),
    )
    response, resolution = due_clocks(policy.levels.of(verdict.level), calendar, trial.at)
    found = verdict.evidence
    return Side(
        verdict,
        pieces(trial.subject, (one for one in found if one.field is TicketField.SUBJECT)),
        pieces(plain(trial.body), (one for one in found if one.field is TicketField.BODY)),
        calendar.local(response.limit),
        calendar.local(resolution.limit),
    )


def pieces(text: str, evidence: Iterable[Evidence]) -> tuple[Piece, ...]:
    """Cut a text where the evidence of one field begins and ends; put together the pieces are the text."""
    marks = [one for one in evidence if 0 <= one.start < one.end <= len(text)]
    shown = max([min(len(text), LONGEST_SHOWN), *(one.end for one in marks)])
    return tuple(_pieces(text[:shown], marks))


def _pieces(text: str, marks: list[Evidence]) -> Iterator[Piece]:
    cuts = sorted({0, len(text), *(one.start for one in marks), *(one.end for one in marks)})
    for start, end in pairwise(cuts):
        rules = dict.fromkeys(one.rule for one in marks if one.start <= start and end <= one.end)
        yield Piece(text[start:end], tuple(rules))
