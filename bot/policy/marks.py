"""Which of the bot's own effects does the ticket itself prove?

Every note and reply of the bot ends in a short visible reference made from its effect key. Freshdesk's
sanitiser strips comments and hidden spans, so the reference has to be readable text.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from datetime import datetime

from bot.domain.level import Level
from bot.domain.record import EffectState, Record
from bot.domain.ticket import Message, Ticket, TicketKey

REFERENCE = re.compile(r"SMF-[A-Z2-7]{10}(?![A-Z2-7])")
_TAIL = 60  # characters at the end of a message's own words where its reference stands
_ANNOUNCED = "nivel:"
_NOT_AN_ANSWER = {6, 8}  # survey feedback and forwards to third parties are no answer to the requester


def reference(key: TicketKey, effect: str) -> str:
    """Return the reference that marks one effect on one ticket."""
    digest = hashlib.sha256(f"{key}|{effect}".encode()).digest()
    return "SMF-" + base64.b32encode(digest)[:10].decode()


def is_bots(message: Message, bot_agent: int | None) -> bool:
    """Tell whether the bot wrote a message: outgoing, by its agent where known, ending in a reference."""
    by_bot = bot_agent is None or message.user_id is None or message.user_id == bot_agent
    return not message.incoming and by_bot and REFERENCE.search(_ending(message)) is not None


def _ending(message: Message) -> str:
    """Return the end of a message without what it quotes: a person's answer often ends in the bot's words."""
    return "\n".join(line for line in message.text.splitlines() if not line.startswith(">"))[-_TAIL:]


def references_found(messages: Iterable[Message], bot_agent: int | None) -> dict[str, Message]:
    """Return the bot's messages by their reference."""
    found: dict[str, Message] = {}
    for message in messages:
        if is_bots(message, bot_agent):
            found.setdefault(REFERENCE.findall(_ending(message))[-1], message)
    return found


def first_answer(messages: Iterable[Message], bot_agent: int | None) -> Message | None:
    """Return the first public message by a person of the desk.

    Freshdesk's own `first_responded_at` is not used: it counts the bot's acknowledgement.
    """
    for message in messages:
        public = not message.incoming and not message.private and message.source not in _NOT_AN_ANSWER
        if public and not is_bots(message, bot_agent):
            return message
    return None


class Marks:
    """Answer whether an effect is done, from the ledger or, failing that, from the ticket."""

    def __init__(self, ticket: Ticket, record: Record, bot_agent: int | None) -> None:
        self._key = ticket.key
        self._effects = record.effects
        self._found = references_found(ticket.messages, bot_agent)
        self._messages: dict[str, Message | None] = {}

    def message(self, effect: str) -> Message | None:
        """Return the bot's message that carries an effect's reference."""
        if not self._found:
            return None
        if effect not in self._messages:
            self._messages[effect] = self._found.get(reference(self._key, effect))
        return self._messages[effect]

    def is_done(self, effect: str) -> bool:
        """Tell whether an effect is surely done."""
        known = self._effects.get(effect)
        return (known is not None and known.state is EffectState.DONE) or self.message(effect) is not None

    def done_at(self, effect: str) -> datetime | None:
        """Return when an effect was done, by Freshdesk's own clock where the ticket shows it."""
        message, known = self.message(effect), self._effects.get(effect)
        if message is not None:
            return message.created_at
        return known.at if known is not None and known.state is EffectState.DONE else None

    def public_messages(self) -> tuple[Message, ...]:
        """Return the bot's messages to the client that the ticket shows, oldest first."""
        return tuple(message for message in self._found.values() if not message.private)

    def announcements(self) -> tuple[tuple[int, Level], ...]:
        """Return the levels announced in notes so far, as (number, level) in order."""
        found: list[tuple[int, Level]] = []
        while True:
            number = len(found)
            levels = [level for level in Level if self.is_done(announcement(number, level))]
            if not levels:
                return tuple(found)
            found.append((number, levels[0]))


def announcement(number: int, level: Level) -> str:
    """Name the effect of the note that announces a ticket's level, the first or a changed one."""
    return f"{_ANNOUNCED}{number}:{level}"


def is_announcement(effect: str) -> bool:
    """Tell whether an effect is a note that announces a level."""
    return effect.startswith(_ANNOUNCED)
