"""How does a command get its settings and parts?"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import click
from dotenv import load_dotenv

from bot.engine.context import Context
from bot.settings import PORTAL_VARIABLE, Settings, SettingsError, read_settings, redis_url_of
from bot.store.rulebook import RulesRefused
from bot.wiring import build_briefly

DATA_FOLDER = Path("var")


def no_redis(error: Exception) -> str:
    """Say that Redis does not answer and how to mend it; its address without user and password."""
    parts = urlsplit(redis_url_of(os.environ) or "")
    place = parts.path if parts.scheme == "unix" else f"{parts.hostname}:{parts.port or 6379}"
    return (
        f"Redis does not answer at {place} ({type(error).__name__}). "
        "Is it running, and does REDIS_URL name it? `semaforo run` brings its own."
    )


def settings_or_exit() -> Settings:
    """Read `.env` and the environment; print every problem and exit with 2 when something is wrong."""
    load_dotenv(Path(".env"))
    if not (os.environ.get("REDIS_URL") or os.environ.get("REDIS_URL_FILE")):
        os.environ.update(_running_here())
    try:
        return read_settings(os.environ)
    except SettingsError as error:
        lines = "\n".join(f"  - {problem}" for problem in error.problems)
        click.echo(f"The environment is not usable:\n{lines}", err=True)
        raise SystemExit(2) from None


def _running_here() -> dict[str, str]:
    """Return how to reach what `semaforo run` keeps up in this folder; portals only when none are named."""
    # Only where no Redis is named: never in production.
    from bot.local.run import running_environment
    from bot.local.store_server import connect_existing

    if any(PORTAL_VARIABLE.fullmatch(name) for name in os.environ):
        url = connect_existing(DATA_FOLDER)
        return {} if url is None else {"REDIS_URL": url}
    return running_environment(DATA_FOLDER)


def context_or_exit(build: Callable[[Settings], Context] = build_briefly) -> Context:
    """Build the parts a command works with, by default for one that does not wait for Redis to come back."""
    settings = settings_or_exit()
    if settings.redis_url is None:
        click.echo(
            "REDIS_URL is not set and no embedded store is running here; start one with: semaforo run",
            err=True,
        )
        raise SystemExit(2)
    try:
        return build(settings)
    except RulesRefused as refused:
        lines = "\n".join(f"  - {problem}" for problem in refused.problems)
        click.echo(
            f"No rules are published and those in {settings.rules_dir} cannot be used:\n{lines}", err=True
        )
        raise SystemExit(2) from None
