"""What is worked out before a job is forked off, because the child's work is lost with it?"""

from __future__ import annotations

from bot.engine.context import Context


def bring_up_to_date(ctx: Context) -> None:
    """Take up the rules in force, compiled, and make the accounts' clients; next to nothing when known."""
    ctx.rulebook.look(at_once=True)
    ctx.rulebook.policy.prepare(ctx.now())
    for portal in ctx.freshdesk:
        _ = ctx.freshdesk[portal]
