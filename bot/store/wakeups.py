"""Which ticket must be looked at, when, and which first?

One sorted set, ticket to moment. Ringing never moves an alarm later. A ticket whose moment has come stands
in line, urgent or normal, by its nearest deadline; taking it moves its moment ahead as a lease whose score
is the job's token: a dead worker's lease runs out and the ticket rings again, and a job whose token is gone
was overtaken and does nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from redis import Redis

from bot.domain.ticket import TicketKey
from bot.store.connection import NAMESPACE
from bot.store.wakeup_scripts import BEGIN, FINISH, TAKE

ALARMS = f"{NAMESPACE}:wakeups"
RANKS = f"{NAMESPACE}:ranks"
LINES = (f"{NAMESPACE}:line:urgent", f"{NAMESPACE}:line:normal")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# A ticket without a deadline joins the urgent line after so long: none waits for ever behind pressing ones.
PATIENCE = timedelta(minutes=15)
# A ticket of which nothing is known is taken to be due so soon: it may be urgent, and nobody was told yet.
FRESH = timedelta(minutes=15)
_LINED_UP_AT_ONCE = 1000  # keeps each step short however many tickets are due


class Lane(StrEnum):
    """Name the two lines in which due tickets wait."""

    URGENT = "urgent"
    NORMAL = "normal"


@dataclass(frozen=True, slots=True)
class Rank:
    """Hold what decides whose turn comes first: the next breach, the next planned step, and the level."""

    deadline: datetime | None = None
    next_step: datetime | None = None
    urgent: bool = False

    def __str__(self) -> str:
        moments = (0 if at is None else int(at.timestamp()) for at in (self.deadline, self.next_step))
        return " ".join((str(int(self.urgent)), *(f"{moment:x}" for moment in moments)))


_NO_RANKS: Mapping[TicketKey, Rank] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Taken:
    """Hold one due ticket with the token that its job must show."""

    key: TicketKey
    token: int


class Wakeups:
    """Keep the alarms of all tickets of all portals; a deadline within `near` makes a ticket urgent."""

    def __init__(self, redis: Redis, near: timedelta = timedelta(minutes=30)) -> None:
        self._redis = redis
        self.near = near
        self._take = redis.register_script(TAKE)
        self._begin = redis.register_script(BEGIN)
        self._finish = redis.register_script(FINISH)

    def ring(self, key: TicketKey, at: datetime) -> None:
        """Look at this ticket at `at` or earlier; one command, safe to repeat."""
        self._redis.zadd(ALARMS, {str(key): _micros(at)}, lt=True)

    def ring_all(
        self, keys: Iterable[TicketKey], at: datetime, ranks: Mapping[TicketKey, Rank] = _NO_RANKS
    ) -> int:
        """Ring many tickets at once and return how many had no alarm before.

        `ranks` are guesses for tickets that have none yet.
        """
        members = {str(key): _micros(at) for key in keys}
        if not members:
            return 0
        with self._redis.pipeline(transaction=True) as pipe:
            for key, rank in ranks.items():
                pipe.hsetnx(RANKS, str(key), str(rank))
            pipe.zadd(ALARMS, members, lt=True)
            return int(pipe.execute()[-1] or 0)

    def take_due(
        self, now: datetime, lease: timedelta, limit: int = 100, lane: Lane | None = None
    ) -> list[Taken]:
        """Take tickets whose moment has come, of one line or of both, and lease each until now + lease.

        Urgent ones first, in each line the nearest deadline first; one without counts as due some time after
        it was rung.
        """
        until = _micros(now + lease)
        waits = [_span(delta) for delta in (self.near, PATIENCE, FRESH)]
        args: list[int | str] = [_micros(now), until, limit, _LINED_UP_AT_ONCE, *waits, lane or ""]
        members = self._take(keys=[ALARMS, RANKS, *LINES], args=args)
        return [Taken(TicketKey.parse(m.decode()), until + place) for place, m in enumerate(members, start=1)]

    def begin(self, key: TicketKey, token: int, until: datetime) -> int | None:
        """Start a job: exchange its token for one that lasts `until`; None when the job was overtaken.

        Whatever rings from here on stays rung: `finish` sees that the score is no longer the token.
        """
        exchanged = _micros(until) + 1
        started = self._begin(keys=[ALARMS], args=[str(key), str(token), exchanged])
        return exchanged if started else None

    def finish(
        self,
        key: TicketKey,
        token: int,
        wake_at: datetime | None,
        now: datetime,
        rank: Rank | None = None,
    ) -> None:
        """End a job: next look at `wake_at`, or earlier if the ticket was rung meanwhile.

        A job that outlived its lease is followed by another look, for a ring since then left no trace.
        """
        at = "" if wake_at is None else str(_micros(wake_at))
        args: list[int | str] = [str(key), str(token), at, _micros(now), "" if rank is None else str(rank)]
        self._finish(keys=[ALARMS, RANKS], args=args)

    def postpone(self, key: TicketKey, at: datetime) -> None:
        """Look at a ticket whose attempt failed at `at`, whatever rang meanwhile."""
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.zadd(ALARMS, {str(key): _micros(at)})
            for line in LINES:
                pipe.zrem(line, str(key))
            pipe.execute()

    def at(self, key: TicketKey) -> datetime | None:
        """Return when this ticket is to be looked at next; since when, for one that stands in line."""
        score = self._redis.zscore(ALARMS, str(key))
        return None if score is None else _EPOCH + timedelta(microseconds=abs(int(score)))

    def overdue(self, now: datetime) -> tuple[int, float]:
        """Return how many alarms are past due and the age of the oldest in seconds."""
        count = int(self._redis.zcount(ALARMS, "-inf", _micros(now)))
        first = self._redis.zrangebyscore(ALARMS, "(0", _micros(now), 0, 1, withscores=True)
        in_line = self._redis.zrevrangebyscore(ALARMS, "(0", "-inf", 0, 1, withscores=True)
        oldest = min((abs(score) for _, score in (*first, *in_line)), default=_micros(now))
        return count, (_micros(now) - oldest) / 1e6

    def forget(self, key: TicketKey) -> None:
        """Remove a ticket's alarm."""
        with self._redis.pipeline(transaction=True) as pipe:
            for alarms in (ALARMS, *LINES):
                pipe.zrem(alarms, str(key))
            pipe.hdel(RANKS, str(key))
            pipe.execute()


def _micros(at: datetime) -> int:
    return _span(at - _EPOCH)


def _span(delta: timedelta) -> int:
    return delta // timedelta(microseconds=1)
