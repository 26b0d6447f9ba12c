"""How do scripts and styles travel small?

Static files only: a page holds both a secret of ours and words of others, and what is compressed together can
be guessed by its length (BREACH).
"""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Flask, Response, request

STATIC = "static"
SMALLEST = 1024
TEXTS = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml"})


def register_compression(app: Flask) -> None:
    """Answer static texts with gzip to those who take it."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if request.endpoint != STATIC or response.status_code != 200 or response.mimetype not in TEXTS:
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"]:
        return response
    response.direct_passthrough = False
    plain = response.get_data()
    if len(plain) >= SMALLEST:
        response.set_data(_gzip(plain))
        response.content_encoding = "gzip"
        response.headers.pop("Accept-Ranges", None)
    return response


@lru_cache(maxsize=32)
def _gzip(plain: bytes) -> bytes:
    return gzip.compress(plain, 9, mtime=0)
