"""What did the rules say about one ticket, and on which words?"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.domain.level import Level


class TicketField(StrEnum):
    """Name the two texts of a ticket that rules read, as rule files write them."""

    SUBJECT = "asunto"
    BODY = "cuerpo"

    @property
    def key(self) -> str:
        """Return the name of the text in `classify`'s input lines."""
        return "subject" if self is TicketField.SUBJECT else "body"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Hold the words that made a rule match.

    `start` and `end` count characters of the field as given, or of `markup.plain(body)` when the body came as
    HTML; `text` is that slice, `phrase` what the rule file looks for. `words` are the matched words alone:
    those of the customer's own that lie in a gap are left out.
    """

    rule: str
    field: TicketField
    text: str
    start: int
    end: int
    phrase: str
    words: str = dataclasses.field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Hold the level of a ticket with its reasons.

    `rules` are the active rules that matched, most severe first, then in the order of their words; `shadow`
    those that would have matched, were they active. `decided_by` is None when no rule gave a level.
    """

    level: Level
    decided_by: str | None = None
    rules: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    flags: tuple[str, ...] = ()
    shadow: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """Return the verdict as `semaforo classify` prints it, without the ticket's id."""
    return {
        "level": verdict.level.value,
        "decided_by": verdict.decided_by,
        "rules": list(verdict.rules),
        "evidence": [
            {"rule": e.rule, "field": e.field.key, "text": e.text, "start": e.start, "end": e.end}
            for e in verdict.evidence
        ],
        "flags": list(verdict.flags),
        "tags": list(verdict.tags),
        "shadow": list(verdict.shadow),
    }
