"""How did a sample ticket end, and is that how it should have?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bs4 import BeautifulSoup

from bot.domain.level import Level
from bot.local.demo_tickets import Escalation, Expected

TOPIC = "tema-"
LEVEL_TAGS = {f"sla-{level.lower()}": level for level in Level}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Hold what a ticket's page in Freshdesk and its entry in the journal say."""

    ticket: Mapping[str, Any]
    journal: Mapping[str, Any]

    @property
    def tags(self) -> tuple[str, ...]:
        """Return the ticket's tags."""
        return tuple(self.ticket["tags"])

    @property
    def levels(self) -> list[Level]:
        """Return the levels whose tag the ticket carries; there should be one."""
        return [LEVEL_TAGS[tag] for tag in self.tags if tag in LEVEL_TAGS]

    @property
    def contract_tags(self) -> frozenset[str]:
        """Return the tags that name neither a level nor a topic."""
        return frozenset(tag for tag in self.tags if tag not in LEVEL_TAGS and not tag.startswith(TOPIC))

    @property
    def words(self) -> tuple[str, ...]:
        """Return the words that decided the level, as the classification note shows them in bold."""
        for note in self.notes:
            title, *words = [
                bold.get_text() for bold in BeautifulSoup(note, "html.parser").find_all("b")
            ] or [""]
            if any(level in title for level in self.levels):
                return tuple(words)
        return ()

    @property
    def notes(self) -> list[str]:
        """Return the bodies of the private notes and forwards; nobody but the bot writes any in the demo."""
        return [message["body"] for message in self._outgoing() if message["private"]]

    @property
    def replies(self) -> list[str]:
        """Return the bodies of the public answers."""
        return [message["body"] for message in self._outgoing() if not message["private"]]

    @property
    def escalation(self) -> Escalation:
        """Return the last step of the warning ladder that the ticket shows."""
        if not self._has_effect("escala:"):
            return ""
        return (
            "limite" if "sla-incumplido" in self.tags else "objetivo" if "sla-en-riesgo" in self.tags else ""
        )

    def due(self, clock: str) -> datetime | None:
        """Return the limit of a clock, `response` or `resolution`, in the portal's zone."""
        limit = self.journal.get("due", {}).get(clock, {}).get("limit")
        return None if limit is None else datetime.fromisoformat(limit)

    def clock(self, name: str) -> str:
        """Return the state of a clock, `response` or `resolution`, as the journal has it."""
        return str(self.journal.get("due", {}).get(name, {}).get("state", ""))

    def shows_due(self, clock: str) -> bool:
        """Tell whether Freshdesk shows the date that the journal promises."""
        shown = self.ticket[{"response": "fr_due_by", "resolution": "due_by"}[clock]]
        due = self.due(clock)
        if shown is None or due is None:
            return False
        # Freshdesk keeps whole seconds, and the journal may be written in fractions of one.
        return abs((datetime.fromisoformat(shown) - due).total_seconds()) <= 1

    def _outgoing(self) -> list[Mapping[str, Any]]:
        return [message for message in self.ticket["conversations"] if not message["incoming"]]

    def _has_effect(self, prefix: str) -> bool:
        effects: Sequence[Mapping[str, Any]] = self.journal.get("effects", ())
        return any(effect["key"].startswith(prefix) and effect["state"] == "done" for effect in effects)


def differences(expected: Expected, found: Outcome) -> list[str]:
    """Return in words every respect in which a ticket is not as expected."""
    if expected.level is None:
        return _touched(found)
    checks = (
        ("level", expected.level, " and ".join(found.levels) or "none"),
        ("private note", True, bool(found.notes)),
        ("replies", expected.replies, len(found.replies)),
        ("escalation", expected.escalation or "none", found.escalation or "none"),
        ("resolution date shown", expected.dates != "none", found.shows_due("resolution")),
    )
    wrong = [
        f"{name}: expected {_said(want)}, found {_said(got)}" for name, want, got in checks if want != got
    ]
    if expected.dates == "both" and not found.shows_due("response"):
        wrong.append("response date shown: expected yes, found no")
    missing = sorted(expected.tags - set(found.tags))
    if missing:
        wrong.append(f"tags missing: {', '.join(missing)}")
    if any(times > 1 for times in Counter(found.notes).values()):
        wrong.append("the same note stands there twice")
    return wrong


def _touched(found: Outcome) -> list[str]:
    signs = {"a level's tag": found.levels, "a private note": found.notes, "a reply": found.replies}
    return [f"expected to be left alone, found {sign}" for sign, seen in signs.items() if seen]


def _said(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
