"""Which tickets did people give another level than the rules?

One entry a ticket: its reference, levels, rule, matched words and moment. No other word of it is kept.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from redis import Redis

from bot.domain.level import Level
from bot.domain.ticket import TicketKey
from bot.policy.corrections import Correction
from bot.store.connection import NAMESPACE, as_text

INDEX = f"{NAMESPACE}:corrections"


class Corrections:
    """Keep one correction a ticket, until `retention` after it was made."""

    def __init__(self, redis: Redis, retention: timedelta) -> None:
        self._redis = redis
        self._retention = retention

    def read(self, key: TicketKey) -> Correction | None:
        """Return the correction of a ticket."""
        raw = self._redis.get(_name(key))
        return None if raw is None else _correction(key, json.loads(raw))

    def keep(self, correction: Correction) -> None:
        """Write a ticket's correction in the place of an earlier one; safe to repeat."""
        text = json.dumps(_data(correction), ensure_ascii=False)
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.set(_name(correction.key), text, ex=self._retention)
            pipe.zadd(INDEX, {str(correction.key): correction.at.timestamp()})
            pipe.zremrangebyscore(INDEX, "-inf", (correction.at - self._retention).timestamp())
            pipe.expire(INDEX, self._retention)
            pipe.execute()

    def since(self, start: datetime) -> list[Correction]:
        """Return the corrections made from `start` on, oldest first."""
        members = self._redis.zrangebyscore(INDEX, start.timestamp(), "+inf")
        keys = [TicketKey.parse(as_text(member)) for member in members if isinstance(member, bytes | str)]
        raws = self._redis.mget([_name(key) for key in keys]) if keys else []
        return [
            _correction(key, json.loads(raw)) for key, raw in zip(keys, raws, strict=True) if raw is not None
        ]

    def forget(self, key: TicketKey) -> None:
        """Erase the correction of a ticket."""
        self._redis.delete(_name(key))
        self._redis.zrem(INDEX, str(key))


def _name(key: TicketKey) -> str:
    return f"{INDEX}:{key}"


def _data(correction: Correction) -> dict[str, Any]:
    return {
        "rule": correction.rule,
        "words": correction.words,
        "before": correction.before,
        "after": correction.after,
        "rules_version": correction.rules_version,
        "at": correction.at.isoformat(),
    }


def _correction(key: TicketKey, data: dict[str, Any]) -> Correction:
    return Correction(
        key=key,
        rule=data["rule"],
        words=tuple(data["words"]),
        before=Level(data["before"]),
        after=Level(data["after"]),
        rules_version=data["rules_version"],
        at=datetime.fromisoformat(data["at"]),
    )
