"""Which words of a ticket's text did the rules read, and what stopped others?

The text is the customer's: it goes out in pieces that the template escapes one by one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.policy.model import Policy
from bot.policy.ruling import Finding
from bot.policy.verdict import Evidence, TicketField, Verdict

LONGEST = 6000  # characters; a longer mail is read in Freshdesk


@dataclass(frozen=True, slots=True)
class Piece:
    """Hold a piece of text: plain (`kind` empty), `deciding`, or `other` for words of rules that lost."""

    text: str
    kind: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Stopped:
    """Hold a rule that nearly matched: its words, and what took their weight away."""

    rule: str
    title: str
    level: str
    words: tuple[str, ...]
    by: tuple[str, ...]


def marked(text: str, field: TicketField, verdict: Verdict, policy: Policy) -> list[Piece]:
    """Cut a text at the words that rules read; of two rules on the same words the deciding one counts."""
    spans = [e for e in verdict.evidence if e.field is field and 0 <= e.start < e.end <= len(text)]
    pieces, at, end = list[Piece](), 0, min(len(text), LONGEST)
    for one in _deciding_first(spans, verdict.decided_by):
        if at <= one.start and one.end <= end:
            pieces.append(Piece(text[at : one.start]))
            kind = "deciding" if one.rule == verdict.decided_by else "other"
            pieces.append(Piece(text[one.start : one.end], kind, policy.rule_title(one.rule)))
            at = one.end
    return [piece for piece in (*pieces, Piece(text[at:end])) if piece.text]


def stopped(near: Iterable[Finding]) -> list[Stopped]:
    """Return the rules that nearly matched, in words, the most severe first."""
    return [
        Stopped(
            rule=one.rule.id,
            title=one.rule.titulo,
            level=one.rule.nivel.value if one.rule.nivel else "",
            words=tuple(dict.fromkeys(e.text for e in one.evidence)),
            by=tuple(dict.fromkeys(one.struck_by)),
        )
        for one in sorted(near, key=lambda one: -(one.rule.nivel.rank if one.rule.nivel else -1))
    ]


def _deciding_first(spans: list[Evidence], decided_by: str | None) -> list[Evidence]:
    """Drop the spans that overlap one of the deciding rule, and return the rest in order."""
    deciding = [one for one in spans if one.rule == decided_by]
    others = [
        one
        for one in spans
        if one.rule != decided_by and all(one.end <= d.start or one.start >= d.end for d in deciding)
    ]
    return sorted((*deciding, *others), key=lambda one: (one.start, -one.end))
