"""Every text that Redis holds, whoever put it there and however it is packed."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Iterable
from typing import Any

from redis import Redis

from bot.store.connection import as_text


def everything(redis: Redis) -> dict[str, list[str]]:
    """Return every string that Redis holds, by its key; RQ's packed data also unpacked."""
    return {
        key: [text for part in _parts(redis, key) for text in _texts(part)]
        for key in map(as_text, redis.scan_iter("*"))
    }


def canaries_in(texts: Iterable[str], canaries: Iterable[str]) -> set[str]:
    """Return which canaries stand in texts, plain, escaped as JSON does, or as the address of a page."""
    found = set()
    joined = "\n".join(texts).casefold()
    for canary in canaries:
        plain = canary.casefold()
        escaped = {json.dumps(case)[1:-1].casefold() for case in (canary, plain, canary.upper())}
        forms = {plain, plain.replace("@", "%40"), *escaped}
        if any(form in joined for form in forms):
            found.add(canary)
    return found


def canaries_stored(redis: Redis, canaries: Iterable[str]) -> dict[str, set[str]]:
    """Return, by key of Redis, the canaries that stand in its name or anywhere in it."""
    wanted = list(canaries)
    stored = {key: canaries_in((key, *texts), wanted) for key, texts in everything(redis).items()}
    return {key: found for key, found in stored.items() if found}


def _parts(redis: Redis, key: str) -> Iterable[Any]:
    match as_text(redis.type(key)):
        case "string":
            return [redis.get(key)]
        case "hash":
            return [part for pair in redis.hgetall(key).items() for part in pair]
        case "zset":
            return redis.zrange(key, 0, -1)
        case "list":
            return redis.lrange(key, 0, -1)
        case "set":
            return sorted(redis.smembers(key))
        case "stream":
            rows: Any = redis.xrange(key)
            return [part for _, fields in rows for pair in fields.items() for part in pair]
    raise AssertionError(f"{key} is of a kind that cannot be searched")


def _texts(part: bytes | str) -> Iterable[str]:
    raw = part.encode() if isinstance(part, str) else part
    yield raw.decode("utf-8", "backslashreplace")
    for packed in (raw, _from_base64(raw)):
        try:
            yield zlib.decompress(packed).decode("utf-8", "backslashreplace")
        except zlib.error:
            continue


def _from_base64(raw: bytes) -> bytes:
    """Undo what RQ does to the outcome of a job."""
    try:
        return base64.b64decode(raw, validate=True)
    except binascii.Error:
        return b""
