"""Which outgoing webhooks does the environment name, and are their addresses safe to call?"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.settings.addresses import is_loopback, parts_of

VARIABLE = re.compile(r"HOOK_([A-Z][A-Z0-9_]{0,30}?)_(URL|SECRET)(_FILE)?")
SECRET_SHORTEST = 16


@dataclass(frozen=True, slots=True)
class HookSettings:
    """Hold where one outgoing webhook goes and what signs it; an address of a chat is itself a secret."""

    name: str
    url: str = field(repr=False)
    secret: str = field(repr=False)


def read_hooks(
    environ: Mapping[str, str], secret: Callable[[str], str | None], problems: list[str]
) -> dict[str, HookSettings]:
    """Read every `HOOK_<NAME>_URL` with its secret, by lower-case name; no value is echoed in a problem."""
    names = sorted({found[1] for key in environ if (found := VARIABLE.fullmatch(key))})
    hooks = {}
    for name in names:
        url, key = secret(f"HOOK_{name}_URL"), secret(f"HOOK_{name}_SECRET")
        if url is None or not _is_safe(url):
            problems.append(f"HOOK_{name}_URL: expected https://host/path; plain http on this machine only")
        if key is None or not _is_strong(key):
            problems.append(f"HOOK_{name}_SECRET: expected at least 16 characters: openssl rand -hex 32")
        if url is not None and key is not None:
            hooks[name.lower()] = HookSettings(name.lower(), url, key)
    return hooks


def _is_safe(url: str) -> bool:
    parts = parts_of(url)
    if parts is None or not parts.hostname:
        return False
    safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url))
    return safe and not (parts.username or parts.fragment)


def _is_strong(secret: str) -> bool:
    try:
        raw = base64.b64decode(secret[6:], validate=True) if secret.startswith("whsec_") else secret.encode()
    except binascii.Error:
        return False
    return len(raw) >= SECRET_SHORTEST
