"""Is the whole set-up sound, seen from here? Reads only; every finding says how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

from redis import Redis
from redis.exceptions import RedisError, ResponseError

from bot.engine.brakes import brake_state
from bot.engine.context import Context
from bot.engine.doctor_account import ACCOUNT_CHECKS
from bot.engine.findings import Finding, Fix, bad, good, warn
from bot.freshdesk.api import FreshdeskApi, TicketField
from bot.freshdesk.errors import FreshdeskError, Unauthorized
from bot.policy.model import Policy
from bot.policy.statuses import PortalPolicy

FACTORY_STATUSES = frozenset({2, 3, 4, 5})


def store_findings(redis: Redis) -> Iterator[Finding]:
    """Check that Redis answers, keeps its data and never throws any away."""
    try:
        server, persistence = redis.info("server"), redis.info("persistence")
    except RedisError as error:
        yield bad("redis", f"does not answer ({type(error).__name__}); check REDIS_URL and that it runs")
        return
    yield good("redis", f"answers, version {server.get('valkey_version') or server.get('redis_version')}")
    if persistence.get("aof_enabled"):
        yield good("redis", "append-only file is on")
    else:
        text = "append-only file is off: a crash loses accepted webhooks; set `appendonly yes`"
        yield bad("redis", text, _configured_fix(redis, "appendonly", "yes"))
    try:
        policy = redis.config_get("maxmemory-policy").get("maxmemory-policy")
    except RedisError:
        yield warn("redis", "CONFIG is not allowed here; make sure that maxmemory-policy is noeviction")
        return
    if policy in ("noeviction", b"noeviction"):
        yield good("redis", "nothing is evicted")
    else:
        text = f"maxmemory-policy is {policy}; set `maxmemory-policy noeviction`"
        yield bad("redis", text, _configured_fix(redis, "maxmemory-policy", "noeviction"))


def _configured_fix(redis: Redis, name: str, value: str) -> Fix:
    def apply() -> None:
        redis.config_set(name, value)
        with suppress(ResponseError):  # started without a configuration file: it holds until the next start
            redis.config_rewrite()

    return Fix(f"Redis: CONFIG SET {name} {value}, and write it to its configuration file", apply)


def process_findings(ctx: Context) -> Iterator[Finding]:
    """Check that a clock and a worker were alive lately and nothing waits for long."""
    for kind in ("clock", "worker"):
        if ctx.heartbeats.seen(kind) is None:
            yield warn(kind, f"none seen in the last 90 seconds; start one: semaforo {kind}")
        else:
            yield good(kind, "alive")
    if ctx.heartbeats.seen("worker-urgent") is None:
        yield warn("urgent worker", "none seen: the others do its work; start one: semaforo worker --urgent")
    count, age = ctx.wakeups.overdue(ctx.now())
    if age > 60:
        yield warn(
            "wake-ups", f"{count} overdue, the oldest by {age:.0f} s; more workers, or a full rate limit"
        )
    failing = [failure.quarantined for failure in ctx.failures.all()]
    if failing:
        aside = f", {sum(failing)} of them in quarantine" if any(failing) else ""
        yield warn("failures", f"{len(failing)} tickets keep failing{aside}; see: semaforo failures list")
    yield from _brake_findings(ctx)


def _brake_findings(ctx: Context) -> Iterator[Finding]:
    state = brake_state(ctx)
    if state.stop is not None:
        text = f"stopped by a person, {state.held} tickets wait; to go on: semaforo resume"
        yield bad("writing", text)
    for fuse in state.blown:
        text = (
            f"{fuse.portal}: the fuse blew at {fuse.writes} writes in an hour; look for a loop, then: "
            "semaforo resume"
        )
        yield bad("writing", text)


def portal_findings(ctx: Context, portal: str) -> Iterator[Finding]:
    """Check one account: key, agent, statuses, groups, company marks, writing."""
    api, policy = ctx.freshdesk[portal], ctx.rulebook.policy
    try:
        me = api.me()
    except Unauthorized:
        yield bad(portal, "the API key is refused; take a new one from the agent's profile page")
        return
    except FreshdeskError as error:
        yield bad(
            portal, f"Freshdesk does not answer as it should: {type(error).__name__} {error.status or ''}"
        )
        return
    yield good(portal, f"the key works and belongs to agent {me.id}")
    yield from each_readable(
        portal, "statuses", lambda: _status_findings(portal, api, policy.portals.of(portal))
    )
    yield from each_readable(
        portal, "groups", lambda: _group_findings(portal, api, policy.portals.of(portal))
    )
    for what, check in ACCOUNT_CHECKS.items():
        yield from each_readable(portal, what, partial(check, ctx, portal, me))
    yield from _recipient_findings(portal, policy, ctx.hooks.names)
    if ctx.writes_allowed(portal):
        yield good(portal, "writing is on")
    else:
        yield warn(
            portal,
            f"dry run: plans are made and nothing is written; when they look right: semaforo live {portal}",
        )


def limit_findings(ctx: Context, portal: str) -> Iterator[Finding]:
    """Tell how the account's limit stands, and whether the account is left alone."""
    if ctx.budget is None or ctx.breaker is None:
        return
    why = ctx.breaker.state(portal).why
    if why == "key":
        yield bad(portal, "nothing is sent since the API key was refused; put a working key in and restart")
    elif why == "down":
        yield warn(portal, "the account does not answer; three probes a minute until it does")
    budget = ctx.budget.state(portal)
    text = f"{budget.left} of {budget.allowed} requests left this minute (plan: {budget.total or '?'})"
    if budget.held:
        yield warn(portal, f"Freshdesk asked to wait: {budget.held:.0f} s more; {text}")
    else:
        yield good(portal, text)


