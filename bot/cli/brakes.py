"""Commands that stop all writing to Freshdesk, and let it go on."""

from __future__ import annotations

import click

from bot.cli.environment import context_or_exit
from bot.engine import brakes
from bot.engine.brakes import BrakeState


@click.command()
def stop() -> None:
    """Write nothing to Freshdesk until `resume`, on every machine; tickets are still looked at."""
    context = context_or_exit()
    context.brakes.stop(context.now())
    click.echo("writing is stopped; what waits is done after: semaforo resume")


@click.command()
def resume() -> None:
    """Let writing go on, and put new fuses in."""
    context = context_or_exit()
    waited = brakes.resume(context)
    click.echo(f"writing goes on; {waited} tickets waited and will be looked at now")


def brake_lines(state: BrakeState) -> list[str]:
    """Return, a line each, which brakes are on; none when writing goes on as usual."""
    lines = [
        f"{fuse.portal}: the fuse blew at {fuse.writes} writes in an hour; notes and replies wait until "
        f"{fuse.ends_at.isoformat(timespec='seconds')}, or: semaforo resume"
        for fuse in state.blown
    ]
    if state.stop is not None:
        how = "by the file STOP_FILE names" if state.stop.by_file else "by a person"
        lines.insert(0, f"writing is stopped {how}; to go on: semaforo resume")
    return [*lines, f"{state.held} tickets wait for it"] if lines else []


COMMANDS = (stop, resume)
