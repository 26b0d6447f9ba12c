"""What did a check of the set-up find, and can it be mended from here?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """Say how a check came out."""

    GOOD = "ok"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Fix:
    """Hold one change that mends a finding: what it writes and where, and how."""

    title: str
    apply: Callable[[], object] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """Hold one check: what was looked at, how it came out, and how to mend it."""

    subject: str
    verdict: Verdict
    text: str
    fix: Fix | None = None


def good(subject: str, text: str) -> Finding:
    """Return a finding that all is well."""
    return Finding(subject, Verdict.GOOD, text)


def warn(subject: str, text: str, fix: Fix | None = None) -> Finding:
    """Return a finding that somebody should know of."""
    return Finding(subject, Verdict.WARNING, text, fix)


def bad(subject: str, text: str, fix: Fix | None = None) -> Finding:
    """Return a finding that must be mended."""
    return Finding(subject, Verdict.BAD, text, fix)
