"""Which long trial of rules runs or ran last, how far has it come, and what did it find?

One at a time for all web processes: the one at work renews a lock, so that a trial whose process died is seen
as broken off. Held are numbers, ticket ids, levels, rules and dates; no text of a ticket.
"""

from __future__ import annotations

import json
import secrets
import zlib
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from redis import Redis

from bot.store.connection import NAMESPACE, as_text

LIFE = timedelta(days=7)
LOCK_LIFE = timedelta(seconds=30)
_PREFIX = f"{NAMESPACE}:ops:trial"
_LOCK, _STATE, RESULT = f"{_PREFIX}:lock", f"{_PREFIX}:state", f"{_PREFIX}:result"

_TOLD = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('HSET', KEYS[2], 'done', ARGV[2], 'total', ARGV[3])
return 1
"""


def unpacked(raw: object) -> dict[str, Any] | None:
    """Return a result as it was found."""
    if not isinstance(raw, bytes):
        return None
    found: dict[str, Any] = json.loads(zlib.decompress(raw))
    return found


def named_in(result: dict[str, Any], portal: str) -> set[str]:
    """Return the numbers of a portal's tickets that a result names; an example may be of any portal."""
    rows = (row["id"] for row in result.get("rows", ()) if row["portal"] in {portal, None})
    lists = (one["examples"] for kind in ("moves", "shade") for one in result.get(kind, ()))
    keys = (key for kind in ("unread", "busy") for key in result.get(kind, ()))
    own = (key.partition(":")[2] for key in keys if key.startswith(f"{portal}:"))
    return {str(one) for one in (*rows, *(number for numbers in lists for number in numbers), *own)}


class TrialState(StrEnum):
    """Say how far a trial has come."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELED = "canceled"
    BROKEN_OFF = "broken_off"


@dataclass(frozen=True, slots=True)
class TrialHead:
    """Hold what is known of a trial from its start; `candidate` and `base` name versions of rules."""

    kind: str
    author: str
    at: datetime
    base: str
    candidate: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class TrialView:
    """Hold a trial as it stands; `problem` says in Spanish why it failed."""

    head: TrialHead
    state: TrialState
    done: int = 0
    total: int = 0
    problem: str = ""


class Trials:
    """Keep the last trial."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._told = redis.register_script(_TOLD)

    def begin(self, head: TrialHead) -> str | None:
        """Return the token of a new trial, None while another runs."""
        token = secrets.token_hex(8)
        if not self._redis.set(_LOCK, token, nx=True, ex=LOCK_LIFE):
            return None
        text = json.dumps({**asdict(head), "at": head.at.isoformat()}, ensure_ascii=False)
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(_STATE, RESULT)
            pipe.hset(
                _STATE, mapping={"head": text, "state": TrialState.RUNNING.value, "done": 0, "total": 0}
            )
            pipe.expire(_STATE, LIFE)
            pipe.execute()
        return token

    def told(self, token: str, done: int, total: int) -> bool:
        """Note how far a trial has come; False when it should stop: canceled, or taken for dead."""
        seconds = int(LOCK_LIFE.total_seconds())
        return bool(self._told(keys=[_LOCK, _STATE], args=[token, done, total, seconds]))

    def finish(self, token: str, result: dict[str, Any]) -> None:
        """Keep what a trial found, unless it was canceled meanwhile."""
        if self._holds(token):
            packed = zlib.compress(json.dumps(result, ensure_ascii=False).encode())
            self._redis.set(RESULT, packed, ex=LIFE)
            self._end(TrialState.DONE)

    def fail(self, token: str, problem: str) -> None:
        """Keep why a trial failed."""
        if self._holds(token):
            self._end(TrialState.FAILED, problem)

    def cancel(self) -> None:
        """Have the trial that runs stop at its next step."""
        if self._redis.exists(_LOCK):
            self._end(TrialState.CANCELED)

    def view(self) -> TrialView | None:
        """Return the last trial, None when there was none."""
        found = {as_text(name): as_text(value) for name, value in self._redis.hgetall(_STATE).items()}
        if "head" not in found:
            return None
        state = TrialState(found["state"])
        if state is TrialState.RUNNING and not self._redis.exists(_LOCK):
            state = TrialState.BROKEN_OFF
        head = json.loads(found["head"])
        return TrialView(
            TrialHead(**{**head, "at": datetime.fromisoformat(head["at"])}),
            state,
            int(found["done"]),
            int(found["total"]),
            found.get("problem", ""),
        )

    def result(self) -> dict[str, Any] | None:
        """Return what the last trial found."""
        return unpacked(self._redis.get(RESULT))

    def _holds(self, token: str) -> bool:
        held = self._redis.get(_LOCK)
        return held is not None and as_text(held) == token

    def _end(self, state: TrialState, problem: str = "") -> None:
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(_STATE, mapping={"state": state.value, "problem": problem})
            pipe.delete(_LOCK)
            pipe.execute()
