"""What was done to a ticket already, and who may act on it now?

One hash a ticket: `e:<effect>` once-only effects, `w:<field>` values last written, `m:<name>` moments,
`decision`, `statuses`.
A once-only effect is written down as open before it is sent (write-ahead) and as done when Freshdesk has
confirmed it; what stays open is looked up on the ticket before anything is sent again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from redis import Redis

from bot.domain.level import Level
from bot.domain.record import Decision, Effect, EffectState, Record, StatusSeen, Written
from bot.domain.ticket import TicketKey
from bot.store.connection import NAMESPACE, as_text
from bot.store.versions import known

_WITHDRAW = """
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])
"""


class Ledger:
    """Keep the memory of every ticket; entries go `retention` after the last look at their ticket."""

    def __init__(self, redis: Redis, retention: timedelta) -> None:
        self._redis = redis
        self._retention = retention
        self._withdraw = redis.register_script(_WITHDRAW)

    def read(self, key: TicketKey) -> Record:
        """Return all that is known of a ticket."""
        raw = self._redis.hgetall(_name(key))
        fields = {as_text(name): json.loads(value) for name, value in raw.items()}
        return Record(
            effects={name[2:]: _effect(value) for name, value in fields.items() if name.startswith("e:")},
            written={name[2:]: _written(value) for name, value in fields.items() if name.startswith("w:")},
            decision=_decision(fields["decision"]) if "decision" in fields else None,
            statuses=tuple(_status(value) for value in fields.get("statuses", ())),
            moments={
                name[2:]: datetime.fromisoformat(value)
                for name, value in fields.items()
                if name.startswith("m:")
            },
        )

    def open_effect(self, key: TicketKey, effect: str, now: datetime, attempts: int) -> None:
        """Write down, before sending, that an effect is about to be sent."""
        self._put(key, {f"e:{effect}": asdict(Effect(EffectState.OPEN, now, attempts))})

    def settle_effect(self, key: TicketKey, effect: str, now: datetime, attempts: int) -> None:
        """Write down that an effect is done, once and for ever."""
        self._put(key, {f"e:{effect}": asdict(Effect(EffectState.DONE, now, attempts))})

    def withdraw_effect(self, key: TicketKey, effect: str, opened: datetime, attempts: int) -> None:
        """Forget an open effect that surely did not happen, unless another worker wrote to it since."""
        mine = _text(asdict(Effect(EffectState.OPEN, opened, attempts)))
        self._withdraw(keys=[_name(key)], args=[f"e:{effect}", mine])

    def write_fields(self, key: TicketKey, written: Mapping[str, Written]) -> None:
        """Remember what the bot writes to fields."""
        self._put(key, {f"w:{name}": asdict(value) for name, value in written.items()})

    def keep(
        self,
        key: TicketKey,
        decision: Decision,
        statuses: tuple[StatusSeen, ...],
        seen: datetime | None,
        effects: Mapping[str, Effect],
        written: Mapping[str, Written],
        moments: Mapping[str, datetime] | None = None,
    ) -> None:
        """Remember a plan's decision, what the ticket itself proved, and which state of it was `seen`.

        None as `seen` makes the next sweep look again.
        """
        fields: dict[str, Any] = {"decision": asdict(decision), "statuses": [asdict(s) for s in statuses]}
        fields["seen"] = seen
        fields |= {f"e:{name}": asdict(value) for name, value in effects.items()}
        fields |= {f"w:{name}": asdict(value) for name, value in written.items()}
        fields |= {f"m:{name}": value for name, value in (moments or {}).items()}
        self._put(key, fields)

    def keep_decision(self, key: TicketKey, decision: Decision) -> None:
        """Put another decision in the place of the remembered one."""
        self._put(key, {"decision": asdict(decision)})

    def seen(self, keys: Sequence[TicketKey]) -> list[datetime | None]:
        """Return, for each ticket, the time of update of the state last looked at."""
        with self._redis.pipeline(transaction=False) as pipe:
            for key in keys:
                pipe.hget(_name(key), "seen")
            found = pipe.execute()
        texts = [None if raw is None else json.loads(raw) for raw in found]
        return [None if text is None else datetime.fromisoformat(text) for text in texts]

    def forget(self, key: TicketKey) -> None:
        """Erase everything known of a ticket."""
        self._redis.delete(_name(key))

    def _put(self, key: TicketKey, fields: Mapping[str, Any]) -> None:
        if not fields:
            return
        texts: dict[Any, Any] = {name: _text(value) for name, value in fields.items()}
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(_name(key), mapping=texts)
            pipe.expire(_name(key), self._retention)
            pipe.execute()


def _name(key: TicketKey) -> str:
    return f"{NAMESPACE}:ledger:{key}"


def _text(value: object) -> str:
    return json.dumps(value, default=_plain, separators=(",", ":"))


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"not storable: {type(value).__name__}")


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _effect(data: dict[str, Any]) -> Effect:
    # A state of another version counts as sent without an answer: it is looked up before anything is sent.
    state = EffectState.DONE if data["state"] == EffectState.DONE else EffectState.OPEN
    return Effect(state, datetime.fromisoformat(data["at"]), data["attempts"])


def _written(data: dict[str, Any]) -> Written:
    values = {name: _value(data[name]) for name in ("before", "value")}
    return Written(**(known(Written, data) | values))


def _decision(data: dict[str, Any]) -> Decision | None:
    """Return a decision; None, so that it is made again, for a level of another version."""
    if data["level"] not in set(Level):
        return None
    lists = {name: tuple(data[name]) for name in ("rules", "words", "flags", "tags")}
    return Decision(**(known(Decision, data) | lists | {"level": Level(data["level"])}))


def _status(data: dict[str, Any]) -> StatusSeen:
    return StatusSeen(data["status"], datetime.fromisoformat(data["at"]), data["exact"])
