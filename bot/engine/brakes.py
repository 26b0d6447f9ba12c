"""May this action be carried out now, and what happens to those that had to wait?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.actions import Action, SetFields
from bot.engine.context import Context
from bot.store.brakes import Fuse, Stop
from bot.telemetry import log

# A stop by file holds on its own machine only: tickets rung from another would be held again and again.
RELEASE_EVERY = timedelta(seconds=30)


class HeldBack(Exception):
    """A brake is on: this action, and those after it, wait until it is lifted; `reason` is Spanish."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class BrakeState:
    """Hold how the brakes stand: the stop if there is one, every portal's fuse, and how many tickets wait."""

    stop: Stop | None
    fuses: tuple[Fuse, ...]
    held: int

    @property
    def blown(self) -> tuple[Fuse, ...]:
        """Return the fuses that are blown."""
        return tuple(fuse for fuse in self.fuses if fuse.blown_at is not None)


def permit(ctx: Context, portal: str, action: Action) -> None:
    """Count a write that is about to be sent; HeldBack when a brake is on.

    A blown fuse lets fields pass: they are silent, and each ticket's end somewhere.
    """
    if ctx.brakes.stopped() is not None:
        raise HeldBack("escritura detenida por una persona: lo que falta se hará al reanudar")
    if ctx.brakes.count_write(portal, ctx.now()):
        log.error("fuse blown", portal=portal, writes_per_hour=ctx.brakes.writes_per_hour)
    if not isinstance(action, SetFields) and ctx.brakes.fuse(portal, ctx.now()).blown_at is not None:
        raise HeldBack("saltó el fusible de escrituras por hora: notas y respuestas esperan")


def brake_state(ctx: Context) -> BrakeState:
    """Return how the brakes stand now."""
    fuses = tuple(ctx.brakes.fuse(portal, ctx.now()) for portal in ctx.freshdesk)
    return BrakeState(ctx.brakes.stopped(), fuses, len(ctx.brakes.held()))


def resume(ctx: Context) -> int:
    """Lift the stop, put new fuses in, and ring the tickets that waited; return how many."""
    ctx.brakes.resume(ctx.freshdesk)
    return release(ctx)


def release(ctx: Context) -> int:
    """Ring the tickets that no brake holds any longer and return how many."""
    if ctx.brakes.stopped() is not None:
        return 0
    blown = {fuse.portal for fuse in brake_state(ctx).blown}
    free = [key for key in ctx.brakes.held() if key.portal not in blown]
    ctx.wakeups.ring_all(free, ctx.now())
    ctx.brakes.let_go(free)
    return len(free)
