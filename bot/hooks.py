"""Does an outgoing webhook get through?

The only HTTP out besides Freshdesk, to addresses of the settings alone. Signed as Standard Webhooks
describes: id, time and body under HMAC-SHA256. A call made again keeps its id, so that a receiver can tell.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from enum import Enum

from bot.settings.hooks import HookSettings
from bot.telemetry import log

BODY_LIMIT = 8 * 1024  # bytes; ids and times take a few hundred
CONNECT_SECONDS, READ_SECONDS = 3.0, 5.0
_GONE = 410
_PREFIX = "whsec_"


class Outcome(Enum):
    """Say how a call came out."""

    DELIVERED = "delivered"
    FAILED = "failed"
    REFUSED = "refused"  # calling again would not help


class Hooks:
    """Call webhooks by name; no call raises, and no address or secret is logged."""

    def __init__(self, hooks: Mapping[str, HookSettings]) -> None:
        self._hooks = dict(hooks)

    @property
    def names(self) -> frozenset[str]:
        """Return the names that rules may use."""
        return frozenset(self._hooks)

    def call(self, name: str, message_id: str, body: str, now: datetime) -> Outcome:
        """Send a body once and say how it came out; the answer's own body is never read."""
        import requests  # 9 MB, and few installations have hooks

        hook, raw = self._hooks.get(name), body.encode()
        if hook is None or len(raw) > BODY_LIMIT:
            log.error("hook refused", hook=name, unknown=hook is None, size=len(raw))
            return Outcome.REFUSED
        try:
            status = _post(hook.url, raw, signature_headers(hook.secret, message_id, raw, now))
        except (requests.RequestException, OSError) as error:
            log.warning("hook unanswered", hook=name, reason=type(error).__name__)
            return Outcome.FAILED
        if 200 <= status < 300:
            return Outcome.DELIVERED
        log.warning("hook failed", hook=name, status=status)
        return Outcome.REFUSED if status == _GONE else Outcome.FAILED


def signature_headers(secret: str, message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """Return the three headers by which a receiver knows the sender and an old copy."""
    stamp = str(int(now.timestamp()))
    signed = b".".join((message_id.encode(), stamp.encode(), body))
    digest = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(_PREFIX)) if secret.startswith(_PREFIX) else secret.encode()


def _post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    import requests  # as above

    with requests.Session() as session:
        session.trust_env = False  # no proxy and no netrc of the environment
        answer = session.post(
            url,
            data=body,
            headers={"Content-Type": "application/json", "User-Agent": "semaforo", **headers},
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
            stream=True,
        )
        with answer:
            return answer.status_code
