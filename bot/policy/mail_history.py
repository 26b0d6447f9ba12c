"""Where in a mail does quoted history begin?"""

from __future__ import annotations

import re

from bot.policy.mail_lines import Line

_MARKER = re.compile(
    r"[-_*>\s]*(?:mensaje (?:original|reenviado|enviado)|original message|(?:begin )?forwarded message)"
    r"[-_*:\s]*"
)
FORWARD_MARKER = re.compile(r"[-_*>\s]*(?:mensaje reenviado|(?:begin )?forwarded message)")
_ATTRIBUTION_START = re.compile(r"(?:el|on) .{0,40}\d|.{0,80}<[^<>\s@]+@[^<>\s]+>|\d{4}-\d\d-\d\d ")
_ATTRIBUTION_END = re.compile(r"(?:(?:escribio|wrote|escreveu)\s*:|<[^<>\s@]+@[^<>\s]+>\s*:)\s*$")
_HEADER_FROM = re.compile(r"\*?(?:de|from)\s*:\*?\s*\S")
_HEADER_SENT = re.compile(r"\*?(?:enviado(?: el)?|sent|fecha|date|para|to)\s*:")
# The line that Outlook draws above history.
RULE = re.compile(r"(?:-{2,}|_{3,}|—+|={3,}|\*{3,})\s*")


def without_history(lines: list[Line]) -> list[Line]:
    """Return the lines that are not quoted, up to where history begins."""
    kept: list[Line] = []
    at = 0
    while at < len(lines):
        length = _header_length(lines, at)
        if length and not _is_quoted_next(lines, at + length):
            return _without_rule(kept)
        if length:
            at += length
            continue
        if not lines[at].raw.startswith(">"):
            kept.append(lines[at])
        at += 1
    return kept


def _without_rule(lines: list[Line]) -> list[Line]:
    """Drop the line that Outlook draws above history."""
    last = len(lines)
    while last and (lines[last - 1].is_blank or RULE.fullmatch(lines[last - 1].raw)):
        last -= 1
    return lines[:last]


def _header_length(lines: list[Line], at: int) -> int:
    """Return how many lines introduce quoted history here; 0 when none does."""
    folded = lines[at].folded
    if _MARKER.fullmatch(folded):
        return 1
    if _ATTRIBUTION_START.match(folded) and (length := _attribution_length(lines, at)):
        return length
    if _HEADER_FROM.match(folded):
        block = [line for line in lines[at + 1 : at + 6] if not line.is_blank][:3]
        return sum(bool(_HEADER_SENT.match(line.folded)) for line in block) >= 1 and len(block)
    return 0


def _attribution_length(lines: list[Line], at: int) -> int:
    for length in (1, 2, 3):
        part = lines[at : at + length]
        if part and _ATTRIBUTION_END.search(part[-1].folded[-200:]):
            return length
    return 0


def _is_quoted_next(lines: list[Line], at: int) -> bool:
    following = next((line for line in lines[at:] if not line.is_blank), None)
    return following is not None and following.raw.startswith(">")
