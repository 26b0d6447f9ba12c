"""The commands of `semaforo`, one file a subject.

Lives here: reading arguments, calling one function below, printing. May not live here: anything a page or a
job would need too.
"""

from __future__ import annotations

import click
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from bot.cli import (
    backtest,
    brakes,
    corrections,
    decisions,
    doctor,
    export,
    forget,
    forms,
    ops_users,
    processes,
    report,
    rulebook,
    rules,
    tickets,
)
from bot.cli.environment import no_redis
from bot.telemetry import set_up_logging


class _Commands(click.Group):
    """Say in one sentence that Redis does not answer, whatever command needed it."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (RedisConnectionError, RedisTimeoutError) as error:
            raise click.ClickException(no_redis(error)) from None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="semaforo")
def main() -> None:
    """Keep a support desk's four-level response promise on Freshdesk."""
    set_up_logging("WARNING", "console", "cli")  # the processes that stay choose their own


for module in (
    *(processes, rules, rulebook, decisions, tickets, brakes),
    *(doctor, backtest, corrections, export, forget, forms, report, ops_users),
):
    for command in module.COMMANDS:
        main.add_command(command)
