"""How is one action carried out so that it happens once, and what is remembered of it?"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from bot.domain.actions import Action, AddNote, Forward, Notify, OnceOnly, Reply, SetFields
from bot.domain.plan import Plan
from bot.domain.record import Record, Written
from bot.domain.ticket import Ticket, TicketKey
from bot.engine.brakes import permit
from bot.engine.context import Context
from bot.engine.quarantine import LeaseLost
from bot.freshdesk.errors import FreshdeskError, PermanentError
from bot.hooks import Outcome
from bot.policy.fields import as_text, whole_second
from bot.policy.hooks import MOST_CALLS
from bot.policy.marks import reference
from bot.telemetry import log

DATES = ("fr_due_by", "due_by")
Check = Callable[[], None]
# Settling is counted from the moment an effect was written down: what is sent later than this after it would
# have less time to appear.
BRISK = timedelta(seconds=5)


def crash_point(name: str) -> None:
    """Die here without any clean-up, or stand still until SIGCONT; for fault tests only.

    `CRASH_AT` or `FREEZE_AT` name the point.
    """
    if os.environ.get("CRASH_AT") == name:
        os._exit(137)
    if os.environ.get("FREEZE_AT") == name:
        os.kill(os.getpid(), signal.SIGSTOP)


def execute(ctx: Context, record: Record, plan: Plan, action: Action, still_ours: Check) -> None:
    """Carry out one action; raises HeldBack and the errors of Freshdesk, with the ledger left true.

    `still_ours` is asked last thing before sending: it raises when another worker may have the ticket by now.
    """
    permit(ctx, plan.key.portal, action)
    match action:
        case SetFields():
            _set_fields(ctx, plan, action, still_ours)
        case AddNote() | Reply() | Forward():
            _send_once(ctx, plan.key, record, action, still_ours)
        case Notify():
            _notify(ctx, plan.key, record, action, still_ours)
        case _:
            assert_never(action)


def _set_fields(ctx: Context, plan: Plan, action: SetFields, still_ours: Check) -> None:
    writes = {name: written for name, written in plan.writes.items() if name in action.changes()}
    ctx.ledger.write_fields(plan.key, writes)
    crash_point("before_fields")
    still_ours()
    updated, refused = _update_as_far_as_accepted(ctx, plan, action)
    crash_point("after_fields")
    ctx.ledger.write_fields(plan.key, {n: _outcome(n, w, updated, refused) for n, w in writes.items()})


def _update_as_far_as_accepted(ctx: Context, plan: Plan, action: SetFields) -> tuple[Ticket, frozenset[str]]:
    """Send the changes, leaving out step by step what Freshdesk refuses by name.

    Freshdesk's rules on dates are partly unknown. The response date goes first, then both; an account that
    takes no date alone gets the true response limit beside it, and never one made up to please it.
    """
    refused: frozenset[str] = frozenset()
    api, number = ctx.freshdesk[plan.key.portal], plan.key.ticket_id
    while True:
        try:
            return api.update_ticket(number, action), refused
        except PermanentError as error:
            limit = _response_limit(plan, action, error) if "fr_due_by" not in refused else None
            drop = frozenset() if limit is not None else _to_leave_out(action, error)
            if limit is None and not drop:
                raise
            refused |= drop
            action = replace(action, **({"fr_due_by": limit} if limit else dict.fromkeys(drop)))
        if not action.changes():
            return api.get_ticket(number), refused
        permit(ctx, plan.key.portal, action)


def _response_limit(plan: Plan, action: SetFields, error: PermanentError) -> datetime | None:
    """Return the response date an account asks for beside the resolution date sent alone."""
    alone = action.due_by is not None and action.fr_due_by is None
    if not alone or error.status != 400 or not error.names("fr_due_by") or plan.response.limit is None:
        return None
    return whole_second(plan.response.limit)


def _to_leave_out(action: SetFields, error: PermanentError) -> frozenset[str]:
    sent = action.changes()
    if error.status != 400:
        return frozenset()
    if error.names(*DATES):
        return frozenset({"fr_due_by"} if set(DATES) <= set(sent) else set(DATES) & set(sent))
    wire = {"custom_field": (action.custom_field or ("",))[0]}  # Freshdesk names the custom field itself
    named = frozenset(name for name in sent if error.names(name, wire.get(name, name)))
    # An account may ask for other fields before it closes a ticket: then the status is what has to wait.
    return named or frozenset({"status"} & sent.keys())


def _outcome(name: str, written: Written, updated: Ticket, refused: frozenset[str]) -> Written:
    if name in refused:
        return replace(written, refused=True)
    if name not in DATES or _shows(updated, name, written):
        return replace(written, sure=_shows(updated, name, written))
    # Taken with 200 and not kept: Freshdesk may have reckoned its own after a new priority, which a second
    # try mends, or may never change it again after the first response, which none does.
    return replace(written, rewrites=written.rewrites + 1, refused=written.rewrites >= 1)


def _shows(updated: Ticket, name: str, written: Written) -> bool:
    if name == "tags":
        wished = written.value if isinstance(written.value, tuple) else ()
        return all(updated.has_tag(tag) for tag in wished)
    if name == "custom_field" and isinstance(written.value, tuple):
        field, text = written.value
        return str(updated.custom_fields.get(field) or "") == text
    current = getattr(updated, name)
    return (as_text(current) if name in DATES else current) == written.value


def _send_once(ctx: Context, key: TicketKey, record: Record, action: OnceOnly, still_ours: Check) -> None:
    """Write the intent down, send, confirm; an effect whose fate is unknown stays open for the read-back."""
    earlier = record.effects.get(action.key)
    attempts, opened = earlier.attempts + 1 if earlier else 1, ctx.now()
    ctx.ledger.open_effect(key, action.key, opened, attempts)
    kind = type(action).__name__.lower()
    crash_point(f"before_{kind}")
    still_ours()
    if ctx.now() - opened > BRISK:
        raise LeaseLost(str(key))
    try:
        _send(ctx, key, action)
    except FreshdeskError as error:
        if error.sure_no_effect:
            ctx.ledger.withdraw_effect(key, action.key, opened, attempts)
        else:
            ctx.ledger.open_effect(key, action.key, ctx.now(), attempts)  # it may appear from now on
        raise
    crash_point(f"after_{kind}")
    ctx.ledger.settle_effect(key, action.key, ctx.now(), attempts)
    crash_point(f"settled_{kind}")


def _send(ctx: Context, key: TicketKey, action: OnceOnly) -> None:
    api = ctx.freshdesk[key.portal]
    match action:
        case AddNote():
            api.add_note(key.ticket_id, action.html, private=True, notify=action.notify)
        case Reply():
            api.reply(key.ticket_id, action.html)
        case Forward():
            api.forward(key.ticket_id, action.html, action.to)
        case _:
            assert_never(action)


def _notify(ctx: Context, key: TicketKey, record: Record, action: Notify, still_ours: Check) -> None:
    """Call a webhook once; what did not get through stays open for a later call, and raises nothing."""
    earlier = record.effects.get(action.key)
    attempts = earlier.attempts + 1 if earlier else 1
    ctx.ledger.open_effect(key, action.key, ctx.now(), attempts)
    crash_point("before_notify")
    still_ours()
    outcome = ctx.hooks.call(action.hook, reference(key, action.key), action.body, ctx.now())
    crash_point("after_notify")
    if outcome is Outcome.DELIVERED:
        ctx.ledger.settle_effect(key, action.key, ctx.now(), attempts)
    elif outcome is Outcome.REFUSED or attempts >= MOST_CALLS:
        ctx.ledger.open_effect(key, action.key, ctx.now(), MOST_CALLS)
        log.error("hook given up", ticket=str(key), hook=action.hook, attempts=attempts)
