"""Which real parts does each process get? The only place that picks them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from redis import Redis

from bot.engine.context import Context
from bot.engine.gate import AccountGate
from bot.engine.queue import JobQueue
from bot.freshdesk.api import FreshdeskApi
from bot.hooks import Hooks
from bot.settings import PortalSettings, Settings
from bot.store.audit import Audit
from bot.store.brakes import Brakes
from bot.store.breaker import Breaker
from bot.store.budget import Budget
from bot.store.connection import connect_briefly, connect_impatient, connect_patient
from bot.store.corrections import Corrections
from bot.store.digests import Digests
from bot.store.drifts import Drifts
from bot.store.facts import Facts
from bot.store.facts_for_looking import FactsForLooking
from bot.store.failures import Failures
from bot.store.heartbeat import Heartbeats
from bot.store.journal import Journal
from bot.store.leases import Leases
from bot.store.ledger import Ledger
from bot.store.outcomes import Outcomes
from bot.store.processes import Processes
from bot.store.refused_jobs import RefusedJobs
from bot.store.reply_slots import ReplySlots
from bot.store.rule_versions import RuleVersions
from bot.store.rulebook import Rulebook
from bot.store.server import StoreServer
from bot.store.traces import Traces
from bot.store.wakeups import Wakeups


@dataclass(frozen=True, slots=True)
class Pace:
    """Say how long, in seconds, and how often a process asks Freshdesk."""

    connect: float = 5.0
    read: float = 20.0
    deadline: float = 30.0
    attempts: int = 3


_PATIENT, _IN_A_HURRY = Pace(), Pace(connect=2.0, read=4.0, deadline=5.0, attempts=1)


class NoRedis(Exception):
    """No Redis is named and none of ours is running here."""


def build(settings: Settings, *, redis: Redis | None = None) -> Context:
    """Build the parts for a worker, which outlasts a restart of Redis."""
    return _context(settings, redis or connect_patient(_redis_url(settings)))


def build_clock(settings: Settings) -> Context:
    """Build the parts for the clock: patient, too, and without the rules, for it decides nothing."""
    return _context(settings, connect_patient(_redis_url(settings)), rules_at_once=False)


def build_briefly(settings: Settings) -> Context:
    """Build the parts for a command; the errors of Redis when it does not answer at once."""
    return _context(settings, _answering(settings))


def build_web(settings: Settings) -> Context:
    """Build the parts for the web, whose Redis must answer within a second or not at all.

    Its pages look at Freshdesk in a hurry, and once: its few threads are there for deliveries.
    """
    redis = connect_impatient(_redis_url(settings))
    context = _context(settings, redis, _IN_A_HURRY)
    return replace(context, facts=FactsForLooking(redis))


def build_rule_versions(settings: Settings) -> RuleVersions:
    """Build the versions of the rules alone, which can be mended when no rules can be loaded."""
    return RuleVersions(_answering(settings))


def utc_now() -> datetime:
    """Return the present moment; decisions get it as an argument."""
    return datetime.now(UTC)


def _answering(settings: Settings) -> Redis:
    redis = connect_briefly(_redis_url(settings))
    redis.ping()  # every later question would wait anew
    return redis


def _redis_url(settings: Settings) -> str:
    if settings.redis_url is None:
        raise NoRedis(
            "REDIS_URL is not set; `semaforo run` starts an embedded store and sets it for its processes"
        )
    return settings.redis_url


def _context(
    settings: Settings, redis: Redis, pace: Pace = _PATIENT, *, rules_at_once: bool = True
) -> Context:
    retention = timedelta(days=settings.retention_days)
    budget, breaker = Budget(redis, settings.api_share), Breaker(redis)
    return Context(
        freshdesk=_Clients(settings.portals, budget, breaker, pace),
        wakeups=Wakeups(redis, timedelta(seconds=settings.urgent_within_seconds)),
        ledger=Ledger(redis, retention),
        leases=Leases(redis, timedelta(seconds=settings.lease_seconds)),
        journal=Journal(redis, retention),
        # A requester's tickets are found by their outcomes, which must not go before the rest.
        outcomes=Outcomes(redis, max(retention, timedelta(days=settings.outcome_retention_days))),
        corrections=Corrections(redis, retention),
        facts=Facts(redis),
        failures=Failures(redis),
        heartbeats=Heartbeats(redis),
        brakes=Brakes(redis, settings.stop_file, settings.writes_per_hour),
        rulebook=Rulebook(settings.rules_dir, RuleVersions(redis), at_once=rules_at_once),
        traces=Traces(redis),
        queue=JobQueue(redis),
        now=utc_now,
        writes_allowed=settings.writes_allowed,
        reply_slots=ReplySlots(redis),
        hooks=Hooks(settings.hooks),
        digests=Digests(redis),
        audit=Audit(redis, retention),
        processes=Processes(redis),
        server=StoreServer(redis),
        settle=timedelta(seconds=settings.effect_settle_seconds),
        coalesce=timedelta(seconds=settings.coalesce_seconds),
        sweep_every=timedelta(seconds=settings.sweep_seconds),
        companies_every=timedelta(seconds=settings.companies_seconds),
        most_attempts=settings.quarantine_after,
        budget=budget,
        breaker=breaker,
        refused_jobs=RefusedJobs(redis),
        drifts=Drifts(redis),
        may_spend=budget.can_spare,
    )


class _Clients(Mapping[str, FreshdeskApi]):
    """Hold the portals' clients, each made when first asked for."""

    def __init__(
        self, portals: Mapping[str, PortalSettings], budget: Budget, breaker: Breaker, pace: Pace
    ) -> None:
        self._portals, self._budget, self._breaker, self._pace = portals, budget, breaker, pace
        self._made: dict[str, FreshdeskApi] = {}

    def __getitem__(self, name: str) -> FreshdeskApi:
        if name not in self._made:
            self._made[name] = _client(self._portals[name], self._budget, self._breaker, self._pace)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._portals)

    def __len__(self) -> int:
        return len(self._portals)


def _client(portal: PortalSettings, budget: Budget, breaker: Breaker, pace: Pace) -> FreshdeskApi:
    # Its HTTP library takes 9 MB; the clock sends nothing to Freshdesk, the web only when a page looks.
    from bot.freshdesk.client import FreshdeskClient
    from bot.freshdesk.wrapped import Repeats

    # Enough of a hash to see that the key was changed, and too little to find it by.
    key_print = hashlib.sha256(portal.api_key.encode()).hexdigest()[:8]
    gate = AccountGate(portal.portal, key_print, budget, breaker, stand_in=portal.is_stand_in)
    return FreshdeskClient(
        portal.portal,
        portal.url,
        portal.api_key,
        gate=gate,
        connect_timeout=pace.connect,
        read_timeout=pace.read,
        deadline=pace.deadline,
        repeats=Repeats(attempts=pace.attempts),
    )
