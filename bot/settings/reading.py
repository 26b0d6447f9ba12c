"""What does the environment say, and is all of it usable?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.settings.addresses import is_host, is_loopback, is_origin, parts_of
from bot.settings.hooks import read_hooks
from bot.settings.model import Settings
from bot.settings.ops_users import read_users
from bot.settings.portals import read_portals
from bot.settings.reader import Reader, SettingsError

REDIS_SCHEMES = {"redis", "rediss", "unix"}


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the environment; SettingsError with every problem when any value is missing or bad."""
    reader = Reader(environ)
    settings = Settings(
        portals=read_portals(reader),
        redis_url=_redis_url(reader),
        rules_dir=Path(reader.text("RULES_DIR") or "rules"),
        rules_watch=reader.flag("RULES_WATCH"),
        host=_host(reader),
        port=reader.whole("PORT", 8000, 1, 65535),
        public_url=_public_url(reader),
        web_threads=reader.whole("WEB_THREADS", 8, 1, 256),
        web_workers=reader.whole("WEB_WORKERS", 1, 1, 64),
        ops_password=reader.secret("OPS_PASSWORD"),
        ops_users=_ops_users(reader),
        secret_key=reader.secret("SECRET_KEY"),
        effect_settle_seconds=reader.number("EFFECT_SETTLE_SECONDS", 60, 0, 3600),
        sweep_seconds=reader.number("SWEEP_SECONDS", 300, 1, 86400),
        companies_seconds=reader.number("COMPANIES_SECONDS", 1800, 1, 86400),
        coalesce_seconds=reader.number("COALESCE_SECONDS", 2, 0, 300),
        lease_seconds=reader.number("LEASE_SECONDS", 20, 1, 600),
        urgent_within_seconds=reader.number("URGENT_WITHIN_SECONDS", 1800, 0, 86400),
        quarantine_after=reader.whole("QUARANTINE_AFTER", 8, 1, 1000),
        stop_file=Path(reader.text("STOP_FILE") or "var/STOP"),
        writes_per_hour=reader.whole("WRITES_PER_HOUR", 5000, 1, 1_000_000),
        hooks=read_hooks(environ, reader.secret, reader.problems),
        dry_run=reader.flag("DRY_RUN"),
        sentry_dsn=reader.text("SENTRY_DSN"),
        log_level=reader.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
        log_format=reader.choice("LOG_FORMAT", "json", ("json", "console")),
        retention_days=reader.whole("RETENTION_DAYS", 90, 1, 3650),
        api_share=reader.number("API_SHARE", 0.6, 0.05, 1),
        outcome_retention_days=reader.whole("OUTCOME_RETENTION_DAYS", 180, 1, 3650),
    )
    if not settings.rules_dir.is_dir():
        reader.problems.append(f"RULES_DIR: there is no folder {settings.rules_dir}")
    if reader.problems:
        raise SettingsError(reader.problems)
    return settings


def _ops_users(reader: Reader) -> dict[str, str]:
    path = reader.text("OPS_USERS_FILE")
    text = None if path is None else reader.secret_file("OPS_USERS_FILE", Path(path))
    return {} if text is None else read_users(text, reader.problems)


def redis_url_of(environ: Mapping[str, str]) -> str | None:
    """Return where Redis is named to be, by the variable or by its file; None when nowhere."""
    return Reader(environ).secret("REDIS_URL")


def _redis_url(reader: Reader) -> str | None:
    url = reader.secret("REDIS_URL")  # it may hold a password
    parts = None if url is None else parts_of(url)
    if url is not None and (parts is None or parts.scheme not in REDIS_SCHEMES):
        reader.problems.append("REDIS_URL: expected redis://, rediss:// or unix://")
    return url


def _host(reader: Reader) -> str:
    """Read where the web listens: an address of this machine, an IPv6 one in brackets or not, or a name."""
    host = reader.text("HOST") or "127.0.0.1"
    if not is_host(host):
        reader.problems.append(f"HOST: expected an address such as 127.0.0.1 or 0.0.0.0, got {host!r}")
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _public_url(reader: Reader) -> str | None:
    """Read how the internet reaches us: https and a host, no path; plain http only for this machine."""
    url = reader.text("PUBLIC_URL")
    if url is not None and not (is_origin(url) and (url.startswith("https://") or is_loopback(url))):
        reader.problems.append("PUBLIC_URL: expected https://host and nothing more")
    return None if url is None else url.rstrip("/")
