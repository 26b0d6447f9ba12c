"""How is a report told to people: once, in a note on a ticket of theirs or by an outgoing webhook?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain.actions import AddNote
from bot.domain.ticket import TicketKey
from bot.engine.brakes import permit
from bot.engine.context import Context
from bot.engine.reconcile import bot_agent
from bot.hooks import Outcome
from bot.policy import texts
from bot.policy.marks import reference, references_found
from bot.policy.report_text import report_html, report_key, report_message


class NotTold(Exception):
    """The report did not reach anybody; the message says why."""


def send_report(ctx: Context, hook: str, data: Mapping[str, Any]) -> None:
    """Send a report by a webhook of the settings, under an id that stays; NotTold when it did not arrive."""
    if hook not in ctx.hooks.names:
        raise NotTold(f"the settings name no HOOK_{hook.upper()}_URL")
    outcome = ctx.hooks.call(hook, report_key(data), report_message(data), ctx.now())
    if outcome is not Outcome.DELIVERED:
        raise NotTold(f"the webhook {hook} did not take it; try again later")


def note_report(ctx: Context, key: TicketKey, data: Mapping[str, Any]) -> bool:
    """Put a report on a ticket as a private note; False when it stands there already.

    NotTold while the portal is dry; HeldBack and the errors of Freshdesk.
    """
    if not ctx.writes_allowed(key.portal):
        raise NotTold(f"{key.portal} is dry: nothing is written (DRY_RUN)")
    api, mark = ctx.freshdesk[key.portal], reference(key, report_key(data))
    if mark in references_found(api.list_messages(key.ticket_id), bot_agent(ctx, key.portal)):
        return False
    note = AddNote(report_key(data), texts.signed(report_html(data), mark))
    permit(ctx, key.portal, note)
    api.add_note(key.ticket_id, note.html, private=True)
    return True
