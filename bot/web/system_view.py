"""How does the whole service stand, told in words for people?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from bot.engine.context import Context
from bot.store.audit import AuditEntry
from bot.store.breaker import BreakerState
from bot.store.budget import BudgetState
from bot.store.failures import Failure
from bot.store.processes import Process
from bot.store.server import ServerState
from bot.web.audit import ACTS
from bot.web.figures import megabytes
from bot.web.times import UNKNOWN, Moment, length, moment

KINDS = {
    "web": ("Web", "recibe los avisos de Freshdesk y sirve estas páginas", "semaforo web"),
    "clock": ("Reloj", "reparte los tickets cuando toca mirarlos", "semaforo clock"),
    "worker": ("Trabajador", "mira y actualiza los tickets", "semaforo worker"),
    "worker-urgent": ("Trabajador urgente", "atiende solo lo urgente", "semaforo worker --urgent"),
}
LATE_SWEEP = 3  # sweeps that may be missed before it is worth a word
ERRORS = {
    "TemporaryError": "Freshdesk no respondió bien",
    "RateLimited": "Freshdesk pidió esperar",
    "PermanentError": "Freshdesk rechazó el cambio",
    "NotFound": "el ticket ya no está en Freshdesk",
    "Unauthorized": "Freshdesk rechaza la clave",
    "LeaseLost": "otro trabajador tomó el ticket",
    "NoEnd:": "ningún intento llegó a terminar",
}
BREAKER = {
    "down": "La cuenta no responde: se prueba tres veces por minuto hasta que vuelva.",
    "key": "Freshdesk rechaza la clave: ponga una que funcione y reinicie.",
}


@dataclass(frozen=True, slots=True)
class KindRow:
    """Hold the processes of one kind; `late` are those on other rules than the published ones."""

    title: str
    does: str
    command: str
    processes: tuple[Process, ...]
    seen: Moment
    rules: tuple[str, ...]
    versions: tuple[str, ...]
    late: bool
    needed: bool


@dataclass(frozen=True, slots=True)
class PortalRow:
    """Hold one account: budget, breaker, sweep and fuse; `used_share` of what is allowed, 0 to 1."""

    name: str
    budget: BudgetState | None
    used_share: float
    breaker: str
    since: Moment
    sweep: Moment
    sweep_late: bool
    writes: int
    most_writes: int
    blown: bool
    dry: bool


@dataclass(frozen=True, slots=True)
class FailureRow:
    """Hold one failing ticket."""

    portal: str
    ticket_id: int
    attempts: int
    reason: str
    code: str
    last: Moment
    quarantined: bool


@dataclass(frozen=True, slots=True)
class ActRow:
    """Hold one act of a person."""

    at: Moment
    user: str
    act: str
    target: str
    ticket: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class ServerCheck:
    """Hold one thing about the store: how it is, whether it is sound, and how to mend it."""

    name: str
    text: str
    good: bool
    mend: str = ""


def kind_rows(seen: Iterable[Process], active: str, zone: tzinfo, now: datetime) -> list[KindRow]:
    """Return one row a kind of process, also for those of which none runs."""
    processes = list(seen)
    return [
        _kind_row(kind, [one for one in processes if one.kind == kind], active, zone, now) for kind in KINDS
    ]


def _kind_row(kind: str, own: list[Process], active: str, zone: tzinfo, now: datetime) -> KindRow:
    title, does, command = KINDS[kind]
    last = max((one.seen_at for one in own), default=None)
    return KindRow(
        title=title,
        does=does,
        command=command,
        processes=tuple(own),
        seen=UNKNOWN if last is None else moment(last, zone, now),
        rules=tuple(sorted({one.rules_version for one in own})),
        versions=tuple(sorted({one.version for one in own})),
        late=any(one.rules_version != active for one in own),
        needed=not own and kind != "worker-urgent",  # without one of those the others do its work
    )


def portal_rows(ctx: Context, zone: tzinfo, now: datetime) -> Iterator[PortalRow]:
    """Yield how every account stands."""
    for name in ctx.freshdesk:
        budget = None if ctx.budget is None else ctx.budget.state(name)
        breaker = BreakerState(None) if ctx.breaker is None else ctx.breaker.state(name)
        fuse, sweep = ctx.brakes.fuse(name, now), ctx.facts.last_sweep(name)
        since = None if breaker.since is None else datetime.fromtimestamp(breaker.since, UTC)
        yield PortalRow(
            name=name,
            budget=budget,
            used_share=min(1.0, budget.used / budget.allowed) if budget and budget.allowed else 0.0,
            breaker=BREAKER.get(breaker.why or "", ""),
            since=moment(since, zone, now),
            sweep=moment(sweep, zone, now),
            sweep_late=sweep is None or now - sweep > LATE_SWEEP * ctx.sweep_every,
            writes=fuse.writes,
            most_writes=ctx.brakes.writes_per_hour,
            blown=fuse.blown_at is not None,
            dry=not ctx.writes_allowed(name),
        )


def failure_rows(failures: Iterable[Failure], zone: tzinfo, now: datetime) -> list[FailureRow]:
    """Return the failing tickets: those in quarantine first, then the newest."""
    ordered = sorted(failures, key=lambda one: (not one.quarantined, -one.last_at.timestamp()))
    return [
        FailureRow(
            one.key.portal,
            one.key.ticket_id,
            one.attempts,
            reason_text(one.reason),
            one.reason,
            moment(one.last_at, zone, now),
            one.quarantined,
        )
        for one in ordered
    ]


def reason_text(reason: str) -> str:
    """Say in Spanish why a ticket fails; what is not known stays the name of its error."""
    name, _, rest = reason.partition(" ")
    status, _, _ = rest.partition(" ")
    told = ERRORS.get(name, "error inesperado del programa")
    return f"{told} ({status})" if status.isdigit() else told


def act_rows(entries: Iterable[AuditEntry], zone: tzinfo, now: datetime) -> list[ActRow]:
    """Return what people did, newest first."""
    return [
        ActRow(
            moment(one.at, zone, now),
            one.user,
            ACTS.get(one.action, one.action),
            one.target,
            _ticket(one.target),
        )
        for one in entries
    ]


def _ticket(target: str) -> tuple[str, int] | None:
    portal, colon, number = target.partition(":")
    return (portal, int(number)) if colon and number.isascii() and number.isdigit() else None


def server_checks(server: ServerState) -> list[ServerCheck]:
    """Return whether the store keeps what it is given."""
    limit = f" de {megabytes(server.memory_limit)}" if server.memory_limit else ", sin tope propio"
    nearly_full = bool(server.memory_limit) and server.memory > 0.8 * server.memory_limit
    return [
        ServerCheck(
            "Registro en disco (AOF)",
            "encendido" if server.aof else "apagado: una caída pierde avisos ya aceptados",
            server.aof and server.aof_good,
            "Ponga «appendonly yes» en la configuración de Redis.",
        ),
        ServerCheck(
            "Si se llena la memoria",
            "borra datos por su cuenta" if server.evicts else "no borra nada",
            not server.evicts,
            "Ponga «maxmemory-policy noeviction».",
        ),
        ServerCheck(
            "Memoria usada",
            f"{megabytes(server.memory)}{limit}",
            not nearly_full,
            "Suba «maxmemory» o acorte RETENTION_DAYS: al llenarse no se aceptan avisos.",
        ),
        ServerCheck(
            "Última copia en disco",
            "salió bien" if server.snapshot_good else "falló",
            server.snapshot_good,
            "Revise el espacio en disco del servidor de Redis.",
        ),
    ]


def rules_facts(ctx: Context, zone: tzinfo, now: datetime) -> Mapping[str, object]:
    """Return which rules hold, who published them and what was refused since."""
    versions = ctx.rulebook.versions
    active = None if versions is None else versions.active()
    history = [] if versions is None else versions.history()
    entry = next((one for one in history if one.version == active), None)
    refusals = None if versions is None else versions.refusals()
    return {
        "version": active or ctx.rulebook.policy.version,
        "published": entry,
        "published_at": UNKNOWN if entry is None else moment(entry.at, zone, now),
        "unusable": ctx.rulebook.unusable,
        "refused": bool(refusals and refusals.problems),
    }


def waited(seconds: float) -> str:
    """Say how long the oldest ticket has been waiting for its turn."""
    return length(timedelta(seconds=seconds))