def each_readable(portal: str, what: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from look()
    except FreshdeskError as error:
        text = (
            f"{what} cannot be read ({type(error).__name__} {error.status or ''}); give the agent the right"
        )
        yield warn(portal, text)


def _status_findings(portal: str, api: FreshdeskApi, policy: PortalPolicy) -> Iterator[Finding]:
    field = next((one for one in api.list_ticket_fields() if one.name == "status"), None)
    if field is None:
        yield warn(portal, "the account shows no status field")
        return
    known = dict(_by_number(field))
    meant = _configured(policy)
    for number in sorted(meant - known.keys()):
        yield bad(portal, f"portales.yaml names status {number}, which the account does not have")
    for number in sorted(known.keys() - meant - FACTORY_STATUSES):
        yield warn(
            portal, f"status {number} «{known[number]}» has no meaning in portales.yaml; clocks run in it"
        )
    if meant <= known.keys():
        yield good(portal, f"{len(known)} statuses")


def _by_number(field: TicketField) -> Iterator[tuple[int, str]]:
    for label, number in field.choices.items():
        yield number, label


def _configured(policy: PortalPolicy) -> set[int]:
    pausing = {status for statuses in policy.pausan.by_cause().values() for status in statuses}
    return pausing | policy.cerrados | (policy.reloj_corre or frozenset())


def _group_findings(portal: str, api: FreshdeskApi, policy: PortalPolicy) -> Iterator[Finding]:
    present = set(api.list_groups().values())
    for name, number in policy.grupos.items():
        if number not in present:
            yield bad(portal, f"portales.yaml names group {name} ({number}), which the account does not have")


def _recipient_findings(portal: str, policy: Policy, hooks: frozenset[str]) -> Iterator[Finding]:
    yield from _hook_findings(portal, policy, hooks)
    if not policy.escalation.destinatarios:
        yield warn(portal, "escalamiento.yaml names nobody to notify: warnings are notes on the ticket only")


def _hook_findings(portal: str, policy: Policy, hooks: frozenset[str]) -> Iterator[Finding]:
    steps = (*policy.escalation.respuesta, *policy.escalation.resolucion)
    for name in sorted({name for step in steps for name in step.webhooks} - hooks):
        text = f"escalamiento.yaml calls the webhook {name}; set HOOK_{name.upper()}_URL and its secret"
        yield bad(portal, text)
