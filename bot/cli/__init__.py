"""The commands of `semaforo`, one file a subject.

Lives here: reading arguments, calling one function below, printing. May not live here: anything a page or a
job would need too.
"""

from __future__ import annotations

import click

from bot.cli import (
    backtest,
    brakes,
    corrections,
    decisions,
    doctor,
    export,
    forms,
    processes,
    rulebook,
    rules,
    tickets,
)
from bot.telemetry import set_up_logging


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="semaforo")
def main() -> None:
    """Keep a support desk's four-level response promise on Freshdesk."""
    set_up_logging("WARNING", "console", "cli")  # the processes that stay choose their own


for module in (
    *(processes, rules, rulebook, decisions, tickets, brakes),
    *(doctor, backtest, corrections, export, forms),
):
    for command in module.COMMANDS:
        main.add_command(command)
