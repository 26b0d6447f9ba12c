"""The commands of `semaforo`, one file a subject.

Lives here: reading arguments, calling one function below, printing. May not live here: anything a page or a
job would need too.
"""

from __future__ import annotations

from importlib import import_module
from typing import cast

import click
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from bot.telemetry import set_up_logging

# Which module holds which commands. A command loads its own alone: a worker needs no tables and no demo.
MODULES = {
    "init": ("init",),
    "live": ("live",),
    "processes": ("web", "worker", "clock", "simulator", "demo", "run"),
    "rules": ("check", "classify"),
    "rulebook": ("rules",),
    "decisions": ("due", "explain"),
    "tickets": ("reconcile", "sweep", "failures"),
    "brakes": ("stop", "resume"),
    "doctor": ("doctor",),
    "backfill": ("backfill",),
    "backtest": ("backtest",),
    "corrections": ("corrections",),
    "export": ("tickets",),
    "forget": ("forget",),
    "forms": ("formas",),
    "report": ("report",),
    "ops_users": ("ops-user",),
}


class _Commands(click.Group):
    """Find commands in their modules; say in one sentence that Redis does not answer, whichever needed it."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return sorted(name for names in MODULES.values() for name in names)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = next((module for module, names in MODULES.items() if cmd_name in names), None)
        if module is None:
            return None
        commands = import_module(f"bot.cli.{module}").COMMANDS
        return cast(click.Command, next(command for command in commands if command.name == cmd_name))

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (RedisConnectionError, RedisTimeoutError) as error:
            from bot.cli.environment import no_redis  # --help and --version go without settings

            raise click.ClickException(no_redis(error)) from None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="semaforo")
def main() -> None:
    """Keep a support desk's four-level response promise on Freshdesk."""
    set_up_logging("WARNING", "console", "cli")  # the processes that stay choose their own
