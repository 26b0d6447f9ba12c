"""Which settings are there, and what is each unless the environment says otherwise?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.settings.hooks import HookSettings


@dataclass(frozen=True, slots=True)
class PortalSettings:
    """Hold how to reach one Freshdesk account, and who may call us in its name."""

    portal: str
    domain: str
    url: str
    api_key: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(repr=False)
    is_stand_in: bool = False
    dry_run: bool | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Hold the whole environment, checked; durations in seconds."""

    portals: Mapping[str, PortalSettings]
    redis_url: str | None = field(default=None, repr=False)
    rules_dir: Path = Path("rules")
    rules_watch: bool | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None
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
        """Tell whether this portal may be written to; a real account starts dry until switched.

        DRY_RUN=1 holds for all; otherwise a portal's own word goes first.
        """
        if self.dry_run:
            return False
        own = self.portals[portal].dry_run
        own = self.dry_run if own is None else own
        return self.portals[portal].is_stand_in if own is None else not own

    @property
    def watched_rules(self) -> Path | None:
        """Return the folder whose changes are published by themselves; a real account waits for a command."""
        developing = all(portal.is_stand_in for portal in self.portals.values())
        watch = developing if self.rules_watch is None else self.rules_watch
        return self.rules_dir if watch else None
