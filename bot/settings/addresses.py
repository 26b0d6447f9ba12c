"""Is an address of the environment one, and does it stay on this machine?"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_NAME = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?:\.(?!-)[A-Za-z0-9-]{1,63})*")


def parts_of(url: str) -> SplitResult | None:
    """Split a URL; None when it is none."""
    try:
        parts = urlsplit(url)
        return None if parts.port == 0 else parts
    except ValueError:  # half an IPv6 address, or a port that is no number
        return None


def is_loopback(url: str) -> bool:
    """Tell whether a URL leads to this machine."""
    parts = parts_of(url)
    return parts is not None and parts.hostname in LOOPBACK


def is_origin(url: str) -> bool:
    """Tell whether a URL is no more than scheme, host and port."""
    parts = parts_of(url)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        return False
    return parts.path in {"", "/"} and not (parts.query or parts.fragment or parts.username or parts.password)


def is_host(text: str) -> bool:
    """Tell whether a text is an IP address, in brackets if it likes, or could be a machine's name."""
    try:
        ipaddress.ip_address(text[1:-1] if text.startswith("[") and text.endswith("]") else text)
    except ValueError:
        # Digits and dots alone are a mistyped address.
        return _NAME.fullmatch(text) is not None and not re.fullmatch(r"[\d.]+", text)
    return True
