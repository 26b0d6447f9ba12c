"""How does long work on rules run beside the web process, so that no visitor and no delivery waits for it?

A process of its own, at low priority, that dies with the one that started it. It gets rules and settings by a
pipe; texts of tickets stay in its memory.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, assert_never

from redis.exceptions import RedisError

from bot.domain.ticket import TicketKey
from bot.engine import trials
from bot.engine.context import Context
from bot.freshdesk.errors import FreshdeskError, Unauthorized
from bot.policy.model import policy_from
from bot.settings import Settings
from bot.store.connection import connect_briefly
from bot.store.rulebook import Loaded
from bot.store.trials import Trials
from bot.telemetry import log, set_up_logging
from bot.wiring import build_briefly

PER_MINUTE = 60  # requests to Freshdesk; the account's own people come first
_NICE = 10


class Kind(StrEnum):
    """Name what is tried: past tickets, the open ones, or giving the open ones their new level."""

    PAST = "pasados"
    OPEN = "abiertos"
    APPLY = "aplicar"


@dataclass(frozen=True, slots=True)
class Work:
    """Hold one trial: its token in `Trials`, rule files, and the tickets it is about."""

    kind: Kind
    token: str
    settings: Settings
    base: Mapping[str, bytes]
    candidate: Mapping[str, bytes]
    source: bytes | trials.Reading = b""
    keys: tuple[TicketKey, ...] = field(default=())


def start(work: Work) -> None:
    """Start a trial; it tells its progress in Redis."""
    # Not forked: the web process runs threads, and a fork may copy one while it holds a lock.
    multiprocessing.get_context("spawn").Process(target=run, args=(work,), daemon=True).start()


def run(work: Work) -> None:
    """Run a trial to its end, in the process that is there for it."""
    os.nice(_NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the parent ends us
    settings = work.settings
    set_up_logging(settings.log_level, settings.log_format, "trial")
    assert settings.redis_url is not None
    kept = Trials(connect_briefly(settings.redis_url))
    try:
        found = _found(build_briefly(settings), work, _telling(kept, work.token))
        kept.finish(work.token, {"kind": work.kind.value, **found})
    except trials.Stopped:
        return
    except trials.RulesUnusable as error:
        kept.fail(work.token, f"Las reglas tienen un problema; corríjalo y pruebe otra vez. {error}")
    except FreshdeskError as error:
        kept.fail(work.token, _told(error))
    except RedisError as error:
        log.warning("trial broken off", error=type(error).__name__)


def _found(ctx: Context, work: Work, told: trials.Told) -> dict[str, Any]:
    match work.kind:
        case Kind.PAST:
            return trials.backtest(ctx, work.base, work.candidate, work.source, told)
        case Kind.OPEN:
            return trials.impact(ctx, _loaded(work), PER_MINUTE, told)
        case Kind.APPLY:
            return trials.apply(ctx, _loaded(work), work.keys, PER_MINUTE, told)
        case other:
            assert_never(other)


def _loaded(work: Work) -> Loaded:
    policy, problems = policy_from(work.candidate)
    if policy is None:
        raise trials.RulesUnusable(problems[0])
    return Loaded(policy, work.candidate)


def _telling(kept: Trials, token: str) -> trials.Told:
    parent = multiprocessing.parent_process()

    def told(done: int, total: int) -> bool:
        return (parent is None or parent.is_alive()) and kept.told(token, done, total)

    return told


def _told(error: FreshdeskError) -> str:
    if isinstance(error, Unauthorized):
        return "Freshdesk rechaza la clave de API del portal. Revísela en la configuración y pruebe otra vez."
    return (
        f"Freshdesk no respondió bien ({error.status or 'sin respuesta'}). Pruebe otra vez en unos minutos."
    )
