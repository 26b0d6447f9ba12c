"""Does a request hold a secret that we accept?"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterable

from werkzeug.datastructures import Headers


def webhook_secrets(headers: Headers, path_part: str | None) -> list[bytes]:
    """Return every secret a delivery presents: own header, Basic password, last part of the path."""
    presented = [_wire(headers.get("X-Webhook-Secret", "")), _basic_password(headers)]
    if path_part is not None:
        presented.append(_configured(path_part))
    return [secret for secret in presented if secret]


def bearer(headers: Headers) -> bytes:
    """Return the token of `Authorization: Bearer …`, empty when there is none."""
    return _authorization(headers, b"bearer")


def is_accepted(presented: Iterable[bytes], accepted: Iterable[str]) -> bool:
    """Compare every presented secret with every accepted one, always all of them.

    As bytes: `hmac.compare_digest` raises TypeError on text that is not ASCII.
    """
    known = [_configured(secret) for secret in accepted]
    equal = [hmac.compare_digest(one, other) for one in presented for other in known]
    return any(equal)


def _basic_password(headers: Headers) -> bytes:
    try:
        decoded = base64.b64decode(_authorization(headers, b"basic"))
    except binascii.Error:
        return b""
    return decoded.partition(b":")[2]


def _authorization(headers: Headers, scheme: bytes) -> bytes:
    given, _, rest = _wire(headers.get("Authorization", "")).partition(b" ")
    return rest.strip() if given.lower() == scheme else b""


def _wire(value: str) -> bytes:
    # WSGI hands header bytes over as Latin-1 text (PEP 3333).
    return value.encode("latin-1", "replace")


def _configured(secret: str) -> bytes:
    # An environment that is not UTF-8 reaches Python as surrogates; they are the bytes that were typed.
    return secret.encode("utf-8", "surrogateescape")
