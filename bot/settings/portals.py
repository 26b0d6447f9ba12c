"""Which Freshdesk accounts does the environment name, and may they be called?"""

from __future__ import annotations

import re

from bot.domain.ticket import PORTAL_PATTERN
from bot.settings.addresses import is_loopback, is_origin
from bot.settings.model import PortalSettings
from bot.settings.reader import Reader

DOMAIN_PATTERN = re.compile(r"[a-z0-9-]+\.freshdesk\.com")
PORTAL_VARIABLE = re.compile(r"PORTAL_([A-Z][A-Z0-9_]*?)_(DOMAIN|API_KEY|WEBHOOK_SECRET|URL|DRY_RUN)(_FILE)?")
SECRET_SHORTEST = 16


def read_portals(reader: Reader) -> dict[str, PortalSettings]:
    """Read every group `PORTAL_<NAME>_…`, by lower-case name; a portal with a problem is left out."""
    names = sorted({m[1] for key in reader.environ if (m := PORTAL_VARIABLE.fullmatch(key))})
    if not names:
        reader.problems.append("PORTAL_<NAME>_DOMAIN: no portal is named; set one group, see .env.example")
    portals = [_portal(reader, name) for name in names]
    return {portal.portal: portal for portal in portals if portal is not None}


def _portal(reader: Reader, name: str) -> PortalSettings | None:
    prefix, found = f"PORTAL_{name}", len(reader.problems)
    if not PORTAL_PATTERN.fullmatch(name.lower()):
        reader.problems.append(f"{prefix}: a portal's name has at most 31 letters, digits and _")
    domain, override = reader.text(f"{prefix}_DOMAIN"), reader.text(f"{prefix}_URL")
    api_key = reader.secret(f"{prefix}_API_KEY")
    stand_in = override is not None and is_loopback(override)
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
        dry_run=reader.flag(f"{prefix}_DRY_RUN"),
    )


def _webhook_secrets(reader: Reader, name: str, *, shortest: int) -> tuple[str, ...]:
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


def _check_override(reader: Reader, name: str, url: str | None) -> None:
    if url is None:
        return
    if not is_origin(url):
        # Not echoed: it may hold a password.
        reader.problems.append(f"{name}: expected http://host:port and nothing more")
    elif not is_loopback(url) and reader.environ.get("ALLOW_ANY_FRESHDESK_URL") != "1":
        reader.problems.append(f"{name}: only loopback hosts are accepted unless ALLOW_ANY_FRESHDESK_URL=1")
