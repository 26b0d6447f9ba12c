"""How did tickets fare? One small record a ticket, kept for reports after its journal entry is gone.

There is no index: a record goes by its own time to live and leaves nothing behind. Ids, level and times only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from redis import Redis

from bot.domain.level import Level
from bot.domain.plan import TimeSpent
from bot.domain.ticket import TicketKey
from bot.policy.report_outcome import Promise, TicketOutcome
from bot.policy.sla import ClockState
from bot.store.connection import NAMESPACE, as_text

_PREFIX = f"{NAMESPACE}:outcome:"
_PAGE = 2000
_LEVELS = {level.value: level for level in Level}  # calling an enum costs three times a look-up
_STATES = {state.value: state for state in ClockState}


class Outcomes:
    """Keep one outcome a ticket until `retention` after the last look at it."""

    def __init__(self, redis: Redis, retention: timedelta) -> None:
        self._redis = redis
        self._retention = retention

    def keep(self, outcome: TicketOutcome) -> None:
        """Write a ticket's outcome in the place of the one before."""
        text = json.dumps(_data(outcome), separators=(",", ":"))
        self._redis.set(f"{_PREFIX}{outcome.key}", text, ex=self._retention)

    def all(self) -> Iterator[TicketOutcome]:
        """Yield every outcome, in no order; one written meanwhile may come or not."""
        found: dict[str, None] = {}
        for raw in self._redis.scan_iter(f"{_PREFIX}*", count=_PAGE):
            found[as_text(raw)] = None  # SCAN may show a key twice
        names = iter(found)
        while page := list(islice(names, _PAGE)):
            texts = zip(page, self._redis.mget(page), strict=True)
            there = {name: as_text(text) for name, text in texts if text is not None}
            # Read as one text: a call of the decoder a ticket costs more than what it decodes.
            for name, data in zip(there, json.loads(f"[{','.join(there.values())}]"), strict=True):
                yield _outcome(_key(name), data)

    def read(self, key: TicketKey) -> TicketOutcome | None:
        """Return a ticket's outcome, or None."""
        text = self._redis.get(f"{_PREFIX}{key}")
        return None if text is None else _outcome(key, json.loads(as_text(text)))

    def forget(self, key: TicketKey) -> None:
        """Erase a ticket's outcome."""
        self._redis.delete(f"{_PREFIX}{key}")


def _data(one: TicketOutcome) -> dict[str, Any]:
    spent = one.spent
    return {
        "level": one.level.value,
        "created": one.created_at.timestamp(),
        "looked": one.looked_at.timestamp(),
        "response": _promise_data(one.response),
        "resolution": None if one.resolution is None else _promise_data(one.resolution),
        "worked": spent.worked.total_seconds(),
        "waited": {cause: length.total_seconds() for cause, length in spent.waited.items()},
        "waits": spent.waits_for,
        "closed": None if spent.closed_at is None else spent.closed_at.timestamp(),
        "exact": spent.exact,
        "escalations": one.escalations,
        "company": one.company_id,
        "requester": one.requester_id,
        "counts": one.counts,
    }


def _promise_data(promise: Promise) -> tuple[str, float]:
    return promise.state.value, promise.limit.timestamp()


def _key(name: str) -> TicketKey:
    # Not `TicketKey.parse`: its check costs a fifth of a report, and these names are our own.
    portal, _, number = name.removeprefix(_PREFIX).partition(":")
    return TicketKey(portal, int(number))


def _outcome(key: TicketKey, data: dict[str, Any]) -> TicketOutcome:
    resolution, closed = data["resolution"], data["closed"]
    return TicketOutcome(
        key=key,
        level=_LEVELS[data["level"]],
        created_at=_moment(data["created"]),
        looked_at=_moment(data["looked"]),
        response=_promise(data["response"]),
        resolution=None if resolution is None else _promise(resolution),
        spent=TimeSpent(
            worked=timedelta(seconds=data["worked"]),
            waited={cause: timedelta(seconds=seconds) for cause, seconds in data["waited"].items()},
            waits_for=data["waits"],
            closed_at=None if closed is None else _moment(closed),
            exact=data["exact"],
        ),
        escalations=data["escalations"],
        company_id=data["company"],
        requester_id=data["requester"],
        counts=data["counts"],
    )


def _promise(data: list[Any]) -> Promise:
    return Promise(_STATES[data[0]], _moment(data[1]))


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
