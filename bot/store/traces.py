"""What does Redis hold about certain tickets and a requester, and how is it erased?

Every place where a ticket leaves a trace is named here; a place that is new elsewhere belongs here too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from redis import Redis
from redis.client import Pipeline

from bot.domain.ticket import TicketKey
from bot.store.brakes import HELD
from bot.store.connection import NAMESPACE, as_text
from bot.store.corrections import INDEX as CORRECTIONS
from bot.store.digests import WINDOWS
from bot.store.drifts import DRIFTS
from bot.store.failures import ATTEMPTS, FAILURES
from bot.store.journal import INDEX as JOURNAL
from bot.store.journal import OPEN, PAST, ROWS
from bot.store.trials import RESULT, named_in, unpacked
from bot.store.wakeups import ALARMS, LINES, RANKS

_KEYS = (
    ("ledger", f"{NAMESPACE}:ledger"),
    ("journal", JOURNAL),
    ("board row", ROWS),
    ("past look", PAST),
    ("correction", CORRECTIONS),
    ("outcome", f"{NAMESPACE}:outcome"),
)
_SORTED_SETS = (
    ("wake-up", ALARMS),
    *(("wake-up", line) for line in LINES),
    ("journal", JOURNAL),
    ("board row", OPEN),
    ("correction", CORRECTIONS),
)
_HASHES = (("failure", FAILURES), ("failure", ATTEMPTS), ("wake-up", RANKS))
_SETS = (("held", HELD),)
_REPLIES = "reply count"
_WARNINGS = "warning"
_OF_REQUESTER = ("requester", "burst", "answers")  # counts of replies that are named by the requester's id
# How redis-py calls looking for a place and erasing it, by what holds it.
_LOOKING = {"key": "exists", "hash": "hexists", "set": "sismember", "sorted set": "zscore"}
_ERASING = {"key": "delete", "hash": "hdel", "set": "srem", "sorted set": "zrem"}


@dataclass(frozen=True, slots=True, order=True)
class Trace:
    """Hold one place: a key of Redis or, given a member, a part of one; `kind` is what people call it."""

    kind: str
    name: str
    member: str | None = None


class Traces:
    """Find and erase traces; the lease of a ticket is none, it lasts seconds."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def of_ticket(self, key: TicketKey) -> list[Trace]:
        """Return where a ticket is found, but for what a portal's tickets share."""
        places = list(_places(key))
        with self._redis.pipeline(transaction=False) as pipe:
            for place in places:
                _send(pipe, _LOOKING, place)
            found = pipe.execute()
        # A score may be 0, which is a place all the same.
        return [place for place, there in zip(places, found, strict=True) if there not in (None, 0, False)]

    def of_portal(self, portal: str, tickets: Iterable[int], requester_id: int | None) -> list[Trace]:
        """Return where what a portal's tickets share names some of them, or a requester."""
        wanted = {str(number) for number in tickets}
        return [
            *self._replies(portal, wanted, requester_id),
            *self._warnings(portal, wanted),
            *self._trial(portal, wanted),
        ]

    def _trial(self, portal: str, tickets: Collection[str]) -> Iterator[Trace]:
        """Yield the result of the last trial of rules when it names a ticket; it goes as a whole."""
        named = named_in(unpacked(self._redis.get(RESULT)) or {}, portal)
        if not named.isdisjoint(tickets):
            yield Trace("trial", RESULT)

    def _replies(self, portal: str, tickets: Collection[str], requester_id: int | None) -> Iterator[Trace]:
        """Yield where automatic replies to a requester, or on tickets, are counted."""
        own = {f"{NAMESPACE}:replies:{portal}:{scope}:{requester_id}" for scope in _OF_REQUESTER}
        for raw in self._redis.scan_iter(f"{NAMESPACE}:replies:{portal}:*", count=1000):
            name = as_text(raw)
            if name in own:
                yield Trace(_REPLIES, name)
                continue
            members = (as_text(member) for member, _ in self._redis.zscan_iter(name))
            yield from (Trace(_REPLIES, name, one) for one in members if one.partition(":")[0] in tickets)

    def _warnings(self, portal: str, tickets: Collection[str]) -> Iterator[Trace]:
        """Yield where warnings of tickets wait for others, or speak for them."""
        shared = f"{WINDOWS}:{portal}"
        for raw in self._redis.hkeys(shared):
            member = as_text(raw)
            if member.partition("|")[0] in tickets:
                yield Trace(_WARNINGS, shared, member)
        for raw in self._redis.scan_iter(f"{shared}:*", count=1000):
            leader = self._redis.get(raw)
            if leader is not None and as_text(leader).partition("|")[0] in tickets:
                yield Trace(_WARNINGS, as_text(raw))

    def erase(self, traces: Iterable[Trace]) -> None:
        """Erase traces; safe to repeat."""
        with self._redis.pipeline(transaction=True) as pipe:
            for trace in traces:
                _send(pipe, _ERASING, trace)
            pipe.execute()


def _places(key: TicketKey) -> Iterator[Trace]:
    yield from (Trace(kind, f"{prefix}:{key}") for kind, prefix in _KEYS)
    yield Trace("drift", f"{DRIFTS}:{key.portal}", str(key))
    yield from (Trace(kind, name, str(key)) for kind, name in (*_SORTED_SETS, *_HASHES, *_SETS))


def _send(pipe: Pipeline, verbs: Mapping[str, str], place: Trace) -> None:
    """Queue the command with which one place is looked for or erased."""
    if place.member is None:
        getattr(pipe, verbs["key"])(place.name)
    else:
        getattr(pipe, verbs[_holder(place.name)])(place.name, place.member)


def _holder(name: str) -> str:
    if name.startswith(f"{WINDOWS}:") or any(name == known for _, known in _HASHES):
        return "hash"
    return "set" if name == HELD else "sorted set"
