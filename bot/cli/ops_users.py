"""The command that makes the line of a person for OPS_USERS_FILE."""

from __future__ import annotations

import click

from bot.settings.ops_users import SHORTEST, user_line


@click.command("ops-user")
@click.argument("name")
@click.password_option(help="Asked for when not given, which keeps it out of the shell's history.")
def ops_user(name: str, password: str) -> None:
    """Print the line that lets NAME into the ops pages; append it to the file of OPS_USERS_FILE."""
    if len(password) < SHORTEST:
        raise click.ClickException(f"the password has fewer than {SHORTEST} characters")
    try:
        click.echo(user_line(name, password))
    except ValueError as error:
        raise click.ClickException(str(error)) from None


COMMANDS = (ops_user,)
