"""What is worked out before a job is forked off, because the child's work is lost with it?"""

from __future__ import annotations

from bot.engine.context import Context


def bring_up_to_date(ctx: Context) -> None:
    """Take up the rules in force and work out their calendars; next to nothing when both are known."""
    ctx.rulebook.look(at_once=True)
    for portal in ctx.freshdesk:
        ctx.rulebook.policy.calendar(portal).prepare(ctx.now())
