"""What does the environment say, and is all of it usable?"""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from bot.domain.ticket import PORTAL_PATTERN
from bot.hook_settings import HookSettings, read_hooks
from bot.ops_users import read_users

DOMAIN_PATTERN = re.compile(r"[a-z0-9-]+\.freshdesk\.com")
PORTAL_VARIABLE = re.compile(r"PORTAL_([A-Z][A-Z0-9_]*?)_(DOMAIN|API_KEY|WEBHOOK_SECRET|URL)(_FILE)?")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
REDIS_SCHEMES = {"redis", "rediss", "unix"}
SECRET_SHORTEST = 16


class SettingsError(Exception):
    """Carry every problem of the environment, one a line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class PortalSettings:
    """Hold how to reach one Freshdesk account, and who may call us in its name."""

    portal: str
    domain: str
    url: str
    api_key: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(repr=False)
    is_stand_in: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """Hold the whole environment, checked; durations in seconds."""

    portals: Mapping[str, PortalSettings]
    redis_url: str | None = field(default=None, repr=False)
    rules_dir: Path = Path("rules")
    rules_watch: bool | None = None
    port: int = 8000
    web_threads: int = 8
    web_workers: int = 1
    ops_password: str | None = field(default=None, repr=False)
    ops_users: Mapping[str, str] = field(default_factory=dict, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    effect_settle_seconds: float = 60.0
    sweep_seconds: float = 300.0
    companies_seconds: float = 1800.0
    coalesce_seconds: float = 2.0
    lease_seconds: float = 20.0
    urgent_within_seconds: float = 1800.0
    quarantine_after: int = 8
    stop_file: Path = Path("var/STOP")
    writes_per_hour: int = 5000
    hooks: Mapping[str, HookSettings] = field(default_factory=dict, repr=False)
    dry_run: bool | None = None
    sentry_dsn: str | None = field(default=None, repr=False)
    log_level: str = "INFO"
    log_format: str = "json"
    retention_days: int = 90
    api_share: float = 0.6
    outcome_retention_days: int = 180

    def writes_allowed(self, portal: str) -> bool:
        """Tell whether this portal may be written to; a real account starts dry until switched."""
        if self.dry_run is not None:
            return not self.dry_run
        return self.portals[portal].is_stand_in

    @property
    def watched_rules(self) -> Path | None:
        """Return the folder whose changes are published by themselves; a real account waits for a command."""
        developing = all(portal.is_stand_in for portal in self.portals.values())
        watch = developing if self.rules_watch is None else self.rules_watch
        return self.rules_dir if watch else None


class _Reader:
    """Read typed values from a mapping and gather every problem on the way."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def text(self, name: str) -> str | None:
        value = self.environ.get(name, "").strip()
        return value or None

    def number(self, name: str, default: float, low: float, high: float) -> float:
        value = self.text(name)
        if value is None:
            return default
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not low <= number <= high:
            self.problems.append(f"{name}: expected a number from {low:g} to {high:g}, got {value!r}")
            return default
        return number

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        number = self.number(name, default, low, high)
        if number != int(number):
            self.problems.append(f"{name}: expected a whole number, got {self.text(name)!r}")
            return default
        return int(number)

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self.text(name) or default
        if value not in choices:
            self.problems.append(f"{name}: expected one of {', '.join(choices)}, got {value!r}")
            return default
        return value

    def flag(self, name: str) -> bool | None:
        value = self.text(name)
        if value is None:
            return None
        if value not in {"0", "1"}:
            self.problems.append(f"{name}: expected 0 or 1, got {value!r}")
            return None
        return value == "1"

    def secret(self, name: str) -> str | None:
        """Read a secret from NAME or from the file that NAME_FILE names; never echo its value."""
        value, path = self.text(name), self.text(f"{name}_FILE")
        if value is not None and path is not None:
            self.problems.append(f"{name}: given twice, also as {name}_FILE; keep one")
            return value
        return value if path is None else self.secret_file(f"{name}_FILE", Path(path))

    def secret_file(self, name: str, path: Path) -> str | None:
        """Read a file that others may not read."""
        try:
            mode = path.stat().st_mode
            value = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            self.problems.append(
                f"{name}: cannot read {path}: {getattr(error, 'strerror', None) or 'not text'}"
            )
            return None
        if mode & stat.S_IROTH:
            self.problems.append(f"{name}: {path} can be read by everybody; chmod 640 {path}")
        if not value:
            self.problems.append(f"{name}: {path} is empty")
        return value or None


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the environment; SettingsError with every problem when any value is missing or bad."""
    reader = _Reader(environ)
    settings = Settings(
        portals=_portals(reader),
        redis_url=_redis_url(reader),
        rules_dir=Path(reader.text("RULES_DIR") or "rules"),
        rules_watch=reader.flag("RULES_WATCH"),
        port=reader.whole("PORT", 8000, 1, 65535),
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


def _ops_users(reader: _Reader) -> dict[str, str]:
    path = reader.text("OPS_USERS_FILE")
    text = None if path is None else reader.secret_file("OPS_USERS_FILE", Path(path))
    return {} if text is None else read_users(text, reader.problems)


def redis_url_of(environ: Mapping[str, str]) -> str | None:
    """Return where Redis is named to be, by the variable or by its file; None when nowhere."""
    return _Reader(environ).secret("REDIS_URL")


def _redis_url(reader: _Reader) -> str | None:
    url = reader.secret("REDIS_URL")  # it may hold a password
    parts = None if url is None else _parts(url)
    if url is not None and (parts is None or parts.scheme not in REDIS_SCHEMES):
        reader.problems.append("REDIS_URL: expected redis://, rediss:// or unix://")
    return url


def _portals(reader: _Reader) -> dict[str, PortalSettings]:
    names = sorted({m[1] for key in reader.environ if (m := PORTAL_VARIABLE.fullmatch(key))})
    if not names:
        reader.problems.append("PORTAL_<NAME>_DOMAIN: no portal is named; set one group, see .env.example")
    portals = [_portal(reader, name) for name in names]
    return {portal.portal: portal for portal in portals if portal is not None}


def _portal(reader: _Reader, name: str) -> PortalSettings | None:
    prefix, found = f"PORTAL_{name}", len(reader.problems)
    if not PORTAL_PATTERN.fullmatch(name.lower()):
        reader.problems.append(f"{prefix}: a portal's name has at most 31 letters, digits and _")
    domain, override = reader.text(f"{prefix}_DOMAIN"), reader.text(f"{prefix}_URL")
    api_key = reader.secret(f"{prefix}_API_KEY")
    stand_in = override is not None and _is_loopback(override)
    secrets = _webhook_secrets(
        reader, f"{prefix}_WEBHOOK_SECRET", shortest=1 if stand_in else SECRET_SHORTEST
    )
    if domain is None or not DOMAIN_PATTERN.fullmatch(domain):
        reader.problems.append(f"{prefix}_DOMAIN: expected something.freshdesk.com, got {domain!r}")
    if api_key is None:
        reader.problems.append(f"{prefix}_API_KEY: missing; it is on the agent's profile page in Freshdesk")
    elif not api_key.isascii() or not api_key.isprintable():
        reader.problems.append(f"{prefix}_API_KEY: holds characters that no key of Freshdesk has")
    _check_override(reader, f"{prefix}_URL", override)
    if len(reader.problems) > found or domain is None or api_key is None:
        return None
    return PortalSettings(
        portal=name.lower(),
        domain=domain,
        url=(override or f"https://{domain}").rstrip("/"),
        api_key=api_key,
        webhook_secrets=secrets,
        is_stand_in=stand_in,
    )


def _webhook_secrets(reader: _Reader, name: str, *, shortest: int) -> tuple[str, ...]:
    """Read the current and, while it is being rotated, the previous secret, separated by a comma."""
    value = reader.secret(name)
    secrets = tuple(part.strip() for part in (value or "").split(",") if part.strip())
    if not secrets:
        reader.problems.append(f"{name}: missing; make one with: openssl rand -hex 32")
    if any(len(secret) < shortest for secret in secrets):
        reader.problems.append(
            f"{name}: shorter than {shortest} characters; make one with: openssl rand -hex 32"
        )
    return secrets


def _parts(url: str) -> SplitResult | None:
    """Split a URL; None when it is none."""
    try:
        parts = urlsplit(url)
        return None if parts.port == 0 else parts
    except ValueError:  # half an IPv6 address, or a port that is no number
        return None


def _is_loopback(url: str) -> bool:
    parts = _parts(url)
    return parts is not None and parts.hostname in LOOPBACK


def _is_origin(url: str) -> bool:
    """Tell whether a URL is no more than scheme, host and port."""
    parts = _parts(url)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        return False
    return parts.path in {"", "/"} and not (parts.query or parts.fragment or parts.username or parts.password)


def _check_override(reader: _Reader, name: str, url: str | None) -> None:
    if url is None:
        return
    if not _is_origin(url):
        # Not echoed: it may hold a password.
        reader.problems.append(f"{name}: expected http://host:port and nothing more")
    elif not _is_loopback(url) and reader.environ.get("ALLOW_ANY_FRESHDESK_URL") != "1":
        reader.problems.append(f"{name}: only loopback hosts are accepted unless ALLOW_ANY_FRESHDESK_URL=1")
