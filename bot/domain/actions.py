"""What may the product do to a ticket?

Two kinds: convergent (`SetFields`: safe to repeat) and once-only (the others: each carries an effect
key, and the ledger sees to it that one key is one effect). `Notify` leaves for elsewhere: nothing on the
ticket shows whether it arrived, so it may come twice under one id, and never holds anything up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SetFields:
    """Set ticket fields; None leaves a field alone, `tags` is the whole new set.

    `custom_field` is the name of one custom field and its new text.
    """

    priority: int | None = None
    status: int | None = None
    group_id: int | None = None
    responder_id: int | None = None
    tags: tuple[str, ...] | None = None
    fr_due_by: datetime | None = None
    due_by: datetime | None = None
    custom_field: tuple[str, str] | None = None

    def changes(self) -> dict[str, int | tuple[str, ...] | datetime]:
        """Return only the fields that are to change, by their Freshdesk names."""
        named = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True)
class AddNote:
    """Add a private note in HTML and mail it to the agents in `notify`."""

    key: str
    html: str
    notify: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer the requester in public with HTML; it leaves as an e-mail and cannot be taken back."""

    key: str
    html: str


@dataclass(frozen=True, slots=True)
class Forward:
    """Forward the ticket with an HTML covering text to mailboxes named in the rules."""

    key: str
    html: str
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notify:
    """Call one of the outgoing webhooks that the settings name; `body` is JSON with ids and times only."""

    key: str
    hook: str
    body: str


Action = SetFields | AddNote | Reply | Forward | Notify
OnceOnly = AddNote | Reply | Forward
